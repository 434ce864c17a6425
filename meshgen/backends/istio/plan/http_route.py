"""One rule of a VirtualService: what becomes of the requests of one route on one port."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain, permutations

from meshgen.backends.istio.plan.actions import (
    CorsPolicy,
    Fault,
    HeaderOperations,
    Mirror,
    Redirect,
    Rewrite,
    cors_policy,
    fault,
    header_operations,
    mirrors,
    redirect,
    rewrite,
)
from meshgen.backends.istio.plan.destination import Directory, WeightedDestination
from meshgen.backends.istio.plan.match import HttpMatch, http_matches
from meshgen.backends.istio.plan.retries import RetryPolicy, retry_policy
from meshgen.intent import traffic
from meshgen.intent.match import PathPrefix
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedRoute, ServicePort
from meshgen.values import Duration


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRoute:
    """One entry of `http`; the first whose match holds decides."""

    name: str | None  # as access logs show it; the service's own route has none
    match: tuple[HttpMatch, ...] | None
    route: tuple[WeightedDestination, ...] | None
    redirect: Redirect | None = None
    rewrite: Rewrite | None = None
    timeout: str | None = None
    retries: RetryPolicy | None = None
    fault: Fault | None = None
    mirrors: tuple[Mirror, ...] | None = None
    cors_policy: CorsPolicy | None = None
    headers: tuple[HeaderOperations, ...] | None = None

    @property
    def begun_by(self) -> str | None:
        """Name the key that begins the entry; None where that is `route`."""
        if self.name is not None:
            return "name"
        return None if self.match is None else "match"

    @property
    def is_any(self) -> bool:
        """True where it takes every request to its port."""
        return self.match is None or any(each.is_any for each in self.match)


def http_routes(directory: Directory, port: ServicePort, *, is_port_written: bool) -> tuple[HttpRoute, ...]:
    """Write the routes of a service that hold on one of its HTTP ports, in their order."""
    found: list[HttpRoute] = []
    for route in (each for whole in directory.service.routes for each in _by_prefix(whole)):
        match = http_matches(route, port, is_port_written=is_port_written)
        if match != () and _exists_on(route, port):
            found.append(_http_route(route, match, directory, port))
            if found[-1].is_any:
                break  # nothing is left to those behind it
    return tuple(found)


def _by_prefix(route: ResolvedRoute) -> tuple[ResolvedRoute, ...]:
    """Take a route apart, the longest prefix first, whose rewriting depends on which alternative matches."""
    named = [[path.prefix for path in match.paths if isinstance(path, PathPrefix)] for match in route.matches]
    if route.rewrite is None or route.rewrite.prefix is None or not _is_nested(named):
        return (route,)
    return tuple(
        replace(
            route,
            matches=tuple(
                replace(match, paths=(PathPrefix(prefix=prefix),))
                for match, prefixes in zip(route.matches, named, strict=True)
                if prefix in prefixes
            ),
        )
        for prefix in sorted({*chain(*named)}, key=lambda prefix: (-len(prefix), prefix))
    )


def _is_nested(named: list[list[str]]) -> bool:
    """Tell whether a prefix of one alternative lies below one of another."""
    return any(
        wide != narrow and f"{narrow}/".startswith(f"{wide.rstrip('/')}/")
        for one, other in permutations(named, 2)
        for wide in one
        for narrow in other
    )


def _exists_on(route: ResolvedRoute, port: ServicePort) -> bool:
    """A redirect, as a rewrite, has no meaning in gRPC."""
    return not (isinstance(route.destination, traffic.Redirect) and port.protocol is Protocol.GRPC)


def _http_route(
    route: ResolvedRoute, match: tuple[HttpMatch, ...] | None, directory: Directory, port: ServicePort
) -> HttpRoute:
    to, is_grpc = route.destination, port.protocol is Protocol.GRPC
    return HttpRoute(
        name=route.name,
        match=match,
        redirect=redirect(to) if isinstance(to, traffic.Redirect) else None,
        rewrite=None if route.rewrite is None or is_grpc else rewrite(route.rewrite, route.matches),
        route=None if isinstance(to, traffic.Redirect) else directory.destinations(to, port),
        timeout=str(route.timeout) if isinstance(route.timeout, Duration) else None,
        retries=None if route.retries is None else retry_policy(route.retries, port.protocol),
        fault=fault(route.fault, port.protocol) if isinstance(route.fault, traffic.Fault) else None,
        mirrors=mirrors(route.mirror, directory, port) if isinstance(route.mirror, traffic.Mirror) else None,
        cors_policy=cors_policy(route.cors) if isinstance(route.cors, traffic.Cors) and not is_grpc else None,
        headers=None if route.headers is None else header_operations(route.headers, to),
    )
