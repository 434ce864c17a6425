"""Where the hosts of a ServiceEntry are found: addresses, ports by name, and labels."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.ports import SOCKET
from meshgen.backends.istio.admission.terms import (
    Body,
    Rule,
    each,
    is_fqdn,
    named,
    no_label,
    no_labels,
    quoted,
)
from meshgen.diagnostics import near_miss
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path

_SPEC: Path = ("spec",)


def refused(rule: Rule, spec: Body, resolution: str) -> Iterator[Complaint]:
    """Hold the endpoints of an entry against the way in which its hosts are resolved."""
    if resolution in ("DNS", "DNS_ROUND_ROBIN") and not spec.get("endpoints"):
        yield from _unresolvable(rule, spec, resolution)
    ports = frozenset(port["name"] for port in spec.get("ports") or ())
    for path, endpoint in each(spec, _SPEC, "endpoints") if resolution in _WITH_ENDPOINTS else ():
        address = endpoint.get("address", "")
        if resolution == "STATIC":
            yield from _static(rule, path, endpoint, len(ports))
        elif not is_ip(address) and not is_fqdn(address):
            yield rule.broken(
                (*path, "address") if address else path,
                f"{quoted(address)} is neither a domain nor an address",
                "write example.com or 10.0.0.1",
            )
        yield from no_labels(rule, path, endpoint, "labels")
        yield from _ports(rule, path, endpoint, ports)


_WITH_ENDPOINTS = frozenset({"STATIC", "DNS", "DNS_ROUND_ROBIN"})


def _unresolvable(rule: Rule, spec: Body, resolution: str) -> Iterator[Complaint]:
    for path, host in each(spec, _SPEC, "hosts"):
        if host.startswith("*"):
            yield rule.broken(
                path,
                f"{quoted(host)} is no name that resolution {resolution} can look up",
                "write endpoints, or resolution: NONE",
            )


def _static(rule: Rule, path: Path, endpoint: Body, ports: int) -> Iterator[Complaint]:
    address = endpoint.get("address", "")
    if address.startswith(SOCKET):
        if ports != 1:
            yield rule.broken(
                (*path, "address"),
                f"a socket serves one port, and the entry has {ports}",
                "write an entry for each port",
            )
    elif address == "":
        yield rule.doubtful(
            path,
            f"the endpoint in network {quoted(endpoint.get('network', ''))} has no address",
            "write address",
        )
    elif not is_ip(address):
        yield rule.broken(
            (*path, "address"), f"{quoted(address)} is not an address", "write resolution: DNS for a domain"
        )


def _ports(rule: Rule, path: Path, endpoint: Body, ports: frozenset[str]) -> Iterator[Complaint]:
    for at, name, _ in named(endpoint, path, "ports"):
        if name not in ports:
            hint = near_miss(name, ports) or "add the port to the entry"
            yield rule.broken(at, f"the port {quoted(name)} is none of the entry", hint)
        yield from no_label(rule, at, name, "the name of a port")
