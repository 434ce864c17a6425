"""What callers of a Service get: shares, routes, timeouts and retries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from meshgen.backend import meta
from meshgen.backends.linkerd.plan.match import of_match, route_match
from meshgen.backends.linkerd.plan.objects import (
    Backend,
    HttpRoute,
    Parent,
    RouteRule,
    SplitBackend,
    TrafficSplit,
)
from meshgen.backends.linkerd.plan.timing import is_set, timing
from meshgen.backends.linkerd.plan.weights import weights
from meshgen.backends.linkerd.profiles import DOMAINS, Traffic, block_of
from meshgen.gatewayapi.requests import EVERY_REQUEST, Alternative
from meshgen.intent.resolved import (
    Destination,
    ResolvedRoute,
    ResolvedService,
    ResolvedSet,
    ServicePort,
    ServiceVersion,
    ToOther,
    ToService,
    ToVersions,
)
from meshgen.intent.traffic import Redirect
from meshgen.manifest import Pairs
from meshgen.profile import Profile


def is_split_alone(service: ResolvedService) -> bool:
    """Tell whether shares are all that a service wishes for its callers."""
    written = service.written
    others = (
        written.timeout,
        written.retries,
        written.fault,
        written.mirror,
        written.headers,
        written.cors,
        written.load_balancing,
        written.circuit_breaker,
        written.outlier_detection,
    )
    return isinstance(service.split, ToVersions) and not written.routes and not any(map(is_set, others))


def has_traffic_split(service: ResolvedService, profile: Profile) -> bool:
    """Tell whether a service's shares are written as a TrafficSplit, which excludes every route."""
    match block_of(profile).traffic:
        case Traffic.SMI:
            return isinstance(service.split, ToVersions)
        case Traffic.AUTO:
            return is_split_alone(service)
        case _:
            return False


def named_versions(service: ResolvedService) -> tuple[ServiceVersion, ...]:
    """List the versions that a split or a route names, in the order declared."""
    destinations = (service.split, *(route.destination for route in service.routes))
    named = {share.version for to in destinations if isinstance(to, ToVersions) for share in to.shares}
    return tuple(version for name, version in service.versions.items() if name in named)


def traffic_split(service: ResolvedService) -> TrafficSplit:
    """Plan the shares of a service that has a TrafficSplit."""
    assert isinstance(service.split, ToVersions)
    return TrafficSplit(
        meta=meta(service.intent, service.key.name, domains=DOMAINS),
        service=service.key.name,
        backends=tuple(
            SplitBackend(service=service.versions[name].service, weight=weight)
            for name, weight in weights(service.split.shares)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRoute:
    """A route as it holds on one port."""

    route: ResolvedRoute
    alternatives: tuple[Alternative, ...]
    annotations: Pairs  # of the object that it stands in

    @property
    def name(self) -> str:
        """The route's name; the implied one is named for what it takes."""
        return self.route.name or "the rest"


def port_routes(service: ResolvedService, port: ServicePort) -> tuple[PortRoute, ...]:
    """List the routes that hold on a port, in the order written; the last takes every request."""
    own = timing(service.routes[-1], port.protocol) if service.routes[-1].name is None else None
    routes = []
    for route in service.routes:
        alternatives = tuple(_alternatives(route, port))
        if not alternatives:
            continue
        noted = timing(route, port.protocol)
        is_answer = isinstance(route.destination, Redirect) and own is not None
        routes.append(
            PortRoute(route=route, alternatives=alternatives, annotations=own or () if is_answer else noted)
        )
    return tuple(routes)


def _alternatives(route: ResolvedRoute, port: ServicePort) -> Iterator[Alternative]:
    if not route.matches:
        yield EVERY_REQUEST
    names = {port.name, str(port.number)}
    for match in route.matches:
        if not match.ports or names & set(match.ports):
            yield from of_match(match)


def http_routes(service: ResolvedService, port: ServicePort, resolved: ResolvedSet) -> Iterator[HttpRoute]:
    """Plan the routes of a Service port: one object for each distinct set of annotations."""
    routes = port_routes(service, port)
    if not any(_asks(route) for route in routes):
        return
    own = routes[-1].annotations
    for noted in dict.fromkeys(route.annotations for route in routes):
        inside = [route for route in routes if route.annotations == noted]
        name = f"{service.key.name}.{port.number}"
        yield HttpRoute(
            meta=meta(
                service.intent,
                name if noted == own else f"{name}.{inside[0].route.name}",
                domains=DOMAINS,
                annotations=noted,
            ),
            parents=(Parent(group="", kind="Service", name=service.key.name, port=port.number),),
            hostnames=None,
            rules=tuple(_rule(route, service, port, resolved) for route in inside),
        )


def _asks(route: PortRoute) -> bool:
    """Tell whether a route asks for more than the Service itself gives."""
    return bool(route.annotations) or not isinstance(route.route.destination, ToService)


def _rule(route: PortRoute, service: ResolvedService, port: ServicePort, resolved: ResolvedSet) -> RouteRule:
    matches = tuple(map(route_match, route.alternatives))
    return RouteRule(matches=matches, backends=_backends(route.route.destination, service, port, resolved))


def _backends(
    destination: Destination, service: ResolvedService, port: ServicePort, resolved: ResolvedSet
) -> tuple[Backend, ...]:
    assert port.number is not None, "a route stands on a Service port"
    match destination:
        case ToService():
            return (Backend(name=service.key.name, namespace=None, port=port.number, weight=None),)
        case ToVersions(shares=shares):
            weighed = weights(shares)
            return tuple(
                Backend(
                    name=service.versions[name].service,
                    namespace=None,
                    port=port.number,
                    weight=None if len(weighed) == 1 else weight,
                )
                for name, weight in weighed
            )
        case ToOther(key=key):
            return (
                Backend(
                    name=key.name,
                    namespace=None if key.namespace == service.key.namespace else key.namespace,
                    port=_number(destination, resolved),
                    weight=None,
                ),
            )
        case _:
            raise AssertionError("a redirect has no backend")


def _number(to: ToOther, resolved: ResolvedSet) -> int:
    """Find the number of another Service's port: as written, by its name, or its one HTTP port."""
    if isinstance(to.port, int):
        return to.port
    target = resolved.services[to.key]
    ports = target.http_ports if to.port is None else target.service_ports
    (number,) = (port.number for port in ports if to.port in (None, port.name))
    assert number is not None
    return number
