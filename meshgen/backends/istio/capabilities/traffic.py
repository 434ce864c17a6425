"""Routes and what they do to requests."""

from __future__ import annotations

from meshgen.backends.istio.capabilities.axes import BACKOFF, REDIRECT_PORT, STATUS
from meshgen.support import Approximate, Full, Row, Unsupported

_VIRTUAL_SERVICE = "istio/api networking/v1alpha3/virtual_service.proto"
_ROUTE = "istio/istio pilot/pkg/networking/core/route/route.go"
_RETRY = "istio/istio pilot/pkg/networking/core/route/retry/retry.go"
_ENVOY = "envoyproxy/envoy api/envoy/config/route/v3/route_components.proto"
_VALIDATION = "istio/istio pkg/config/validation/agent/validation.go"

TRAFFIC = (
    Row(
        features=(
            "split",
            "split.tcp",
            "routes.split.several",
            "routes.order",
            "routes.match.*",
            "routes.service",
            "routes.service.split",
            "routes.rewrite.*",
            "routes.redirect.hostname",
            "routes.redirect.path",
            "routes.redirect.statusCode.*",
            "headers.*",
            "timeout",
        ),
        answer=Full(),
        source=_VIRTUAL_SERVICE,
    ),
    Row(
        features=("routes.redirect.scheme.http", "routes.redirect.scheme.https", "routes.redirect.port"),
        answer=Full(),
        source=_VIRTUAL_SERVICE,
        when=REDIRECT_PORT.within("written"),
    ),
    Row(
        features=("routes.redirect.scheme.http", "routes.redirect.scheme.https", "routes.redirect.port"),
        answer=Approximate(
            how="the scheme's default port is never written, so the address keeps the port that was asked",
            facets=("redirect",),
        ),
        source=_ROUTE,
        when=REDIRECT_PORT.within("kept"),
    ),
    Row(
        features=("routes.redirect.prefix",),
        answer=Unsupported(
            why="a redirect can replace the whole path, not its beginning, before Istio 1.31",
            hint="give each path a route with redirect.path, or let the application redirect",
        ),
        source=_VIRTUAL_SERVICE,
    ),
    Row(
        features=("timeout.none",),
        answer=Full(is_unasked=True),
        source=_ROUTE,
    ),
    Row(
        features=("fault.none", "mirror.none", "cors.none"),
        answer=Full(is_unasked=True),
        source=_VIRTUAL_SERVICE,
    ),
    Row(
        features=(
            "retries.none",
            "retries.attempts",
            "retries.perTryTimeout",
            "retries.backoff.base",
            "retries.retryOn",
            "retries.retryOn.5xx",
            "retries.retryOn.gateway-error",
            "retries.retryOn.retriable-4xx",
            "retries.retryOn.cancelled",
            "retries.retryOn.deadline-exceeded",
            "retries.retryOn.internal",
            "retries.retryOn.resource-exhausted",
            "retries.retryOn.unavailable",
            "retries.retryOn.connect-failure",
            "retries.retryOn.reset",
            "retries.retryOn.refused-stream",
        ),
        answer=Full(),
        source=_RETRY,
    ),
    Row(
        features=("retries.retryOn.status",),
        answer=Full(),
        source=_RETRY,
        when=STATUS.within("registered"),
    ),
    Row(
        features=("retries.retryOn.status",),
        answer=Approximate(
            how="the webhook refuses a status that HTTP does not define, so it is not retried",
            facets=("retries.attempts", "retries.retryOn"),
        ),
        source=_VALIDATION,
        when=STATUS.within("other"),
    ),
    Row(
        features=("retries.backoff.max",),
        answer=Full(is_unasked=True),
        source=_ENVOY,
        when=BACKOFF.within("tenfold"),
    ),
    Row(
        features=("retries.backoff.max",),
        answer=Approximate(
            how="the longest wait is always ten times backoff.base", facets=("retries.backoff.max",)
        ),
        source=_ENVOY,
        when=BACKOFF.within("other"),
    ),
    Row(
        features=(
            "fault.abort.status",
            "fault.abort.grpcStatus.*",
            "fault.abort.percent",
            "fault.delay.duration",
            "fault.delay.percent",
            "mirror.version",
            "mirror.service",
            "mirror.percent",
            "cors.allowOrigins",
            "cors.allowMethods.*",
            "cors.allowHeaders",
            "cors.exposeHeaders",
            "cors.maxAge",
            "cors.allowCredentials.*",
        ),
        answer=Full(),
        source=_VIRTUAL_SERVICE,
    ),
)
