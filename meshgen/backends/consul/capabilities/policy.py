"""What Consul answers for timeouts, retries, limits, ejection, balancing and rates."""

from __future__ import annotations

from meshgen.backends.consul.capabilities.axes import ADDRESS, EDITION, KNOWN_CALLERS, PLAINTEXT, PODS
from meshgen.support import Approximate, Full, Row, Unsupported

_ROUTES = "hashicorp/consul agent/xds/routes.go"
_ROUTER = "hashicorp/consul agent/structs/config_entry_discoverychain.go"
_CLUSTERS = "hashicorp/consul agent/xds/clusters.go"
_DEFAULTS = "hashicorp/consul agent/structs/config_entry.go"

_LIMITS = (
    "circuitBreaker.maxConnections",
    "circuitBreaker.maxPendingRequests",
    "circuitBreaker.maxRequests",
    "circuitBreaker.none",
)
_EJECTION = (
    "outlierDetection.consecutive5xx",
    "outlierDetection.interval",
    "outlierDetection.baseEjectionTime",
    "outlierDetection.maxEjectionPercent",
    "outlierDetection.none",
)
_RATES = ("rateLimit.requests", "rateLimit.burst", "rateLimit.per.second")
_AT_CALLERS = {**ADDRESS.within("cluster"), **KNOWN_CALLERS.within("some")}
_NO_CALLERS = Unsupported(
    why="it is written at the callers, and the set has none that may call",
    hint="add the callers to the set, or leave it out",
)
_HEADLESS = Unsupported(
    why="callers reach the pods of a headless service past the cluster that it would be written for",
    hint="give the Service an address, or leave it out",
)
_ELSEWHERE = Unsupported(
    why="a resolver that redirects says nothing else",
    hint="write it on the service that podsOf names",
    is_final=True,
)

POLICY = (
    Row(features=("timeout",), answer=Full(), source=_ROUTES),
    Row(
        features=("timeout.none",),
        answer=Approximate(
            how="the calling proxy waits for ever, the receiving one for a day: it cannot be told more",
            facets=("timeout",),
        ),
        source="hashicorp/consul agent/xds/listeners.go",
    ),
    Row(features=("retries.attempts", "retries.retryOn", "retries.retryOn.*"), answer=Full(), source=_ROUTER),
    Row(features=("retries.none",), answer=Full(is_unasked=True), source=_ROUTES),
    Row(
        features=("retries.perTryTimeout", "retries.backoff.*"),
        answer=Unsupported(
            why="a ServiceRouter says how often and when, not how long and after what wait",
            hint="leave it out; timeout holds for all tries together",
        ),
        source=_ROUTER,
    ),
    Row(
        features=_LIMITS,
        when=_AT_CALLERS,
        answer=Approximate(
            how="it is written at the callers that the set knows; others, and gateways, are not bound",
            facets=("circuitBreaker of callers of no service",),
        ),
        source=_CLUSTERS,
    ),
    Row(
        features=_EJECTION,
        when=_AT_CALLERS,
        answer=Approximate(
            how="it is written at the callers that the set knows, in whole percents, and Envoy's ejection by "
            "success rate stays on; other callers, and gateways, are not bound",
            facets=("outlierDetection of callers of no service", "outlierDetection.maxEjectionPercent"),
        ),
        source="hashicorp/consul agent/xds/config/config.go",
    ),
    Row(
        features=(*_LIMITS, *_EJECTION),
        when={**ADDRESS.within("cluster"), **KNOWN_CALLERS.within("none")},
        answer=_NO_CALLERS,
        source=_CLUSTERS,
    ),
    Row(
        features=(*_LIMITS, *_EJECTION),
        when=ADDRESS.within("headless"),
        answer=_HEADLESS,
        source=_CLUSTERS,
    ),
    Row(
        features=("circuitBreaker.maxRequestsPerConnection",),
        answer=Unsupported(why="Consul's limits have no such field", hint="leave it out"),
        source=_DEFAULTS,
    ),
    Row(
        features=("outlierDetection.consecutiveGatewayErrors",),
        answer=Unsupported(
            why="Consul counts 5xx answers of every kind", hint="write consecutive5xx in its place"
        ),
        source=_DEFAULTS,
    ),
    Row(
        features=("loadBalancing.*", "connectTimeout"),
        when=PODS.within("own"),
        answer=Full(),
        source="hashicorp/consul agent/xds/config/config.go",
    ),
    Row(
        features=("loadBalancing.*", "connectTimeout"),
        when=PODS.within("of another"),
        answer=_ELSEWHERE,
        source="hashicorp/consul agent/structs/config_entry_discoverychain.go",
    ),
    Row(
        features=_RATES,
        when={**EDITION.within("enterprise"), **PLAINTEXT.within("refused")},
        answer=Full(),
        source="hashicorp/consul-k8s control-plane/api/v1alpha1/servicedefaults_types.go",
    ),
    Row(
        features=_RATES,
        when={**EDITION.within("enterprise"), **PLAINTEXT.within("taken")},
        answer=Approximate(
            how="plain text passes the receiving proxy unread, and so unlimited",
            facets=("rateLimit of plaintext",),
        ),
        source="hashicorp/consul agent/xds/listeners.go",
    ),
    Row(
        features=("rateLimit.per.minute", "rateLimit.per.hour"),
        when=EDITION.within("enterprise"),
        answer=Unsupported(
            why="Consul refills by the second", hint="write requests per second, and a burst of its own"
        ),
        source="hashicorp/consul-k8s control-plane/api/v1alpha1/servicedefaults_types.go",
    ),
    Row(
        features=("rateLimit.requests", "rateLimit.burst", "rateLimit.per.*"),
        when=EDITION.within("community"),
        answer=Unsupported(
            why="the community edition refuses rateLimits", hint="limit in the application or at the gateway"
        ),
        source=_DEFAULTS,
    ),
    Row(features=("rateLimit.none",), answer=Full(is_unasked=True), source=_DEFAULTS),
)
