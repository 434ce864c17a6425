"""Limits, ejection, balancing and rates."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import ACCRUAL, BURST, EJECTED, JUDGED
from meshgen.backends.linkerd.capabilities.patches import ejecting
from meshgen.support import Approximate, Full, Requires, Row, Unsupported

_BALANCER = "linkerd/linkerd2-proxy linkerd/proxy/balance/src/lib.rs"
_CLIENT_POLICY = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"

_ACCRUAL = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/breaker/consecutive_failures.rs"
_RATE_LIMIT = "linkerd/linkerd2-proxy linkerd/proxy/server-policy/src/local_rate_limit.rs"

_EJECTION = ("outlierDetection.consecutive5xx", "outlierDetection.baseEjectionTime")
_PENALTY = (
    "an instance that failed is left out for a time that doubles with each failure, and then tried with one "
    "request"
)
_ANNOTATED = Requires(
    id="failure-accrual-annotation",
    what="the Service {service} has the annotations balancer.linkerd.io/failure-accrual: consecutive, and "
    "failure-accrual-consecutive-max-failures (consecutive5xx) and -min-penalty (baseEjectionTime) of that "
    "domain",
    patches=ejecting,
)

BALANCING = (
    Row(
        features=("loadBalancing.policy.*",),
        answer=Approximate(
            how="the quicker of two instances drawn at random gets a request", facets=("loadBalancing",)
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
    *(
        Row(
            features=_EJECTION,
            answer=Approximate(
                how=f"{_PENALTY}{besides}", facets=("outlierDetection of repeated failures", *facets)
            ),
            source=_ACCRUAL,
            requires=requires,
            when={**ACCRUAL.within(state), **JUDGED.within(judged)},
        )
        for state, requires in (("shown", ()), ("missing", (_ANNOTATED,)))
        for judged, besides, facets in (
            ("all", "", ()),
            ("some", "; connections are not judged", ("outlierDetection of connections",)),
        )
    ),
    Row(
        features=_EJECTION,
        answer=Unsupported(
            why="instances are judged by answers to requests, and none of a headless Service at all",
            hint="leave it out",
        ),
        source=_ACCRUAL,
        when=JUDGED.within("none"),
    ),
    Row(
        features=("outlierDetection.consecutiveGatewayErrors", "outlierDetection.interval"),
        answer=Unsupported(
            why="instances are judged by 5xx answers in a row, at each answer",
            hint="write consecutive5xx, and leave interval out",
        ),
        source=_ACCRUAL,
    ),
    Row(
        features=("outlierDetection.maxEjectionPercent",),
        answer=Full(is_unasked=True),
        source=_ACCRUAL,
        when=EJECTED.within("all"),
    ),
    Row(
        features=("outlierDetection.maxEjectionPercent",),
        answer=Unsupported(why="every instance may be left out at once", hint="write 100, or leave it out"),
        source=_ACCRUAL,
        when=EJECTED.within("fewer"),
    ),
)

RATES = (
    Row(features=("rateLimit.requests", "rateLimit.per.second"), answer=Full(), source=_RATE_LIMIT),
    Row(
        features=("rateLimit.per.minute", "rateLimit.per.hour"),
        answer=Unsupported(why="requests are counted by the second", hint="write how many a second"),
        source=_RATE_LIMIT,
    ),
    Row(
        features=("rateLimit.burst",),
        answer=Full(is_unasked=True),
        source=_RATE_LIMIT,
        when=BURST.within("as requests"),
    ),
    Row(
        features=("rateLimit.burst",),
        answer=Unsupported(
            why="as many requests as a second allows may come at once, no more and no fewer",
            hint="leave burst out",
        ),
        source=_RATE_LIMIT,
        when=BURST.within("other"),
    ),
)
