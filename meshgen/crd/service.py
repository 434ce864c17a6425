"""What an API server refuses in a core/v1 Service beyond its schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from meshgen.diagnostics import Code
from meshgen.grammar import is_cidr, is_dns_subdomain, is_ip, is_label_key, is_label_value
from meshgen.resources import Complaint, Path, Resource

BAD_SERVICE = Code(
    number="MG414",
    slug="bad-service",
    meaning="A Service says what no API server accepts, so it and all that stands on it would be missing.",
)

_complaint = partial(
    Complaint, code=BAD_SERVICE, source="kubernetes/kubernetes pkg/apis/core/validation/validation.go"
)
_NAME = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")  # DNS-1035
_KUBELET_PORT = 10250
_EXTERNAL = ("LoadBalancer", "NodePort")
_OF_BALANCERS = ("loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts")
_OF_ADDRESSES = ("clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy")

Spec = Mapping[str, Any]


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a Service against ValidateService; it has passed the schema of core/v1 that we ship."""
    if resource.name != "" and not _NAME.fullmatch(resource.name):  # else the server makes one up
        message = f"the name of a Service is a DNS label that begins with a letter, not {resource.name!r}"
        yield _complaint(path=("metadata", "name"), message=message)
    spec = _written(resource.spec, (None, "", []))
    ports = [_written(port, (None, "", 0)) for port in spec.get("ports", ())]
    if not ports and not _is_headless(spec) and spec.get("type") != "ExternalName":
        hint = "list one, or write clusterIP: None"
        yield _complaint(path=("spec",), message="a Service that is not headless has no ports", hint=hint)
    yield from _ports(ports)
    yield from _selector(spec.get("selector", {}))
    yield from _by_type({**spec, "ports": ports})
    yield from _addresses(spec)
    yield from _affinity(spec)


def _written(said: Spec, unwritten: tuple[object, ...]) -> Spec:
    """Leave out what counts as absent in a kind that is built in."""
    return {key: value for key, value in said.items() if value not in unwritten}


def _is_headless(spec: Spec) -> bool:
    return "None" in (spec.get("clusterIP"), *spec.get("clusterIPs", ())[:1])


def _ports(ports: Sequence[Spec]) -> Iterator[Complaint]:
    names: set[str | None] = set()
    node_ports: set[tuple[int | None, str | None]] = set()
    for index, port in enumerate(ports):
        path: Path = ("spec", "ports", index)
        name, node_port = port.get("name"), port.get("nodePort")
        if name is None and len(ports) > 1:
            hint = f"write name: {'udp' if port.get('protocol') == 'UDP' else 'http'}-{port['port']}"
            yield _complaint(path=path, message=f"port {port['port']} of several has no name", hint=hint)
        if name is not None and name in names:
            yield _complaint(path=(*path, "name"), message=f"the port name {name!r} stands twice")
        if node_port is not None and (node_port, port.get("protocol")) in node_ports:
            yield _complaint(path=(*path, "nodePort"), message=f"the node port {node_port} stands twice")
        names.add(name)
        node_ports.add((node_port, port.get("protocol")))


def _selector(selector: Spec) -> Iterator[Complaint]:
    for key, value in selector.items():
        path: Path = ("spec", "selector", key)
        if not is_label_key(key):
            yield _complaint(path=path, message=f"{key!r} is no key of a label")
        if value is not None and not is_label_value(value):
            yield _complaint(path=path, message=f"{value!r} is no value of a label")


def _by_type(spec: Spec) -> Iterator[Complaint]:
    match spec.get("type", "ClusterIP"):
        case "ExternalName":
            yield from _external_name(spec)
        case "LoadBalancer":
            yield from _not_headless(spec)
            for index, port in enumerate(spec["ports"]):
                if port["port"] == _KUBELET_PORT:
                    message = f"a load balancer cannot expose port {_KUBELET_PORT}, which is the kubelet's"
                    yield _complaint(path=("spec", "ports", index, "port"), message=message)
        case "NodePort":
            yield from _not_headless(spec)
        case _:
            for index, port in enumerate(spec["ports"]):
                if "nodePort" in port:
                    message = f"a ClusterIP Service has no node port, here {port['nodePort']}"
                    path: Path = ("spec", "ports", index, "nodePort")
                    yield _complaint(path=path, message=message, hint="leave it out, or write type: NodePort")
    yield from _of_another_type(spec)


def _external_name(spec: Spec) -> Iterator[Complaint]:
    name = spec.get("externalName")
    if name is None:
        yield _complaint(path=("spec",), message="an ExternalName Service has no externalName")
    elif not is_dns_subdomain(name.removesuffix(".")):
        yield _complaint(path=("spec", "externalName"), message=f"{name!r} is no host name of lower case")
    for key in _OF_ADDRESSES:
        if key in spec:
            yield _complaint(path=("spec", key), message=f"an ExternalName Service has no {key}")


def _not_headless(spec: Spec) -> Iterator[Complaint]:
    if _is_headless(spec):
        path = ("spec", "clusterIP" if "clusterIP" in spec else "clusterIPs")
        yield _complaint(path=path, message=f"a {spec['type']} Service cannot be headless")


def _of_another_type(spec: Spec) -> Iterator[Complaint]:
    of_type = spec.get("type", "ClusterIP")
    if of_type != "LoadBalancer":
        for key in _OF_BALANCERS:
            if key in spec:
                message = f"a {of_type} Service has no {key}"
                yield _complaint(path=("spec", key), message=message, hint="write type: LoadBalancer")
    if "externalTrafficPolicy" in spec and of_type not in _EXTERNAL and "externalIPs" not in spec:
        message = "a Service that nobody outside reaches has no externalTrafficPolicy"
        hint = "leave it out, or write type: LoadBalancer or NodePort"
        yield _complaint(path=("spec", "externalTrafficPolicy"), message=message, hint=hint)
    is_checked = of_type == "LoadBalancer" and spec.get("externalTrafficPolicy") == "Local"
    if spec.get("healthCheckNodePort", 0) != 0 and not is_checked:
        message = "health checks need type LoadBalancer, externalTrafficPolicy Local"
        yield _complaint(path=("spec", "healthCheckNodePort"), message=message)


def _addresses(spec: Spec) -> Iterator[Complaint]:
    primary, addresses = spec.get("clusterIP"), spec.get("clusterIPs", [])
    if addresses and addresses[0] != primary:
        there = "there is no clusterIP" if primary is None else f"clusterIP is {primary!r}"
        message = f"clusterIPs begins with {addresses[0]!r}, and {there}"
        yield _complaint(path=("spec", "clusterIPs", 0), message=message, hint="write the same in both")
    if "None" in addresses and len(addresses) > 1:
        yield _complaint(path=("spec", "clusterIPs"), message="'None' stands beside other addresses")
    written: list[tuple[Path, str]] = [
        (("spec", "clusterIPs", index), ip) for index, ip in enumerate(addresses)
    ]
    if primary is not None and not addresses:
        written.append((("spec", "clusterIP"), primary))
    written = [(path, ip) for path, ip in written if ip != "None"]
    written += [(("spec", "externalIPs", index), ip) for index, ip in enumerate(spec.get("externalIPs", ()))]
    for path, ip in written:
        if not is_ip(ip):
            yield _complaint(path=path, message=f"{ip!r} is no IP address")
    for index, cidr in enumerate(spec.get("loadBalancerSourceRanges", ())):
        if not is_cidr(cidr.strip()):
            path = ("spec", "loadBalancerSourceRanges", index)
            yield _complaint(path=path, message=f"{cidr!r} is no range of addresses", hint="write 10.0.0.0/8")
    families = spec.get("ipFamilies", [])
    if len(set(families)) < len(families):
        yield _complaint(path=("spec", "ipFamilies"), message=f"the family {families[0]} stands twice")


def _affinity(spec: Spec) -> Iterator[Complaint]:
    if "sessionAffinityConfig" in spec and spec.get("sessionAffinity", "None") == "None":
        hint = "write sessionAffinity: ClientIP, or leave it out"
        message = "sessionAffinityConfig stands beside no session affinity"
        yield _complaint(path=("spec", "sessionAffinityConfig"), message=message, hint=hint)
