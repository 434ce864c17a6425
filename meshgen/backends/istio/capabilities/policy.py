"""Limits, ejection, balancing and rates."""

from __future__ import annotations

from meshgen.backends.istio.capabilities.axes import EJECTION, HEADLESS, PERCENT
from meshgen.support import Approximate, Full, Row

_DESTINATION_RULE = "istio/api networking/v1alpha3/destination_rule.proto"
_CLUSTER = "istio/istio pilot/pkg/networking/core/cluster_traffic_policy.go"
_DETECTORS = ("outlierDetection.consecutive5xx", "outlierDetection.consecutiveGatewayErrors")
_DIRECTLY = Approximate(
    how="callers dial the pods of a headless Service by address, an ejected one too",
    facets=("outlierDetection of receiving proxies",),
)

POLICY = (
    Row(
        features=("loadBalancing.*", "connectTimeout"),
        answer=Full(),
        source=_DESTINATION_RULE,
    ),
    Row(
        features=("circuitBreaker.none", "outlierDetection.none", "rateLimit.none"),
        answer=Full(is_unasked=True),
        source=_CLUSTER,
    ),
    Row(
        features=(
            "circuitBreaker.maxConnections",
            "circuitBreaker.maxPendingRequests",
            "circuitBreaker.maxRequests",
            "circuitBreaker.maxRequestsPerConnection",
        ),
        answer=Approximate(
            how="each pod's own proxy applies the limits to what it receives too",
            facets=("circuitBreaker of receiving proxies",),
        ),
        source=_CLUSTER,
    ),
    Row(
        features=_DETECTORS,
        answer=Full(),
        source=_CLUSTER,
        when={**HEADLESS.within("no"), **EJECTION.within("limited")},
    ),
    Row(
        features=_DETECTORS,
        answer=Full(
            remark="without maxEjectionPercent 10 % of the pods may be out, which of fewer than ten is none"
        ),
        source=_DESTINATION_RULE,
        when={**HEADLESS.within("no"), **EJECTION.within("unlimited")},
    ),
    Row(features=_DETECTORS, answer=_DIRECTLY, source=_CLUSTER, when=HEADLESS.within("yes")),
    Row(
        features=("outlierDetection.interval", "outlierDetection.baseEjectionTime"),
        answer=Full(),
        source=_DESTINATION_RULE,
    ),
    Row(
        features=("outlierDetection.maxEjectionPercent",),
        answer=Full(),
        source=_DESTINATION_RULE,
        when=PERCENT.within("whole"),
    ),
    Row(
        features=("outlierDetection.maxEjectionPercent",),
        answer=Approximate(
            how="the percentage is cut to a whole number, 1 at least",
            facets=("outlierDetection.maxEjectionPercent",),
        ),
        source=_DESTINATION_RULE,
        when=PERCENT.within("fraction"),
    ),
    Row(
        features=("rateLimit.requests", "rateLimit.per.*", "rateLimit.burst"),
        answer=Approximate(
            how="Istio has no rate limit of its own, so Envoy's is patched in, whose interface may change",
            facets=("rateLimit of other versions",),
        ),
        source="istio/istio samples/ratelimit/local-rate-limit-service.yaml",
    ),
)
