"""Where hosts outside the registry are found: addresses, ports by name, and labels of workloads."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.ports import SOCKET
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_fqdn,
    named,
    no_labels,
    quoted,
)
from meshgen.diagnostics import Code, near_miss
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path, Resource

SERVICE_ENTRY = Code(
    number="MG453",
    slug="istio-service-entry",
    meaning="A ServiceEntry or a workload beside it names no host, port or address that is reached that way.",
)
RULE = Rule(SERVICE_ENTRY, WEBHOOK)
_SPEC: Path = ("spec",)


def refused(spec: Body, resolution: str) -> Iterator[Complaint]:
    """Hold the endpoints of a ServiceEntry against the way in which its hosts are resolved."""
    if resolution.startswith("DNS") and not spec.get("endpoints"):
        yield from _unresolvable(spec, resolution)
    ports = frozenset(port["name"] for port in spec.get("ports") or ())
    for path, endpoint in each(spec, _SPEC, "endpoints"):
        if resolution == "STATIC":
            yield from _static(path, endpoint, len(ports))
        elif resolution.startswith("DNS"):
            yield from _reachable(path, endpoint)
        yield from no_labels(RULE, path, endpoint, "labels")
        yield from _ports(path, endpoint, ports)


def refused_entry(resource: Resource) -> Iterator[Complaint]:
    """Hold a WorkloadEntry against what any endpoint is asked."""
    entry = resource.spec
    address = entry.get("address", "")
    if address == "":
        yield from _unaddressed(_SPEC, entry)
    elif not address.startswith(SOCKET):
        yield from _reachable(_SPEC, entry)
    yield from no_labels(RULE, _SPEC, entry, "labels")


def refused_group(resource: Resource) -> Iterator[Complaint]:
    """Hold the labels that a WorkloadGroup gives against what labels are."""
    yield from no_labels(RULE, (*_SPEC, "metadata"), resource.spec.get("metadata", {}), "labels")


def _unresolvable(spec: Body, resolution: str) -> Iterator[Complaint]:
    for path, host in each(spec, _SPEC, "hosts"):
        if host.startswith("*"):
            message = f"{quoted(host)} is no name that resolution {resolution} can look up"
            yield RULE.broken(path, message, "write endpoints, or resolution: NONE")


def _static(path: Path, endpoint: Body, ports: int) -> Iterator[Complaint]:
    address = endpoint.get("address", "")
    at = (*path, "address")
    if address == "":
        yield from _unaddressed(path, endpoint)
    elif address.startswith(SOCKET):
        if ports != 1:
            message = f"a socket serves one port, and the entry has {ports}"
            yield RULE.broken(at, message, "write an entry for each port")
    elif not is_ip(address):
        yield RULE.broken(at, f"{quoted(address)} is not an address", "write resolution: DNS for a domain")


def _reachable(path: Path, endpoint: Body) -> Iterator[Complaint]:
    address = endpoint.get("address", "")
    if not is_ip(address) and not is_fqdn(address):
        message = f"{quoted(address)} is neither a domain nor an address"
        yield RULE.broken(
            (*path, "address") if address else path, message, "write vm.example.com or 10.0.0.1"
        )


def _unaddressed(path: Path, endpoint: Body) -> Iterator[Complaint]:
    if "network" in endpoint:  # without one, the lack of an address is told by a rule of the definition
        network = quoted(endpoint["network"])
        yield RULE.doubtful(path, f"the endpoint in network {network} has no address", "write address")


def _ports(path: Path, endpoint: Body, ports: frozenset[str]) -> Iterator[Complaint]:
    for at, name, _ in named(endpoint, path, "ports"):
        if name not in ports:
            hint = near_miss(name, ports) or "add the port to the entry"
            yield RULE.broken(at, f"the port {quoted(name)} is none of the entry", hint)
