"""Routes, timeouts, retries and everything that is done to requests on the way."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.axes import (
    ANSWERS,
    BASE,
    EJECTION,
    HEADERS,
    LONGEST,
    PROTOCOLS,
    REFUSED,
)
from meshgen.support import Approximate, Full, Row, Unsupported

_ROUTES = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs"
_MATCH = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs"
_HEADERS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/match/header.rs"
_RETRY = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/route/retry.rs"
_ANNOTATIONS = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_REDIRECT = "linkerd/linkerd2-proxy linkerd/http/route/src/http/filter/redirect.rs"
_BREAKER = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/router.rs"
_GRPC_CODES = ("cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable")

TRAFFIC = (
    Row(
        features=("routes.split", "routes.split.several", "routes.order", "routes.service.split"),
        answer=Full(),
        source=_ROUTES,
    ),
    Row(features=("routes.service",), answer=Full(), source=_ROUTES, when=EJECTION.within("left alone")),
    Row(
        features=("routes.service",),
        answer=Unsupported(
            why="instances are left out as the Service that is called says, wherever it leads to",
            hint="leave outlierDetection out on both services, or let callers call the other one",
        ),
        source=_BREAKER,
        when=EJECTION.within("asked for"),
    ),
    Row(
        features=(
            "routes.match.paths.*",
            "routes.match.methods.*",
            "routes.match.queryParams.*",
        ),
        answer=Full(),
        source=_MATCH,
    ),
    Row(
        features=("routes.match.headers.exact",),
        answer=Full(),
        source=_MATCH,
        when=HEADERS.within("fitting"),
    ),
    Row(
        features=tuple(f"routes.match.headers.{kind}" for kind in ("exact", "prefix", "present", "regex")),
        answer=Unsupported(
            why="a match of calls by headers alone takes the whole Service down",
            hint="name the gRPC services beside the headers, as in paths: [{prefix: /pkg.Svc}]",
        ),
        source="linkerd/linkerd2-proxy linkerd/proxy/client-policy/src/grpc.rs",
        when=HEADERS.within("alone on gRPC"),
    ),
    Row(features=("routes.match.ports",), answer=Full(), source=_ANNOTATIONS),
    Row(
        features=(
            "routes.match.headers.prefix",
            "routes.match.headers.present",
            "routes.match.headers.regex",
        ),
        answer=Approximate(
            how="a value with other than visible ASCII characters never matches",
            facets=("split of header values beyond ASCII",),
        ),
        source=_HEADERS,
        when=HEADERS.within("fitting"),
    ),
    Row(
        features=("routes.match.headers.absent",),
        answer=Unsupported(
            why="a route cannot ask for an absent header",
            hint="give the requests that carry it a route before this one, and leave the condition out",
        ),
        source=_HEADERS,
    ),
    Row(
        features=(
            "routes.redirect.hostname",
            "routes.redirect.scheme.*",
            "routes.redirect.port",
            "routes.redirect.statusCode.301",
            "routes.redirect.statusCode.302",
        ),
        answer=Full(),
        source=_REDIRECT,
    ),
    Row(
        features=("routes.redirect.path", "routes.redirect.prefix"),
        answer=Unsupported(
            why="the proxies answer such a redirect with errors", hint="let the application redirect"
        ),
        source="kubernetes-sigs/gateway-api conformance/reports/v1.3.0/linkerd-linkerd",
    ),
    Row(
        features=tuple(f"routes.redirect.statusCode.{code}" for code in (303, 307, 308)),
        answer=Unsupported(why="another status than 301 and 302 takes the route down", hint="write 302"),
        source=_ROUTES,
    ),
    Row(features=("headers.request.*",), answer=Full(), source=_ROUTES),
    Row(
        features=("headers.response.*",),
        answer=Full(),
        source=_ROUTES,
        when={**PROTOCOLS.within("HTTP"), **ANSWERS.within("of others")},
    ),
    Row(
        features=("headers.response.*",),
        answer=Approximate(
            how="a redirect, which the proxy answers itself, is not edited", facets=("headers.response",)
        ),
        source="linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/route/filters.rs",
        when={**PROTOCOLS.within("HTTP"), **ANSWERS.within("redirects too")},
    ),
    Row(
        features=("headers.response.*",),
        answer=Unsupported(
            why="edits of answers to calls take the whole Service down", hint="let the application do it"
        ),
        source="linkerd/linkerd2 policy-controller/grpc/src/outbound/grpc.rs",
        when=PROTOCOLS.within("gRPC"),
    ),
    Row(
        features=("routes.rewrite.*",),
        answer=Unsupported(
            why="a route with a rewrite is ignored as a whole",
            hint="let the application answer under both paths or hosts",
        ),
        source=_ROUTES,
    ),
    Row(features=("timeout",), answer=Full(), source=_ANNOTATIONS),
    Row(
        features=("timeout.none", "retries.none", "fault.none", "mirror.none", "cors.none"),
        answer=Full(is_unasked=True),
        source=_ANNOTATIONS,
    ),
    Row(
        features=(
            "retries.attempts",
            "retries.perTryTimeout",
            "retries.retryOn.5xx",
            "retries.retryOn.gateway-error",
            "retries.retryOn.retriable-4xx",
            "retries.retryOn.status",
            *(f"retries.retryOn.{code}" for code in _GRPC_CODES),
        ),
        answer=Full(),
        source=_ANNOTATIONS,
    ),
    Row(
        features=("retries.retryOn",),
        answer=Full(),
        source=_RETRY,
        when=REFUSED.within("retried"),
    ),
    Row(
        features=("retries.retryOn",),
        answer=Approximate(
            how="a stream that the server refuses is retried too", facets=("retries.retryOn",)
        ),
        source=_RETRY,
        when=REFUSED.within("not asked for"),
    ),
    Row(
        features=("retries.retryOn.connect-failure", "retries.retryOn.refused-stream"),
        answer=Full(is_unasked=True),
        source=_RETRY,
    ),
    Row(
        features=("retries.retryOn.reset",),
        answer=Unsupported(
            why="a request whose connection breaks is not sent again",
            hint="list the statuses that the proxy answers with instead, such as gateway-error",
        ),
        source=_RETRY,
    ),
    Row(
        features=("retries.backoff.base",),
        answer=Full(is_unasked=True),
        source=_RETRY,
        when=BASE.within("25ms"),
    ),
    Row(
        features=("retries.backoff.max",),
        answer=Full(is_unasked=True),
        source=_RETRY,
        when=LONGEST.within("250ms"),
    ),
    *(
        Row(
            features=(feature,),
            answer=Unsupported(
                why="retries wait 25ms to 250ms, whatever is asked for", hint="leave backoff out"
            ),
            source=_RETRY,
            when=axis.within("other"),
        )
        for feature, axis in (("retries.backoff.base", BASE), ("retries.backoff.max", LONGEST))
    ),
    Row(
        features=("fault.abort.*", "fault.delay.*"),
        answer=Unsupported(
            why="nothing injects faults", hint="send a share to a version that fails or waits by itself"
        ),
        source="linkerd/website linkerd.io/content/2-edge/tasks/fault-injection.md",
    ),
    Row(
        features=("mirror.version", "mirror.service", "mirror.percent"),
        answer=Unsupported(why="nothing copies requests", hint="copy them in the application"),
        source="linkerd/linkerd2 issue 11027",
    ),
    Row(
        features=(
            "cors.allowOrigins",
            "cors.allowMethods.*",
            "cors.allowHeaders",
            "cors.exposeHeaders",
            "cors.maxAge",
            "cors.allowCredentials.*",
        ),
        answer=Unsupported(
            why="a route with CORS is ignored as a whole", hint="answer preflights in the application"
        ),
        source=_ROUTES,
    ),
)
