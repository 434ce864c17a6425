"""What callers of a Service get: shares, routes, timeouts and retries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from meshgen.backend import meta
from meshgen.backends.linkerd.plan.filters import filters
from meshgen.backends.linkerd.plan.match import grpc_match, is_of_grpc, of_match, route_match
from meshgen.backends.linkerd.plan.names import joined
from meshgen.backends.linkerd.plan.objects import (
    Backend,
    GrpcRoute,
    GrpcRule,
    HttpRoute,
    Parent,
    RouteRule,
    SplitBackend,
    TcpRoute,
    TrafficSplit,
)
from meshgen.backends.linkerd.plan.timing import is_set, timing
from meshgen.backends.linkerd.plan.weights import weights
from meshgen.backends.linkerd.profiles import DOMAINS, Traffic, block_of
from meshgen.gatewayapi.requests import EVERY_REQUEST, Alternative
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import (
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
    is_grpc = port.protocol is Protocol.GRPC
    if is_grpc and isinstance(route.destination, Redirect):
        return
    if not route.matches:
        yield EVERY_REQUEST
    names = {port.name, str(port.number)}
    for match in route.matches:
        if not match.ports or names & set(match.ports):
            yield from (each for each in of_match(match) if not is_grpc or is_of_grpc(each))


def request_routes(
    service: ResolvedService, port: ServicePort, resolved: ResolvedSet
) -> Iterator[HttpRoute | GrpcRoute]:
    """Plan the routes of an HTTP port: one object for each distinct set of annotations."""
    routes = port_routes(service, port)
    if not any(_asks(route) for route in routes):
        return
    for noted, inside in objects(routes).items():
        name = joined(service.key.name, str(port.number))
        head = meta(
            service.intent,
            name if noted == routes[-1].annotations else joined(name, inside[0].name),
            domains=DOMAINS,
            annotations=noted,
        )
        if port.protocol is Protocol.GRPC:
            calls = tuple(_grpc_rule(route, service, port, resolved) for route in inside)
            yield GrpcRoute(meta=head, parents=_parents(service, port), rules=calls)
        else:
            rules = tuple(_rule(route, service, port, resolved) for route in inside)
            yield HttpRoute(meta=head, parents=_parents(service, port), hostnames=None, rules=rules)


def objects(routes: Iterable[PortRoute]) -> Mapping[Pairs, tuple[PortRoute, ...]]:
    """Sort the routes of a port by their annotations, which an object has as a whole."""
    inside: dict[Pairs, tuple[PortRoute, ...]] = {}
    for route in routes:
        inside[route.annotations] = (*inside.get(route.annotations, ()), route)
    return inside


def tcp_route(service: ResolvedService, port: ServicePort, resolved: ResolvedSet) -> TcpRoute:
    """Plan the shares of a port that carries connections."""
    backends = _backends(service.split, service, port, resolved)
    assert backends is not None, "only shares are planned for connections"
    return TcpRoute(
        meta=meta(service.intent, joined(service.key.name, str(port.number)), domains=DOMAINS),
        parents=_parents(service, port),
        backends=backends,
    )


def _parents(service: ResolvedService, port: ServicePort) -> tuple[Parent, ...]:
    return (Parent(group="", kind="Service", name=service.key.name, port=port.number),)


def _asks(route: PortRoute) -> bool:
    """Tell whether a route asks for more than the Service itself gives."""
    is_plain = isinstance(route.route.destination, ToService) and route.route.headers is None
    return bool(route.annotations) or not is_plain


def _rule(route: PortRoute, service: ResolvedService, port: ServicePort, resolved: ResolvedSet) -> RouteRule:
    to = route.route.destination
    edits = filters(route.route)
    backends = None if isinstance(to, Redirect) else _backends(to, service, port, resolved)
    is_told = route.alternatives != (EVERY_REQUEST,) or (edits is None and backends is None)
    return RouteRule(
        matches=tuple(map(route_match, route.alternatives)) if is_told else None,
        filters=edits,
        backends=backends,
    )


def _grpc_rule(
    route: PortRoute, service: ResolvedService, port: ServicePort, resolved: ResolvedSet
) -> GrpcRule:
    to = route.route.destination
    assert not isinstance(to, Redirect), "calls are not redirected"
    matches = tuple(match for each in route.alternatives if (match := grpc_match(each)) is not None)
    return GrpcRule(
        matches=matches if len(matches) == len(route.alternatives) else None,
        filters=filters(route.route),
        backends=_backends(to, service, port, resolved),
    )


def _backends(
    destination: ToService | ToVersions | ToOther,
    service: ResolvedService,
    port: ServicePort,
    resolved: ResolvedSet,
) -> tuple[Backend, ...] | None:
    """List where a rule sends what it takes; one without backends passes it on to the Service."""
    # linkerd/linkerd2 policy-controller/grpc/src/outbound/http.rs, convert_outbound_route
    assert port.number is not None, "a route stands on a Service port"
    match destination:
        case ToService():
            return None
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
            assert_never(destination)


def _number(to: ToOther, resolved: ResolvedSet) -> int:
    """Find the number of another Service's port: as written, by its name, or its one HTTP port."""
    if isinstance(to.port, int):
        return to.port
    target = resolved.services[to.key]
    ports = target.http_ports if to.port is None else target.service_ports
    (number,) = (port.number for port in ports if to.port in (None, port.name))
    assert number is not None
    return number
