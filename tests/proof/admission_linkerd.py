"""What Linkerd's webhook and controllers reject or ignore beyond the CRDs: linkerd.md 5, 2 and 3."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from . import admission_linkerd_calls, admission_linkerd_route
from .grammar import is_cidr, is_dns_label, is_ip, is_port

_POLICY_GROUP = "policy.linkerd.io"
_ACCESS = frozenset(
    [
        "all-authenticated",
        "all-unauthenticated",
        "audit",
        "cluster-authenticated",
        "cluster-unauthenticated",
        "deny",
    ]
)
_PROTOCOLS = frozenset(["unknown", "HTTP/1", "HTTP/2", "gRPC", "opaque", "TLS"])
_TARGETS = frozenset(
    [
        (_POLICY_GROUP, "Server"),
        (_POLICY_GROUP, "HTTPRoute"),
        ("gateway.networking.k8s.io", "HTTPRoute"),
        ("gateway.networking.k8s.io", "GRPCRoute"),
    ]
)
_IDENTITY = re.compile(r"(\*|[a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_SPIFFE = re.compile(r"spiffe://[a-z0-9.\-_]+(/[A-Za-z0-9.\-_]+)*")
_QUANTITY = re.compile(r"\+?(\d+(\.\d*)?|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][-+]?\d+)?")
_MOST_WEIGHT = (
    429_496  # linkerd2 controller/api/destination/profile_translator.go: thousandths x 10 as uint32
)

_MOST_RATE = 2**32 - 1


def reject(obj: Mapping[str, Any]) -> list[str]:
    """List why Linkerd would reject or ignore an object that its CRD admits."""
    kind = obj["kind"]
    if kind not in _KINDS:
        return [f"linkerd 5 {kind}: no clause judges this kind yet"]
    section, complaints = _KINDS[kind]
    return [f"linkerd {section} {kind}: {why}" for why in complaints(obj)]


def _server(obj: Mapping[str, Any]) -> Iterator[str]:
    spec = obj["spec"]
    if spec.get("accessPolicy", "deny") not in _ACCESS:
        yield f"spec.accessPolicy: {spec['accessPolicy']!r} is not a policy"
    if spec.get("proxyProtocol", "unknown") not in _PROTOCOLS:
        yield f"spec.proxyProtocol: {spec['proxyProtocol']!r} is not a protocol"
    port = spec["port"]
    if isinstance(port, int) and not is_port(port):
        yield f"spec.port: {port} is not a port"
    for key, value in spec.get("podSelector", {}).get("matchLabels", {}).items():
        if not isinstance(value, str):
            yield f"spec.podSelector.matchLabels[{key}]: {value!r} is not a string"


def _authorization_policy(obj: Mapping[str, Any]) -> Iterator[str]:
    target, namespace = obj["spec"]["targetRef"], obj["metadata"].get("namespace")
    group, kind = target.get("group", ""), target["kind"]
    if kind == "Namespace" and group in ("", "core"):
        if target["name"] != namespace:
            yield f"spec.targetRef: namespace {target['name']!r} is not the policy's own"
    elif (group, kind) not in _TARGETS:
        yield f"spec.targetRef: {group}/{kind} is not a target"
    refs = obj["spec"]["requiredAuthenticationRefs"]
    kinds = [_authentication(ref) for ref in refs]
    for ref, known in zip(refs, kinds, strict=True):
        if not known:
            group, kind = ref.get("group", ""), ref["kind"]
            yield f"spec.requiredAuthenticationRefs: {group}/{kind} is not an authentication"
    if kinds.count("identity") > 1:
        yield "spec.requiredAuthenticationRefs: more than one of MeshTLSAuthentication and ServiceAccount"
    if kinds.count("network") > 1:
        yield "spec.requiredAuthenticationRefs: more than one NetworkAuthentication"


def _authentication(ref: Mapping[str, str]) -> str:
    match (ref.get("group", ""), ref["kind"]):
        case ("policy.linkerd.io", "MeshTLSAuthentication") | ("" | "core", "ServiceAccount"):
            return "identity"
        case ("policy.linkerd.io", "NetworkAuthentication"):
            return "network"
        case _:
            return ""


def _mesh_tls_authentication(obj: Mapping[str, Any]) -> Iterator[str]:
    for identity in obj["spec"].get("identities", []):
        if not _is_identity(identity):
            yield f"spec.identities: {identity!r} is not an identity"
    for index, ref in enumerate(obj["spec"].get("identityRefs", [])):
        where, kind = f"spec.identityRefs[{index}]", ref["kind"]
        if ref.get("group", "") not in ("", "core") or kind not in ("ServiceAccount", "Namespace"):
            yield f"{where}: {ref.get('group', '')}/{kind} is not an identity"
        if kind == "Namespace" and "namespace" in ref:
            yield f"{where}: a Namespace has no namespace"
        if not ref.get("name"):
            yield f"{where}: no name"


def _is_identity(identity: str) -> bool:
    if identity.startswith("spiffe://"):
        segments = identity.split("/")[3:]
        return _SPIFFE.fullmatch(identity) is not None and not {".", ".."} & set(segments)
    return _IDENTITY.fullmatch(identity) is not None


def _network_authentication(obj: Mapping[str, Any]) -> Iterator[str]:
    networks = obj["spec"]["networks"]
    if not networks:
        yield "spec.networks: empty"
    for index, network in enumerate(networks):
        where, cidr = f"spec.networks[{index}]", network["cidr"]
        excepted = network.get("except", [])
        malformed = [text for text in (cidr, *excepted) if not is_ip(text) and not is_cidr(text)]
        for text in malformed:
            yield f"{where}: {text!r} is neither an address nor a range"
        if not malformed:
            yield from _exceptions(where, cidr, excepted)


def _exceptions(where: str, cidr: str, excepted: list[str]) -> Iterator[str]:
    whole = ipaddress.ip_network(cidr, strict=False)
    for text in excepted:
        part = ipaddress.ip_network(text, strict=False)
        if not _is_within(part, whole):
            yield f"{where}.except: {text} is outside {cidr}"
        elif part == whole:
            yield f"{where}.except: {text} covers all of {cidr}"


def _rate_limit(obj: Mapping[str, Any]) -> Iterator[str]:
    spec = obj["spec"]
    target = spec["targetRef"]
    if (target.get("group"), target["kind"]) != (_POLICY_GROUP, "Server"):
        yield f"spec.targetRef: {target.get('group', '')}/{target['kind']} is no Server"
    total = spec.get("total", {}).get("requestsPerSecond", _MOST_RATE)
    rates = [spec.get("identity", {}).get("requestsPerSecond", total)]
    rates += [override["requestsPerSecond"] for override in spec.get("overrides", [])]
    for rate in dict.fromkeys((total, *rates)):
        if not 0 < rate <= _MOST_RATE:
            yield f"spec: {rate} is not a rate of 1..{_MOST_RATE}"
    if max(rates) > total:
        yield f"spec: a caller may send {max(rates)}, more than the {total} of all"


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def _is_within(part: _Network, whole: _Network) -> bool:
    if part.version != whole.version:
        return False
    return part.network_address in whole and part.broadcast_address in whole


def _traffic_split(obj: Mapping[str, Any]) -> Iterator[str]:
    spec = obj["spec"]
    for name in (spec["service"], *(backend["service"] for backend in spec["backends"])):
        if not is_dns_label(name):
            yield f"spec: {name!r} is not the short name of a Service of this namespace"
    weights = [backend["weight"] for backend in spec["backends"]]
    for weight in weights:
        if not _is_weight(weight):
            yield f"spec.backends: weight {weight!r} is not a quantity of 0..{_MOST_WEIGHT}"
    if all(str(weight) in ("0", "0m", "0.0") for weight in weights):
        yield "spec.backends: every weight is 0, so all requests go to the apex Service"


def _is_weight(weight: float | str) -> bool:
    if isinstance(weight, str):
        return _QUANTITY.fullmatch(weight) is not None
    return 0 <= weight <= _MOST_WEIGHT


_KINDS: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Iterator[str]]]] = MappingProxyType(
    {
        "Server": ("5", _server),
        "HTTPRoute": ("5", admission_linkerd_route.complaints),
        "GRPCRoute": ("5", admission_linkerd_calls.grpc),
        "TCPRoute": ("5", admission_linkerd_calls.tcp),
        "HTTPLocalRateLimitPolicy": ("5", _rate_limit),
        "AuthorizationPolicy": ("5", _authorization_policy),
        "MeshTLSAuthentication": ("5", _mesh_tls_authentication),
        "NetworkAuthentication": ("5", _network_authentication),
        "TrafficSplit": ("2", _traffic_split),
    }
)
