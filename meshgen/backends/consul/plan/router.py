"""ServiceRouter: what becomes of requests by path, header and method, and how long they may take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from meshgen.backends.consul.plan.match import alternatives, is_no_method
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
from meshgen.backends.consul.plan.waiting import WAITS_MS
from meshgen.backends.consul.profiles import loses_prefixes
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
    is_grpc = service.http_ports[0].protocol is Protocol.GRPC
    every = (
        _route(http, _destination(service, route, http, names))
        for route in service.routes
        for http in _ordered(route, is_grpc=is_grpc)
    )
    routes = tuple(_reached(every))
    if routes:
        yield ServiceRouter(meta=named(service, service.key.name), routes=routes)


def _reached(routes: Iterable[ServiceRoute]) -> Iterator[ServiceRoute]:
    """Stop where everything is taken, and leave that out where it says what Consul does by itself."""
    for route in routes:
        if route.match is not None or route.destination is not None:
            yield route
        if route.match is None:
            return


def _ordered(route: ResolvedRoute, *, is_grpc: bool) -> list[HttpMatch]:
    """Put the longest path first where the matched prefix is replaced: Consul takes the first match."""
    found = [http for http in alternatives(route.matches) if not (is_grpc and is_no_method(http.path_exact))]
    if route.rewrite is None or route.rewrite.prefix is None:
        return found
    return sorted(found, key=lambda http: -len((http.path_exact or http.path_prefix or "").rstrip("/")))


def _route(http: HttpMatch, destination: RouteDestination | None) -> ServiceRoute:
    """Leave out a prefix of every path, and a match that takes every request, where it is not replaced."""
    is_replaced = destination is not None and destination.prefix_rewrite is not None
    if http.path_prefix != "/" or is_replaced:
        return ServiceRoute(match=http, destination=destination)
    rest = replace(http, path_prefix=None)
    return ServiceRoute(match=None if rest == HttpMatch() else rest, destination=destination)


def _destination(
    service: ResolvedService, route: ResolvedRoute, http: HttpMatch, names: Names
) -> RouteDestination | None:
    tries = _tries(route.retries, service.http_ports[0].protocol)
    where = _where(service, route, names)
    destination = RouteDestination(
        service=where.service,
        namespace=where.namespace,
        service_subset=where.service_subset,
        prefix_rewrite=_rewritten(route.rewrite, http, names),
        request_timeout=_timeout(route.timeout),
        num_retries=tries.num_retries,
        retry_on=tries.retry_on,
        retry_on_status_codes=tries.retry_on_status_codes,
        headers=() if route.headers is None else tuple(_modifiers(route.headers)),
    )
    return None if destination == RouteDestination() else destination


def _where(service: ResolvedService, route: ResolvedRoute, names: Names) -> RouteDestination:
    """Say who gets the requests; nothing where the service's own split decides."""
    match route.destination:
        case ToOther(key=key):
            is_here = key.namespace == service.key.namespace
            return RouteDestination(
                service=None if key.name == service.key.name else key.name,
                namespace=None if is_here else names.namespace(key.namespace) or None,
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


def _rewritten(rewrite: Rewrite | None, http: HttpMatch, names: Names) -> str | None:
    """Say what takes the place of the matched path or prefix; a prefix that stays only where it has to be."""
    is_prefix = http.path_prefix not in (None, "/")
    if rewrite is not None and rewrite.path is not None:
        return rewrite.path
    if rewrite is None or rewrite.prefix is None:
        return http.path_prefix if is_prefix and loses_prefixes(names.profile) else None
    if http.path_exact is not None:
        return rewrite.prefix
    return rewrite.prefix if rewrite.prefix == "/" else f"{rewrite.prefix}/"


def _timeout(timeout: Duration | Written | None) -> str | None:
    match timeout:
        case None:
            return None
        case Written.NONE:
            return "-1s"  # consul agent/xds/routes.go: 0 would be Envoy's 15s, less is no limit
        case Duration(ms=ms):
            return None if ms == WAITS_MS else str(timeout)  # Envoy's own where no route says another


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


def _tries(retries: Retries | Written | None, protocol: Protocol) -> RouteDestination:
    """Say how often and on what is tried again; a count without a condition would say nothing."""
    if not isinstance(retries, Retries):
        return RouteDestination()
    is_grpc = protocol is Protocol.GRPC
    foreign = _OF_HTTP if is_grpc else _OF_GRPC
    conditions = [
        each for each in retries.retry_on if isinstance(each, RetryCondition) and each not in foreign
    ]
    statuses = [each for each in retries.retry_on if isinstance(each, int) and not is_grpc]
    return RouteDestination(
        num_retries=retries.attempts if conditions or statuses else None,
        retry_on=tuple(condition.value for condition in conditions) or None,
        retry_on_status_codes=tuple(statuses) or None,
    )


def _modifiers(headers: Headers) -> Iterator[tuple[str, HeaderModifiers]]:
    for name, edits in (("requestHeaders", headers.request), ("responseHeaders", headers.response)):
        if edits is not None:
            written = (("add", edits.add), ("set", edits.set))
            values = tuple((kind, _pairs(pairs)) for kind, pairs in written if pairs is not None)
            yield name, HeaderModifiers(values=values, remove=tuple(dict.fromkeys(edits.remove)) or None)


def _pairs(values: Mapping[str, str]) -> Pairs:
    """Sort by name; Envoy reads `%` in a value as the begin of a variable, `%%` as itself."""
    return tuple(sorted((name, value.replace("%", "%%")) for name, value in values.items()))
