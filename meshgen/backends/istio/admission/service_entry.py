"""A ServiceEntry: hosts outside the registry, their addresses and ports, and how they are resolved."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import endpoints, exports, selectors
from meshgen.backends.istio.admission.endpoints import RULE
from meshgen.backends.istio.admission.ports import is_known, is_tcp, tells_hosts_apart
from meshgen.backends.istio.admission.terms import (
    Body,
    each,
    is_wildcard_domain,
    no_label,
    no_subnets,
    quoted,
)
from meshgen.resources import Complaint, Path, Resource

_SPEC: Path = ("spec",)
_DYNAMIC_PROTOCOLS = frozenset({"http", "tls", "grpc", "http2"})
_WAYPOINT = "istio.io/use-waypoint"
_ALLOCATION = "networking.istio.io/enable-autoallocate-ip"


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a ServiceEntry against its clauses."""
    spec = resource.spec
    resolution = spec.get("resolution", "NONE")
    yield from selectors.refused_workloads(spec)
    yield from _hosts(spec, resolution)
    yield from no_subnets(RULE, _SPEC, spec, "addresses")
    yield from _ports(spec)
    yield from _unallocated(resource, resolution)
    yield from endpoints.refused(spec, resolution)
    if resolution == "DYNAMIC_DNS":
        yield from _dynamic(resource)
    elif resolution == "NONE" and "workloadSelector" in spec:
        yield RULE.doubtful(
            (*_SPEC, "workloadSelector"),
            "resolution NONE asks for no workloads",
            "write resolution: STATIC",
        )
    yield from _indistinct(spec, resolution)
    yield from exports.refused(resource, may_be_nobody=True)


def _hosts(spec: Body, resolution: str) -> Iterator[Complaint]:
    for path, host in each(spec, _SPEC, "hosts"):
        if not is_wildcard_domain(host):
            yield RULE.broken(path, f"{quoted(host)} is not a host", "write a domain such as api.example.com")
        elif (
            host.startswith("*") and host != "*" and not host.startswith("*.") and resolution != "DYNAMIC_DNS"
        ):
            yield RULE.doubtful(path, f"{quoted(host)} has a '*' within a label", "write *.example.com")


def _ports(spec: Body) -> Iterator[Complaint]:
    for path, port in each(spec, _SPEC, "ports"):
        name, protocol = port["name"], port.get("protocol", "")
        yield from no_label(RULE, (*path, "name"), name, "the name of a port")
        if not is_known(protocol):
            yield RULE.broken(
                (*path, "protocol"),
                f"{quoted(protocol)} is not a protocol that Istio knows",
                "write HTTP, HTTP2, GRPC, HTTPS, TLS or TCP",
            )


def _unallocated(resource: Resource, resolution: str) -> Iterator[Complaint]:
    """Without an address of their own, connections of TCP to the hosts are not told from others."""
    # istio/istio pilot/pkg/networking/serviceentry: istiod allocates addresses but for NONE
    is_allocated = resolution != "NONE" and resource.labels.get(_ALLOCATION, "").lower() != "false"
    if is_allocated or resource.spec.get("addresses"):
        return
    for path, port in each(resource.spec, _SPEC, "ports"):
        if port.get("protocol", "") in ("", "TCP"):
            yield RULE.doubtful(
                path,
                f"the port {quoted(port['name'])} carries TCP, and no address tells its hosts",
                "write addresses",
            )


def _dynamic(resource: Resource) -> Iterator[Complaint]:
    spec = resource.spec
    for path, host in each(spec, _SPEC, "hosts"):
        if not host.startswith("*"):
            yield RULE.broken(
                path, f"{quoted(host)} is no wildcard, as DYNAMIC_DNS asks for", "write resolution: DNS"
            )
    for key in ("addresses", "endpoints"):
        if spec.get(key):
            yield RULE.broken(
                (*_SPEC, key),
                f"{key} stand beside resolution DYNAMIC_DNS, which excludes them",
                "leave them out",
            )
    for path, port in each(spec, _SPEC, "ports"):
        protocol = port.get("protocol", "")
        if protocol.lower() not in _DYNAMIC_PROTOCOLS:
            yield RULE.broken(
                path,
                f"the protocol {quoted(protocol)} names no host to resolve",
                "write HTTP, HTTP2, GRPC or TLS",
            )
    if spec.get("location") == "MESH_INTERNAL" and _WAYPOINT in resource.labels:
        yield RULE.broken(
            (*_SPEC, "location"),
            "no waypoint resolves hosts of MESH_INTERNAL by DYNAMIC_DNS",
            "write MESH_EXTERNAL",
        )


def _indistinct(spec: Body, resolution: str) -> Iterator[Complaint]:
    if len(spec["hosts"]) < 2 or resolution == "NONE":
        return
    for path, port in each(spec, _SPEC, "ports"):
        protocol = port.get("protocol", "")
        if not tells_hosts_apart(protocol):
            yield RULE.broken(
                path,
                f"the protocol {quoted(protocol)} does not tell several hosts apart",
                "write an entry for each host",
            )
        elif is_tcp(protocol) and spec.get("addresses") and resolution.startswith("DNS"):
            yield RULE.doubtful(
                path, "several hosts share the addresses of a port of TCP", "write an entry for each host"
            )
