"""ServiceRouter: what becomes of requests by path, header and method, and how long they may take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from meshgen.backends.consul.plan.match import alternatives
from meshgen.backends.consul.plan.meta import named
from meshgen.backends.consul.plan.names import Names, route_splitter
from meshgen.backends.consul.plan.objects import (
    HeaderModifiers,
    HttpMatch,
    RouteDestination,
    ServiceRoute,
    ServiceRouter,
)
from meshgen.backends.consul.plan.splitter import is_the_same, taken
from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.resolved import ResolvedRoute, ResolvedService, ToOther, ToVersions
from meshgen.intent.traffic import Headers, Rewrite
from meshgen.manifest import Pairs
from meshgen.values import Duration


def routers(service: ResolvedService, names: Names) -> Iterator[ServiceRouter]:
    """Plan the router of a service, where there is more to say than Consul's own last route says."""
    if not service.http_ports:
        return
    routes = tuple(
        ServiceRoute(match=http, destination=_destination(service, route, http, names))
        for route in service.routes
        for http in alternatives(route.matches)
    )
    if routes and routes[-1].match == _EVERYTHING and routes[-1].destination is None:
        routes = routes[:-1]
    if routes:
        yield ServiceRouter(meta=named(service, service.key.name), routes=routes)


_EVERYTHING = HttpMatch(path_prefix="/")


def _destination(
    service: ResolvedService, route: ResolvedRoute, http: HttpMatch, names: Names
) -> RouteDestination | None:
    retries = route.retries if isinstance(route.retries, Retries) else None
    conditions = () if retries is None else _conditions(retries, service.http_ports[0].protocol)
    where = _where(service, route, names)
    destination = RouteDestination(
        service=where.service,
        namespace=where.namespace,
        service_subset=where.service_subset,
        prefix_rewrite=_rewritten(route.rewrite, http),
        request_timeout=_timeout(route.timeout),
        num_retries=None if retries is None else retries.attempts,
        retry_on=conditions or None,
        retry_on_status_codes=None if retries is None else _statuses(retries),
        headers=() if route.headers is None else tuple(_modifiers(route.headers)),
    )
    return None if destination == RouteDestination() else destination


def _where(service: ResolvedService, route: ResolvedRoute, names: Names) -> RouteDestination:
    """Say who gets the requests; nothing where the service's own split decides."""
    match route.destination:
        case ToOther(key=key):
            is_here = key.namespace == service.key.namespace
            return RouteDestination(
                service=key.name, namespace=None if is_here else names.namespace(key.namespace) or None
            )
        case ToVersions() as destination if not is_the_same(destination, service.split):
            return _to_versions(service, route, destination)
        case _:
            return RouteDestination()


def _to_versions(service: ResolvedService, route: ResolvedRoute, destination: ToVersions) -> RouteDestination:
    shares = taken(destination)
    if len(shares) > 1:
        return RouteDestination(service=route_splitter(service, str(route.name)))
    (share,) = shares
    version = service.versions[share.version]
    if version.has_own_selector:
        return RouteDestination(service=version.service)
    return RouteDestination(service_subset=version.name)


def _rewritten(rewrite: Rewrite | None, http: HttpMatch) -> str | None:
    """Say what takes the place of the matched path or prefix.

    A prefix that stays is written all the same: Consul 1.22.0 to 1.22.5 take it away where nothing is.
    """
    # hashicorp/consul#23339: pathPrefix with a destination and no prefixRewrite loses the prefix
    is_prefix = http.path_prefix not in (None, "/")
    if rewrite is not None and rewrite.path is not None:
        return rewrite.path
    if rewrite is None or rewrite.prefix is None:
        return http.path_prefix if is_prefix else None
    if http.path_exact is not None:
        return rewrite.prefix
    return rewrite.prefix if rewrite.prefix == "/" else f"{rewrite.prefix}/"


def _timeout(timeout: Duration | Written | None) -> str | None:
    match timeout:
        case None:
            return None
        case Written.NONE:
            return "-1s"  # consul agent/xds/routes.go: 0 would be Envoy's 15s, less is no limit
        case Duration():
            return str(timeout)


_OF_GRPC = frozenset(
    {
        RetryCondition.CANCELLED,
        RetryCondition.DEADLINE_EXCEEDED,
        RetryCondition.INTERNAL,
        RetryCondition.RESOURCE_EXHAUSTED,
        RetryCondition.UNAVAILABLE,
    }
)
_OF_HTTP = frozenset(
    {RetryCondition.SERVER_ERROR, RetryCondition.GATEWAY_ERROR, RetryCondition.RETRIABLE_4XX}
)


def _conditions(retries: Retries, protocol: Protocol) -> tuple[str, ...]:
    foreign = _OF_HTTP if protocol is Protocol.GRPC else _OF_GRPC
    named = (condition for condition in retries.retry_on if isinstance(condition, RetryCondition))
    return tuple(condition.value for condition in named if condition not in foreign)


def _statuses(retries: Retries) -> tuple[int, ...] | None:
    return tuple(status for status in retries.retry_on if isinstance(status, int)) or None


def _modifiers(headers: Headers) -> Iterator[tuple[str, HeaderModifiers]]:
    for name, edits in (("requestHeaders", headers.request), ("responseHeaders", headers.response)):
        if edits is not None:
            written = (("add", edits.add), ("set", edits.set))
            values = tuple((kind, _pairs(pairs)) for kind, pairs in written if pairs is not None)
            yield name, HeaderModifiers(values=values, remove=edits.remove or None)


def _pairs(values: Mapping[str, str]) -> Pairs:
    """Sort by name; Envoy reads `%` in a value as the begin of a variable, `%%` as itself."""
    return tuple(sorted((name, value.replace("%", "%%")) for name, value in values.items()))
