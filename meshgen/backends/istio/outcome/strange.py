"""What decides about requests and is not understood, so that nothing is claimed of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meshgen.backends.istio.outcome.rewriting import REDIRECTS
from meshgen.backends.istio.outcome.rules import is_known
from meshgen.backends.istio.read.buckets import strange
from meshgen.backends.istio.read.objects import MESH, NETWORKING, has_targets
from meshgen.modelled import not_modelled
from meshgen.resources import Complaint, Path, Resource, Resources, spell

_GATEWAY_API = "gateway.networking.k8s.io"
# What these say concerns gateways, telemetry or proxies themselves, never what becomes of a request here.
_HARMLESS = frozenset(("Gateway", "Telemetry", "ProxyConfig", "WorkloadGroup"))
_READ = frozenset(
    (
        "VirtualService",
        "DestinationRule",
        "PeerAuthentication",
        "AuthorizationPolicy",
        "RequestAuthentication",
        "EnvoyFilter",
        "ServiceEntry",
    )
)
_ROUTES = frozenset(("HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"))
_Found = Iterable[tuple[Path, str]]


def unmodelled(resources: Resources) -> Iterator[Complaint]:
    """List what cannot be worked out, object by object."""
    routed = frozenset(_routed(resources))
    for each in resources.every:
        for path, why in _in(each, routed):
            field = spell(path)
            yield not_modelled(each, path, f"{field} {why}" if field else f"{each} {why}")


def _in(each: Resource, routed: frozenset[str]) -> _Found:
    if each.group == "" and each.kind == "Service":
        return _service(each)
    if each.group == _GATEWAY_API:
        return _gateway_api(each)
    if each.group.endswith(".istio.io") or each.group == "istio.io":
        return _own(each, routed)
    if each.group == "gateway.networking.x-k8s.io":
        return (((), "changes how requests are sent or balanced, which is not worked out"),)
    return ()


def _own(each: Resource, routed: frozenset[str]) -> _Found:
    match each.kind:
        case "VirtualService":
            return _virtual_service(each)
        case "DestinationRule":
            return _destination_rule(each)
        case "AuthorizationPolicy" if not has_targets(each):
            return _authorization(each)
        case "RequestAuthentication" if not has_targets(each):
            return _authentication(each)
        case "EnvoyFilter":
            return ((path, "changes Envoy in a way that is not understood") for path in strange(each))
        case "ServiceEntry":
            return _service_entry(each, routed)
        case kind if kind in _READ or kind in _HARMLESS:
            return ()
        case _:
            return (((), "decides about requests in a way that is not worked out"),)


def _service(each: Resource) -> Iterator[tuple[Path, str]]:
    key = f"{NETWORKING}/exportTo"
    if key in each.annotations:
        yield ("metadata", "annotations", key), "hides a Service from proxies, which is not worked out"


def _gateway_api(each: Resource) -> Iterator[tuple[Path, str]]:
    """istio/istio pilot/pkg/config/kube/gateway: routes of Services bind sidecars too."""
    if each.kind == "BackendTLSPolicy":
        yield (), "changes how requests are sent, which is not worked out"
    if each.kind in _ROUTES:
        for at, parent in enumerate(each.spec.get("parentRefs") or ()):
            if parent.get("kind") == "Service":
                yield ("spec", "parentRefs", at), "binds a Service to a route that is not worked out"


def _virtual_service(each: Resource) -> Iterator[tuple[Path, str]]:
    if MESH not in (each.spec.get("gateways") or (MESH,)):
        return
    for at, route in enumerate(each.spec.get("http") or ()):
        path: Path = ("spec", "http", at)
        if "delegate" in route:
            yield (*path, "delegate"), "leaves requests to another object, which is not worked out"
        code = (route.get("redirect") or {}).get("redirectCode") or 301
        if code not in REDIRECTS:
            yield (*path, "redirect", "redirectCode"), f"is {code}, of which proxies make no answer"
        if "prefixRewrite" in (route.get("redirect") or {}):
            yield (*path, "redirect", "prefixRewrite"), "is not worked out"
    for key in ("http", "tcp", "tls"):
        yield from _sources(each, key)


def _sources(each: Resource, key: str) -> Iterator[tuple[Path, str]]:
    for at, route in enumerate(each.spec.get(key) or ()):
        for number, match in enumerate(route.get("match") or ()):
            path = ("spec", key, at, "match", number)
            if (match or {}).get("sourceLabels") and not (key == "http" and match.get("gateways")):
                yield (*path, "sourceLabels"), "tells callers apart by labels, which calls do not show"
            if (match or {}).get("destinationSubnets"):
                yield (*path, "destinationSubnets"), "picks addresses, which Services do not show here"


_OF_POLICIES = {
    "retryBudget": "limits retries by how many requests there are, which is not worked out",
    "tunnel": "sends connections through a tunnel, which is not worked out",
    "proxyProtocol": "changes how connections begin, which is not worked out",
}
_OF_BALANCERS = ("localityLbSetting", "zoneAwareLbSetting", "backendUtilization")


def _destination_rule(each: Resource) -> Iterator[tuple[Path, str]]:
    if each.spec.get("workloadSelector"):
        yield ("spec", "workloadSelector"), "tells callers apart by labels, which calls do not show"
    for path, policy in _policies(each):
        for key, why in _OF_POLICIES.items():
            if policy.get(key):
                yield (*path, key), why
        for key in _OF_BALANCERS:
            if (policy.get("loadBalancer") or {}).get(key):
                yield (*path, "loadBalancer", key), "chooses pods by where they are, which is not worked out"
        if (policy.get("outlierDetection") or {}).get("splitExternalLocalOriginErrors"):
            where = (*path, "outlierDetection", "splitExternalLocalOriginErrors")
            yield where, "counts failures apart, which is not worked out"
        if (policy.get("tls") or {}).get("mode") in ("SIMPLE", "MUTUAL") and ".svc" in _full(each):
            yield (
                (*path, "tls", "mode"),
                "has sidecars speak another TLS, which is not worked out",
            )


def _full(rule: Resource) -> str:
    host = rule.spec.get("host", "")
    return host if "." in host else f"{host}.{rule.namespace}.svc"


def _policies(rule: Resource) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    tops: list[tuple[Path, Mapping[str, Any]]] = [(("spec",), rule.spec)]
    tops += [(("spec", "subsets", at), subset) for at, subset in enumerate(rule.spec.get("subsets") or ())]
    for path, top in tops:
        policy = top.get("trafficPolicy") or {}
        yield (*path, "trafficPolicy"), policy
        for at, own in enumerate(policy.get("portLevelSettings") or ()):
            yield (*path, "trafficPolicy", "portLevelSettings", at), own


def _authorization(each: Resource) -> Iterator[tuple[Path, str]]:
    action = each.spec.get("action", "ALLOW")
    if action == "CUSTOM":
        yield ("spec", "action"), "leaves the decision to a provider, of which nothing is known here"
    if action not in ("ALLOW", "DENY"):
        return
    for at, rule in enumerate(each.spec.get("rules") or ()):
        for number, condition in enumerate((rule or {}).get("when") or ()):
            if not is_known(condition["key"]):
                path = ("spec", "rules", at, "when", number, "key")
                yield path, f"asks for {condition['key']}, which calls do not show"


def _authentication(each: Resource) -> Iterator[tuple[Path, str]]:
    for at, rule in enumerate(each.spec.get("jwtRules") or ()):
        if rule.get("fromCookies"):
            yield (
                ("spec", "jwtRules", at, "fromCookies"),
                "takes tokens from cookies, which is not worked out",
            )


def _service_entry(each: Resource, routed: frozenset[str]) -> Iterator[tuple[Path, str]]:
    """What lies outside the mesh decides nothing about its Services, unless requests are sent there."""
    if each.spec.get("workloadSelector"):
        yield ("spec", "workloadSelector"), "adds pods to a host, which is not worked out"
    for at, host in enumerate(each.spec.get("hosts") or ()):
        if ".svc." in host or host in routed:
            yield ("spec", "hosts", at), f"is {host}, to which calls or routes lead, which is not worked out"


def _routed(resources: Resources) -> Iterator[str]:
    """List the hosts to which calls of Services may be sent."""
    for each in resources.of(NETWORKING, "VirtualService"):
        is_meshed = MESH in (each.spec.get("gateways") or (MESH,))
        if is_meshed and any(map(_is_service, each.spec.get("hosts") or ())):
            routes = (route for key in ("http", "tcp", "tls") for route in each.spec.get(key) or ())
            weighted = (one for route in routes for one in route.get("route") or ())
            yield from ((one.get("destination") or {}).get("host", "") for one in weighted)


def _is_service(host: str) -> bool:
    return "." not in host or ".svc." in host or host.startswith("*")
