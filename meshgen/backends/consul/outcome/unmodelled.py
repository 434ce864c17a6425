"""Entries and fields that decide about requests in ways that the evaluator does not follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.read import GROUP
from meshgen.backends.consul.read.defaults import FAULTS
from meshgen.backends.consul.read.filters import read_filter
from meshgen.grammar import is_re2
from meshgen.modelled import not_modelled
from meshgen.resources import Complaint, Path, Resources

_Found = Iterator[tuple[Path, str]]

# These speak of gateways, of other clusters, or of Consul's own servers.
_BESIDE = frozenset(
    {
        "ControlPlaneRequestLimit",
        "ExportedServices",
        "GatewayClassConfig",
        "GatewayPolicy",
        "IngressGateway",
        "MeshService",
        "PeeringAcceptor",
        "PeeringDialer",
        "RateLimit",
        "RouteAuthFilter",
        "RouteExtProc",
        "RouteRetryFilter",
        "RouteTLSSDSFilter",
        "RouteTimeoutFilter",
        "TerminatingGateway",
    }
)
_ELSEWHERE = ("peer", "partition", "datacenter", "datacenters", "samenessGroup")


def unmodelled(resources: Resources) -> Iterator[Complaint]:
    """Complain of what nothing can be proved beside."""
    for resource in resources.every:
        if resource.group != GROUP or resource.kind in _BESIDE:
            continue
        fields = _FIELDS.get(resource.kind)
        if fields is None:
            yield not_modelled(resource, ("kind",), f"{resource.kind} is not understood")
            continue
        for path, why in fields(Part.spec_of(resource)):
            yield not_modelled(resource, path, why)


def _service_defaults(spec: Part) -> _Found:
    yield from _said(spec, ("maxInboundConnections", "externalSNI", "destination"))
    yield from _exposed(spec)
    for extension in spec.parts("envoyExtensions"):
        if extension.text("name") != FAULTS:
            yield extension.path, f"the extension {extension.text('name')!r} changes what proxies do"
    upstreams = spec.part("upstreamConfig")
    every = [
        *upstreams.parts("overrides"),
        *((upstreams.part("defaults"),) if upstreams.has("defaults") else ()),
    ]
    for each in every:
        yield from _said(each, ("envoyListenerJSON", "envoyClusterJSON", "protocol"))
        health = each.part("passiveHealthCheck")
        if 0 < health.number("enforcingConsecutive5xx") < 100:
            path = health.at("enforcingConsecutive5xx")
            yield path, f"ejects {health.number('enforcingConsecutive5xx')} % of what it could eject"


def _proxy_defaults(spec: Part) -> _Found:
    yield from _exposed(spec)
    yield from _by_locality(spec)
    for extension in spec.parts("envoyExtensions"):
        yield extension.path, f"the extension {extension.text('name')!r} changes what proxies do"
    config = spec.part("config")
    for key in sorted(config.fields):
        is_json = key.endswith(("_json", "_json_tpl")) and "tracing" not in key and "stats" not in key
        if is_json or key in ("max_inbound_connections", "local_idle_timeout_ms"):
            yield config.at(key), f"{key} changes what proxies do"


def _exposed(spec: Part) -> _Found:
    if spec.part("expose").said(("paths", "checks")):
        yield spec.at("expose"), "what is exposed is reached past the intentions"


def _resolver(spec: Part) -> _Found:
    yield from _by_locality(spec)
    yield from _led_away(spec.part("redirect"))
    for _, failover in spec.members("failover"):
        yield from _led_away(failover)
        for target in failover.parts("targets"):
            yield from _led_away(target)
        if failover.part("policy").text("mode") == "order-by-locality":
            yield failover.at("policy"), "where instances run is not known"
    for _, subset in spec.members("subsets"):
        for selector in read_filter(subset.text("filter")).selectors:
            if selector[:2] not in _KNOWN or len(selector) > (3 if selector[1] == "Meta" else 2):
                yield subset.at("filter"), f"what instances have as {'.'.join(selector)} is not known"


_KNOWN = {("Service", "Meta"), ("Service", "Tags"), ("Service", "Service")}


def _led_away(part: Part) -> _Found:
    for key in part.said(_ELSEWHERE):
        yield part.at(key), "other clusters and partitions are not known"


def _by_locality(spec: Part) -> _Found:
    for key in ("prioritizeByLocality", "failoverPolicy"):
        if spec.part(key).text("mode") in ("failover", "order-by-locality"):
            yield spec.at(key), "where instances run is not known"


def _router(spec: Part) -> _Found:
    for route in spec.parts("routes"):
        yield from _matched(route.part("match").part("http"))
        to = route.part("destination")
        yield from _led_away(to)
        if to.said(("idleTimeout",)):
            yield to.at("idleTimeout"), "idle requests are not told from others"


def _splitter(spec: Part) -> _Found:
    for split in spec.parts("splits"):
        yield from _led_away(split)


def _intentions(spec: Part) -> _Found:
    yield from _claims(spec)
    for source in spec.parts("sources"):
        # A peer's services are in no world, and so none of its requests is asked about.
        for key in source.said(("partition", "samenessGroup")):
            yield source.at(key), "other clusters and partitions are not known"
        for permission in source.parts("permissions"):
            yield from _matched(permission.part("http"))
            yield from _claims(permission)


def _claims(part: Part) -> _Found:
    for provider in part.part("jwt").parts("providers"):
        for claim in provider.parts("verifyClaims"):
            if len(claim.texts("path")) != 1:
                yield claim.at("path"), "claims inside of claims are not known"


def _matched(http: Part) -> _Found:
    for part in (http, *http.parts("header"), *http.parts("queryParam")):
        for key in ("pathRegex", "regex"):
            if not is_re2(part.text(key)):
                yield part.at(key), f"proxies keep what they had, for RE2 does not read {part.text(key)!r}"
    for header in http.parts("header"):
        name = header.text("name")
        if name.startswith(":") or name.lower() == "host":
            yield header.at("name"), f"{name!r} is not compared as other headers are"


def _mesh(spec: Part) -> _Found:
    incoming = spec.part("http").part("incoming").part("requestNormalization")
    key = "pathWithEscapedSlashesAction"
    if incoming.text(key) in ("UNESCAPE_AND_REDIRECT", "IMPLEMENTATION_SPECIFIC_DEFAULT"):
        yield incoming.at(key), f"{incoming.text(key)} answers in a way that is not known"


def _provider(spec: Part) -> _Found:
    for location in spec.parts("locations"):
        if location.said(("cookie",)):
            yield location.at("cookie"), "tokens in cookies are not asked about"


def _sameness_group(spec: Part) -> _Found:
    if spec.flag("defaultForFailover"):
        yield spec.at("defaultForFailover"), "other clusters and partitions are not known"


def _said(part: Part, keys: Iterable[str]) -> _Found:
    for key in part.said(keys):
        yield part.at(key), f"{key} decides about requests in a way that is not understood"


_FIELDS: Mapping[str, Callable[[Part], _Found]] = {
    "JWTProvider": _provider,
    "Mesh": _mesh,
    "ProxyDefaults": _proxy_defaults,
    "SamenessGroup": _sameness_group,
    "ServiceDefaults": _service_defaults,
    "ServiceIntentions": _intentions,
    "ServiceResolver": _resolver,
    "ServiceRouter": _router,
    "ServiceSplitter": _splitter,
}
