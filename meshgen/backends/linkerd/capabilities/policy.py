"""Limits, ejection, balancing and rates."""

from __future__ import annotations

from meshgen.support import NOT_BUILT, Approximate, Full, Row, Unsupported

_BALANCER = "linkerd/linkerd2-proxy linkerd/proxy/balance/src/lib.rs"
_CLIENT_POLICY = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"

POLICY = (
    Row(
        features=("loadBalancing.policy.*",),
        answer=Approximate(
            how="the quicker of two instances drawn at random gets a request", facets=("policy",)
        ),
        source=_BALANCER,
    ),
    Row(
        features=("loadBalancing.hashOn.*",),
        answer=Unsupported(
            why="instances are picked by latency alone", hint="keep sessions in a store that all share"
        ),
        source=_BALANCER,
    ),
    Row(
        features=("connectTimeout",),
        answer=Unsupported(
            why="it belongs to the callers, as an annotation of their pods",
            hint="annotate them with config.linkerd.io/proxy-outbound-connect-timeout",
        ),
        source="linkerd/linkerd2 charts/linkerd-control-plane/values.yaml",
    ),
    Row(
        features=(
            "circuitBreaker.maxConnections",
            "circuitBreaker.maxPendingRequests",
            "circuitBreaker.maxRequests",
            "circuitBreaker.maxRequestsPerConnection",
        ),
        answer=Unsupported(
            why="the lengths of queues and pools are fixed", hint="limit what an instance takes by rateLimit"
        ),
        source=_CLIENT_POLICY,
    ),
    Row(
        features=("circuitBreaker.none", "outlierDetection.none", "rateLimit.none"),
        answer=Full(is_unasked=True),
        source=_CLIENT_POLICY,
    ),
    Row(
        features=(
            "outlierDetection.consecutive5xx",
            "outlierDetection.consecutiveGatewayErrors",
            "outlierDetection.interval",
            "outlierDetection.baseEjectionTime",
            "outlierDetection.maxEjectionPercent",
            "rateLimit.requests",
            "rateLimit.per.*",
            "rateLimit.burst",
        ),
        answer=NOT_BUILT,
        source="",
    ),
)
