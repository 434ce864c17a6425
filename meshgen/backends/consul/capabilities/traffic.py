"""What Consul answers for splits, routes and what becomes of requests on them."""

from __future__ import annotations

from meshgen.backends.consul.capabilities.axes import (
    EDITION,
    PORTS,
    REWRITTEN,
    ROUTE_FAULTS,
    SERVICE_FAULT,
)
from meshgen.backends.consul.capabilities.targets import TARGET
from meshgen.diagnostics import Severity
from meshgen.support import Approximate, Full, Requires, Row, Unsupported

_ROUTER = "hashicorp/consul agent/structs/config_entry_discoverychain.go"
_ROUTES = "hashicorp/consul agent/xds/routes.go"
_FAULTS = "hashicorp/consul website/content/docs/connect/manage-traffic/fault-injection.mdx"
_FAULT_FIELDS = ("fault.abort.*", "fault.delay.*")
_ROUTE_FAULT_FIELDS = tuple(f"routes.{field}" for field in _FAULT_FIELDS)

_LONGER_WAIT = Requires(
    id="local-request-timeout",
    what=("the ServiceDefaults of {value} have a localRequestTimeoutMs as long as the timeouts towards it"),
    severity=Severity.WARNING,
)
_TARGET_PROTOCOL = Requires(
    id="target-protocol",
    what="the ServiceDefaults of {value} have the same protocol as those of {service}",
    severity=Severity.WARNING,
)

TRAFFIC = (
    Row(features=("split", "routes.split", "routes.split.several"), answer=Full(), source=_ROUTER),
    Row(
        features=("split.tcp",),
        answer=Unsupported(
            why="a ServiceSplitter needs the protocol http, http2 or grpc",
            hint="give each version a service of its own",
        ),
        source="hashicorp/consul agent/consul/discoverychain/compile.go",
    ),
    Row(features=("routes.order",), answer=Full(), source=_ROUTES),  # the first that matches decides
    Row(
        features=(
            "routes.match.methods.*",
            "routes.match.paths.*",
            "routes.match.headers.*",
            "routes.match.queryParams.*",
        ),
        answer=Full(),
        source=_ROUTES,
    ),
    Row(
        features=("routes.match.ports",),
        when=PORTS.within("one"),
        answer=Full(is_unasked=True),
        source=_ROUTER,
    ),
    Row(
        features=("routes.match.ports",),
        when=PORTS.within("several"),
        answer=Unsupported(
            why="a ServiceRouter speaks of the service, not of its ports",
            hint="leave ports out of the match, or give the port a service of its own",
        ),
        source=_ROUTER,
    ),
    Row(features=("routes.rewrite.prefix",), answer=Full(), source=_ROUTES),
    Row(features=("routes.rewrite.path",), when=REWRITTEN.within("exact"), answer=Full(), source=_ROUTES),
    Row(
        features=("routes.rewrite.path",),
        when=REWRITTEN.within("other"),
        answer=Unsupported(
            why="prefixRewrite replaces what was matched, and only pathExact matches the whole path",
            hint="match by paths: [{exact: ...}] alone",
        ),
        source=_ROUTER,
    ),
    Row(
        features=("routes.rewrite.hostname",),
        answer=Unsupported(
            why="a ServiceRouter cannot change the Host header",
            hint="let the application accept the host that callers send",
        ),
        source=_ROUTER,
    ),
    Row(
        features=("routes.redirect.*",),
        answer=Unsupported(
            why="a ServiceRouter has no redirects", hint="let the application answer with the redirect"
        ),
        source=_ROUTER,
    ),
    Row(features=("headers.*",), answer=Full(), source=_ROUTES),
    Row(features=("routes.service",), when=TARGET.within("like it"), answer=Full(), source=_ROUTES),
    *(
        Row(
            features=("routes.service",),
            when=TARGET.within(target),
            answer=Approximate(
                how="who may call the target but not this service is refused here already",
                facets=("verdict",),
            ),
            source="hashicorp/consul agent/proxycfg/connect_proxy.go",
            requires=requires,
        )
        for target, requires in (
            ("stricter here", ()),
            ("elsewhere, stricter here", (_TARGET_PROTOCOL,)),
            ("elsewhere, stricter here, slow", (_TARGET_PROTOCOL, _LONGER_WAIT)),
        )
    ),
    Row(
        features=("routes.service",),
        when=TARGET.within("other protocol"),
        answer=Unsupported(
            why="all services of a discovery chain speak the same protocol",
            hint="let callers call the target by its own name",
        ),
        source="hashicorp/consul agent/consul/discoverychain/compile.go",
    ),
    Row(
        features=("routes.service",),
        when=TARGET.within("limited"),
        answer=Unsupported(
            why="circuitBreaker and outlierDetection are written at the caller for what it calls: those of "
            "the target would not hold, and those of this service would hold there",
            hint="let callers call the target by its own name",
        ),
        source="hashicorp/consul agent/xds/clusters.go",
    ),
    Row(
        features=("routes.service",),
        when=TARGET.within("elsewhere"),
        answer=Full(),
        requires=(_TARGET_PROTOCOL,),
        source=_ROUTES,
    ),
    Row(
        features=("routes.service",),
        when=TARGET.within("elsewhere, slow"),
        answer=Full(),
        requires=(_TARGET_PROTOCOL, _LONGER_WAIT),
        source=_ROUTES,
    ),
    Row(
        features=("routes.service.split",),
        answer=Unsupported(
            why="a route to another service goes on to that service's splitter",
            hint="let callers call the target by its own name, or take its split away",
        ),
        source="hashicorp/consul agent/consul/discoverychain/compile.go",
    ),
    Row(
        features=_FAULT_FIELDS,
        when=EDITION.within("community"),
        answer=Unsupported(
            why="the community edition has no fault injection", hint="inject faults in the application"
        ),
        source=_FAULTS,
    ),
    Row(
        features=_FAULT_FIELDS,
        when={**EDITION.within("enterprise"), **ROUTE_FAULTS.within("yes")},
        answer=Unsupported(
            why="builtin/fault-injection is of the whole service, and a route of it differs",
            hint="write the fault on the service alone",
        ),
        source=_FAULTS,
    ),
    Row(
        features=_FAULT_FIELDS,
        when={**EDITION.within("enterprise"), **ROUTE_FAULTS.within("no")},
        answer=Approximate(
            how="the receiving proxy draws it, in whole percents and for every caller; aborts may be retried",
            facets=("fault", "retries of aborted requests", "timeout of aborted requests"),
        ),
        source=_FAULTS,
    ),
    Row(
        features=_ROUTE_FAULT_FIELDS,
        answer=Unsupported(
            why="builtin/fault-injection is of the whole service",
            hint="write the fault on the service, with the enterprise edition",
        ),
        source=_FAULTS,
    ),
    Row(features=("fault.none",), answer=Full(is_unasked=True), source=_FAULTS),
    Row(
        features=("routes.fault.none",),
        when=SERVICE_FAULT.within("no"),
        answer=Full(is_unasked=True),
        source=_FAULTS,
    ),
    Row(
        features=("routes.fault.none",),
        when=SERVICE_FAULT.within("yes"),
        answer=Unsupported(
            why="builtin/fault-injection is of the whole service, this route included",
            hint="take the fault of the service away",
        ),
        source=_FAULTS,
    ),
    Row(
        features=("mirror.version", "mirror.service", "mirror.percent"),
        answer=Unsupported(why="Consul mirrors no requests", hint="send the copies from the application"),
        source=_ROUTES,
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
            why="Consul answers no preflight requests", hint="let the application answer them"
        ),
        source=_ROUTES,
    ),
    Row(features=("mirror.none", "cors.none"), answer=Full(is_unasked=True), source=_ROUTES),
)
