"""Istio's webhook on DestinationRule: istio.md 3.3, but for locality, tunnels and `tls`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .istio_terms import (
    Complaint,
    dns_label,
    duration,
    export_to,
    is_wildcard_domain,
    labels,
    port,
    unjudged,
    within,
)

_POLICY = ("connectionPool", "loadBalancer", "outlierDetection", "retryBudget")
_PORT_POLICY = ("connectionPool", "loadBalancer", "outlierDetection")


def complaints(obj: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the clauses that a DestinationRule breaks."""
    spec = obj.get("spec", {})
    yield from unjudged(spec, ("host", "subsets", "trafficPolicy", "exportTo"), "spec")
    if not is_wildcard_domain(spec["host"]):
        yield Complaint(1, f"spec.host: {spec['host']!r} is not a domain")
    if "trafficPolicy" in spec:
        yield from _policy("spec.trafficPolicy", spec["trafficPolicy"])
    yield from _subsets(spec.get("subsets", []))
    yield from export_to(9, spec.get("exportTo", []))


def _subsets(subsets: list[Mapping[str, Any]]) -> Iterator[Complaint]:
    seen: set[str] = set()
    for index, subset in enumerate(subsets):
        where, name = f"spec.subsets[{index}]", subset.get("name", "")
        yield from dns_label(1, f"{where}.name", name)
        if name in seen:
            yield Complaint(1, f"{where}.name: {name!r} stands twice")
        seen.add(name)
        yield from labels(1, f"{where}.labels", subset.get("labels", {}))
        if "trafficPolicy" in subset:
            yield from _policy(f"{where}.trafficPolicy", subset["trafficPolicy"])


def _policy(where: str, policy: Mapping[str, Any]) -> Iterator[Complaint]:
    if not any(policy.values()):
        yield Complaint(2, f"{where}: empty")
    yield from unjudged(policy, (*_POLICY, "portLevelSettings"), where)
    yield from _blocks(where, policy)
    for index, level in enumerate(policy.get("portLevelSettings", [])):
        yield from _port_level(f"{where}.portLevelSettings[{index}]", level)


def _port_level(where: str, level: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(level, (*_PORT_POLICY, "port"), where)
    if not any(level.get(block) for block in _PORT_POLICY):
        yield Complaint(2, f"{where}: empty")
    if "port" not in level:
        yield Complaint(2, f"{where}: no port")
    else:
        yield from port(2, f"{where}.port.number", level["port"].get("number", 0))
    yield from _blocks(where, level)


def _blocks(where: str, policy: Mapping[str, Any]) -> Iterator[Complaint]:
    judges = {"outlierDetection": _outlier, "connectionPool": _pool, "loadBalancer": _balancer}
    for block, judge in judges.items():
        if block in policy:
            yield from judge(f"{where}.{block}", policy[block])


def _outlier(where: str, outlier: Mapping[str, Any]) -> Iterator[Complaint]:
    for field in ("interval", "baseEjectionTime"):
        if field in outlier:
            yield from duration(4, f"{where}.{field}", outlier[field])
    for field in ("maxEjectionPercent", "minHealthPercent"):
        yield from within(4, f"{where}.{field}", outlier.get(field, 0), 0, 100)
    local_failures = outlier.get("consecutiveLocalOriginFailures") or 0
    if local_failures > 0 and not outlier.get("splitExternalLocalOriginErrors"):
        yield Complaint(4, f"{where}.consecutiveLocalOriginFailures: without splitExternalLocalOriginErrors")


def _pool(where: str, pool: Mapping[str, Any]) -> Iterator[Complaint]:
    tcp, http = pool.get("tcp", {}), pool.get("http", {})
    if not tcp and not http:
        yield Complaint(5, f"{where}: empty")
    for field, value in [*_named("tcp", tcp), *_named("http", http)]:
        if isinstance(value, int) and value < 0:
            yield Complaint(5, f"{where}.{field}: {value} is below 0")
    for name in ("connectTimeout", "maxConnectionDuration"):
        if name in tcp:
            yield from duration(5, f"{where}.tcp.{name}", tcp[name])
    if "idleTimeout" in http:
        yield from duration(5, f"{where}.http.idleTimeout", http["idleTimeout"])
    if http.get("h2UpgradePolicy") == "UPGRADE" and http.get("useClientProtocol"):
        yield Complaint(5, f"{where}.http.h2UpgradePolicy: UPGRADE beside useClientProtocol")
    yield from unjudged(tcp, ("connectTimeout", "maxConnectionDuration", "maxConnections"), f"{where}.tcp")
    yield from unjudged(http, _HTTP_POOL, f"{where}.http")


_HTTP_POOL = (
    *("h2UpgradePolicy", "http1MaxPendingRequests", "http2MaxRequests", "idleTimeout", "maxRetries"),
    *("maxConcurrentStreams", "maxRequestsPerConnection", "useClientProtocol"),
)


def _named(block: str, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(f"{block}.{field}", value) for field, value in values.items()]


def _balancer(where: str, balancer: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(balancer, ("simple", "consistentHash"), where)
    hashing = balancer.get("consistentHash", {})
    keys = ("httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName")
    yield from unjudged(hashing, keys, f"{where}.consistentHash")
    cookie = hashing.get("httpCookie")
    if cookie is not None:
        yield from unjudged(cookie, ("name", "path", "ttl"), f"{where}.consistentHash.httpCookie")
        if not cookie["name"]:
            yield Complaint(6, f"{where}.consistentHash.httpCookie.name: empty")
