"""How a client calls a destination: the blocks of a traffic policy, and what they come to."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from meshgen.backends.istio.read.objects import milliseconds
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value
from meshgen.resources import Path, Resource

_CLUSTER = "istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go"
_RULE = "istio/api networking/v1alpha3/destination_rule.proto"
_OUTLIER = "envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto"

_KEPT = ("connectionPool", "outlierDetection", "loadBalancer", "tls")


class Block(NamedTuple):
    """One block of a policy, and where it is written."""

    body: Mapping[str, Any]
    of: Resource
    path: Path


Blocks = Mapping[str, Block]


class TlsMode(enum.Enum):
    """How a client secures its connections."""

    AUTO = "auto"  # mTLS wherever the other side takes it
    PLAIN = "plain"
    MUTUAL = "mutual"


def blocks(of: Resource, path: Path, port: int, base: Blocks) -> Blocks:
    """Lay a policy over another, block by block; one of the port replaces them all.

    istio/istio pilot/pkg/networking/util/util.go: what a port does not write falls back to defaults.
    """
    policy: Any = of.body
    for key in path:
        policy = policy[key] if isinstance(key, int) else policy.get(key) or {}
    for at, own in enumerate(policy.get("portLevelSettings") or ()):
        if (own.get("port") or {}).get("number") == port:
            return _written(own, of, (*path, "portLevelSettings", at))
    return {**base, **_written(policy, of, path)}


def _written(policy: Mapping[str, Any], of: Resource, path: Path) -> Blocks:
    return {key: Block(policy[key], of, (*path, key)) for key in _KEPT if policy.get(key) is not None}


class Tls(NamedTuple):
    """What a client does, and the part of a rule that says so."""

    mode: TlsMode = TlsMode.AUTO
    basis: Basis | None = None


def tls(found: Blocks) -> Tls:
    """Read how a client secures its connections; a block without a mode is plain text.

    istio/api networking/v1alpha3/destination_rule.proto: DISABLE is the first of the modes.
    """
    if "tls" not in found:
        return Tls()
    block = found["tls"]
    is_mutual = block.body.get("mode") == "ISTIO_MUTUAL"
    basis = Basis(name=str(block.of), of=block.of, path=block.path, source=_RULE)
    return Tls(TlsMode.MUTUAL if is_mutual else TlsMode.PLAIN, basis)


def policy_steps(found: Blocks, *, is_headless: bool) -> Mapping[Facet, Step]:
    """Say what a client does with connections to a destination."""
    every = (_balancer(found, is_headless=is_headless), *_pool(found), *_outlier(found))
    return {step.facet: step for step in every if step.facet is not None}


def ambient(facet: Facet, value: Value, says: str, source: str) -> Step:
    """Say what the mesh does unasked."""
    return Step(
        says=says, basis=Basis(name="Istio", source=source), facet=facet, value=value, is_ambient=True
    )


def _step(facet: Facet, value: Value, block: Block, *keys: str) -> Step:
    path = (*block.path, *keys)
    basis = Basis(name=str(block.of), of=block.of, path=path, source=_RULE)
    return Step(says=f"{block.of} sets {facet.value}", basis=basis, facet=facet, value=value)


_POLICIES = {"ROUND_ROBIN": "round-robin", "RANDOM": "random", "PASSTHROUGH": "passthrough"}


def _balancer(found: Blocks, *, is_headless: bool) -> Step:
    facet, block = Facet.LOAD_BALANCING, found.get("loadBalancer")
    if is_headless:
        return ambient(facet, "passthrough", "callers of a headless Service choose the pod", _CLUSTER)
    if block is None or block.body.get("simple") == "UNSPECIFIED":
        return ambient(facet, "least-request", "requests go to the less busy of two pods", _RULE)
    if "simple" in block.body:
        return _step(facet, _POLICIES.get(block.body["simple"], "least-request"), block, "simple")
    hashed = block.body.get("consistentHash")
    if not hashed:
        return ambient(facet, "least-request", "requests go to the less busy of two pods", _RULE)
    return _step(facet, _hashed(hashed), block, "consistentHash")


def _hashed(body: Mapping[str, Any]) -> Value:
    match body:
        case {"httpHeaderName": name}:
            return ("header", name.lower())
        case {"httpQueryParameterName": name}:
            return ("queryParam", name)
        case {"httpCookie": cookie}:
            ttl = cookie.get("ttl")
            return ("cookie", cookie["name"], None if ttl is None else milliseconds(ttl))
        case {"useSourceIp": True}:
            return ("sourceIP",)
        case _:
            return "least-request"  # nothing to hash


# istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go: 0 is no limit, like what is not written.
_LIMITS = (
    (Facet.MAX_CONNECTIONS, "tcp", "maxConnections"),
    (Facet.MAX_PENDING, "http", "http1MaxPendingRequests"),
    (Facet.MAX_REQUESTS, "http", "http2MaxRequests"),
    (Facet.MAX_PER_CONNECTION, "http", "maxRequestsPerConnection"),
)


def _pool(found: Blocks) -> Iterator[Step]:
    block = found.get("connectionPool")
    for facet, part, key in _LIMITS:
        limit = None if block is None else (block.body.get(part) or {}).get(key)
        if block is None or not limit:
            yield ambient(facet, None, "there is no limit", _CLUSTER)
        else:
            yield _step(facet, limit, block, part, key)
    wait = None if block is None else (block.body.get("tcp") or {}).get("connectTimeout")
    if block is None or wait is None:
        yield ambient(
            Facet.CONNECT_TIMEOUT,
            10_000,
            "connecting takes 10s at most",
            "istio/istio pkg/config/mesh/mesh.go",
        )
    else:
        yield _step(Facet.CONNECT_TIMEOUT, milliseconds(wait), block, "tcp", "connectTimeout")


def _outlier(found: Blocks) -> Iterator[Step]:
    block = found.get("outlierDetection")
    if block is None:
        for facet in (Facet.CONSECUTIVE_5XX, Facet.CONSECUTIVE_GATEWAY):
            yield ambient(facet, None, "no pod is ejected", _CLUSTER)
        return
    server, gateway = block.body.get("consecutive5xxErrors"), block.body.get("consecutiveGatewayErrors")
    if server is None:
        yield ambient(Facet.CONSECUTIVE_5XX, 5, "a block alone turns this detector on", _OUTLIER)
    else:
        yield _step(Facet.CONSECUTIVE_5XX, server or None, block, "consecutive5xxErrors")
    if gateway is None:
        yield ambient(Facet.CONSECUTIVE_GATEWAY, None, "this detector is off unless asked for", _OUTLIER)
    else:
        yield _step(Facet.CONSECUTIVE_GATEWAY, gateway or None, block, "consecutiveGatewayErrors")
    if server != 0 or gateway:
        yield from _ejection(block)


def _ejection(block: Block) -> Iterator[Step]:
    for facet, key, usual in (
        (Facet.EJECTION_INTERVAL, "interval", 10_000),
        (Facet.EJECTION_TIME, "baseEjectionTime", 30_000),
    ):
        if key in block.body:
            yield _step(facet, milliseconds(block.body[key]), block, key)
        else:
            yield ambient(facet, usual, "Envoy's own length of time", _OUTLIER)
    percent = block.body.get("maxEjectionPercent")
    if percent:
        yield _step(Facet.EJECTION_PERCENT, Fraction(percent, 100), block, "maxEjectionPercent")
    else:
        yield ambient(Facet.EJECTION_PERCENT, Fraction(10, 100), "a tenth of the pods at most", _OUTLIER)
