"""What the proxies of callers do with calls to a port of a Service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

from meshgen.backends.linkerd.outcome.apart import of_route
from meshgen.backends.linkerd.outcome.guarding import Guarding
from meshgen.backends.linkerd.outcome.guards import Who
from meshgen.backends.linkerd.outcome.leading import Leading, Share, divided
from meshgen.backends.linkerd.outcome.policies import (
    OF_CALLS,
    OF_REQUESTS,
    UNTOUCHED,
    again,
    broken,
    by_profile,
    timed,
)
from meshgen.backends.linkerd.outcome.ranking import Asked, Candidate, best, candidate, foremost
from meshgen.backends.linkerd.outcome.ways import Sent, Way, answers, either
from meshgen.backends.linkerd.read.profiles import Address, ProfileRoute, ServiceProfile, profiles
from meshgen.backends.linkerd.read.routes import SERVICE, Bound, Parent, bound
from meshgen.backends.linkerd.read.services import Addressed, addressed
from meshgen.gatewayapi.routing import Redirect, Rule
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Verdict
from meshgen.intent.outcome.world import World
from meshgen.profile import Profile
from meshgen.resources import Resources

_OUTBOUND = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"
_ROUTER = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/router.rs"
_PROFILE = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/profile.rs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a proxy knows of one port of a Service: the first of its parts that there is decides."""

    refused: Step | None = None  # why nothing gets through
    profiled: tuple[tuple[ProfileRoute, Way], ...] = ()
    routes: tuple[Candidate[Way | Step], ...] = ()
    otherwise: Way | Step
    connections: Way | Step
    conditions: Conditions

    def follow(self, who: Who, sent: Sent | None) -> Outcome:
        """Say what becomes of a call."""
        return either([Outcome.of(_steps(way, who, sent)) for way in self._ways(sent)])

    def _ways(self, sent: Sent | None) -> list[Way | Step]:
        """Find which way a call goes, or which it may go; a step says why there is none."""
        if self.refused is not None:
            return [self.refused]
        if sent is None:
            return [self.connections]
        for route, way in self.profiled:
            if route.picks(sent.asked.method, sent.asked.path):
                return [way]
        return (foremost(self.routes, sent.asked) if self.routes else []) or [self.otherwise]

    def ways(self) -> Iterator[Way]:
        """List every way that calls may go."""
        routed = (end for each in self.routes for _, end in each.rules)
        for each in (*(way for _, way in self.profiled), *routed, self.otherwise, self.connections):
            if isinstance(each, Way):
                yield each


def _steps(way: Way | Step, who: Who, sent: Sent | None) -> Iterable[Step]:
    return way.follow(who, sent) if isinstance(way, Way) else (way,)


class _Caller(NamedTuple):
    """A port, and the namespace from which it is called."""

    to: ToService
    namespace: str | None  # None: one in which nothing is written


class Sending:
    """The plans of every port of every Service."""

    def __init__(self, resources: Resources, world: World, profile: Profile, guarding: Guarding) -> None:
        """Read what holds at callers."""
        self._world = world
        self._leading = Leading(world, guarding)
        self._addressed = addressed(resources, world, profile)
        self._routes = bound(resources, profile)
        self._profiles = profiles(resources, profile)
        self._callers = _callers(self._routes, self._profiles)
        self._plans: dict[_Caller, Plan] = {}

    def plan(self, to: ToService, namespace: str | None) -> Plan | None:
        """Find what holds for callers in a namespace; None where there is no such port."""
        place = self._addressed.get(to)
        if place is None:
            return None
        key = _Caller(to, namespace if namespace in self.namespaces(to.service) else None)
        if key not in self._plans:
            self._plans[key] = self._planned(place, key.namespace)
        return self._plans[key]

    def namespaces(self, service: ServiceKey) -> frozenset[str]:
        """List the namespaces whose callers have rules of their own for a Service."""
        return self._callers.get(service, frozenset())

    def plans(self, to: ToService) -> Iterator[Plan]:
        """List what holds for callers anywhere."""
        for namespace in (None, *sorted(self.namespaces(to.service))):
            plan = self.plan(to, namespace)
            if plan is not None:
                yield plan

    def _planned(self, place: Addressed, namespace: str | None) -> Plan:
        home = place.service.key.namespace
        if place.service.is_headless:
            return self._by_routes(place, [])
        own = None if namespace is None else self._profiles.get(Address(namespace, place.service.key))
        profile = own or self._profiles.get(Address(home, place.service.key))
        if profile is not None and profile.is_in_force:
            return self._by_profile(place, profile)
        every = self._routes.get(Parent(SERVICE, home, place.service.key.name), ())
        return self._by_routes(
            place,
            [
                route
                for route in every
                if route.port in (None, place.port.number) and route.resource.namespace in (home, namespace)
            ],
        )

    def _by_profile(self, place: Addressed, profile: ServiceProfile) -> Plan:
        number = place.port.number
        split = self._leading.overrides(profile.overrides, number)
        basis = profile.split if split else place.basis
        shared = split or [self._leading.service(place.service, number)]
        plain = (*OF_REQUESTS, *broken(None, basis), answers((), basis))

        def way(steps: Iterable[Step]) -> Way:
            return self._way(shared, (*plain, *steps), basis, is_ambient=not split)

        return Plan(
            profiled=tuple((each, way(_by(each, profile, place))) for each in profile.routes),
            otherwise=way(UNTOUCHED),
            connections=self._way(shared, self._of_connections(place), basis, is_ambient=not split),
            conditions=Conditions.of(each.conditions for each in profile.routes),
        )

    def _by_routes(self, place: Addressed, every: list[Bound]) -> Plan:
        kind = next((kind for kind in place.kinds if any(each.kind == kind for each in every)), None)
        routes = [each for each in every if each.kind == kind]
        broken_by = next((each for each in routes if each.outage is not None), None)
        return Plan(
            refused=None if broken_by is None else _refused(broken_by),
            routes=tuple(
                candidate(each.route, partial(self._rule, route=each, place=place)) for each in routes
            ),
            otherwise=_unrouted(place) if routes else self._default(place),
            connections=self._connected(place, every, has_requests=bool(routes)),
            conditions=Conditions.of(each for route in routes for each in of_route(route.route)),
        )

    def _rule(self, rule: Rule, route: Bound, place: Addressed) -> Way | Step:
        basis = Basis(name=str(route.resource), of=route.resource, path=rule.at, source=_ROUTER)
        every = self._leading.rule(rule, route, place.service, place.port.number)
        if not every:
            says = "all weights are 0, which proxies cannot carry out"
            return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)
        steps = (
            *OF_REQUESTS,
            *broken(place.breaker, place.basis),
            *_timed(rule, route, place),
            *_again(route, place),
            answers((each.filters for each in every), basis),
        )
        redirect = next((each for each in rule.filters if isinstance(each, Redirect)), None)
        return self._way(every, steps, basis, redirect=redirect)

    def _default(self, place: Addressed) -> Way:
        every = [self._leading.service(place.service, place.port.number)]
        policies = (
            (*timed(place.timeouts, place.basis), *again(place.retry, place.basis, place.port.protocol))
            if place.kinds
            else UNTOUCHED
        )
        breaker = broken(place.breaker if place.kinds else None, place.basis)
        steps = (*OF_REQUESTS, *breaker, *policies, answers((), place.basis))
        return self._way(every, steps, place.basis, is_ambient=True)

    def _connected(self, place: Addressed, every: list[Bound], *, has_requests: bool) -> Way | Step:
        # linkerd/linkerd2 policy-controller/grpc/src/outbound.rs: the first kind of which there are any
        kinds = ("TLSRoute", "TCPRoute") if place.port.protocol is Protocol.TLS else ("TCPRoute",)
        wanted = next((kind for kind in kinds if any(each.kind == kind for each in every)), None)
        routes = [] if has_requests else [each for each in every if each.kind == wanted]
        steps = self._of_connections(place)
        if not routes:
            plain = [self._leading.service(place.service, place.port.number)]
            return self._way(plain, steps, place.basis, is_ambient=True)

        def way(rule: Rule, route: Bound) -> Way:
            basis = Basis(name=str(route.resource), of=route.resource, path=rule.at, source=_OUTBOUND)
            found = self._leading.rule(rule, route, place.service, place.port.number)
            return self._way(found, steps, basis)

        found = best(
            (candidate(each.route, partial(way, route=each)) for each in routes),
            Asked("", "/", (), {}, place.name),
        )
        return _unrouted(place) if found is None else found

    def _of_connections(self, place: Addressed) -> tuple[Step, ...]:
        return (*OF_CALLS, *broken(None, place.basis))

    def _way(
        self,
        every: list[Share],
        steps: tuple[Step, ...],
        basis: Basis,
        *,
        redirect: Redirect | None = None,
        is_ambient: bool = False,
    ) -> Way:
        says = f"{basis.name} says where it goes"
        backends = Step(
            says=says,
            basis=basis,
            facet=Facet.BACKENDS,
            value=divided(every),
            is_ambient=is_ambient,
        )
        return Way(
            basis=basis,
            goes=Step(says=says, basis=basis),
            steps=(backends, *steps),
            ends=tuple(map(self._leading.end, every)),
            redirect=redirect,
        )


def _callers(
    bound_to: Mapping[Parent, tuple[Bound, ...]], profiled: Iterable[Address]
) -> Mapping[ServiceKey, frozenset[str]]:
    found: dict[ServiceKey, set[str]] = {}
    for parent, every in bound_to.items():
        if parent.kind == SERVICE:
            of = found.setdefault(ServiceKey(parent.namespace, parent.name), set())
            of.update(route.resource.namespace for route in every)
    for address in profiled:
        found.setdefault(address.service, set()).add(address.callers)
    return {service: frozenset(namespaces - {service.namespace}) for service, namespaces in found.items()}


def _basis(route: ProfileRoute) -> Basis:
    return Basis(name=str(route.of), of=route.of, path=route.at, source=_PROFILE)


def _by(route: ProfileRoute, profile: ServiceProfile, place: Addressed) -> Iterator[Step]:
    return by_profile(route, profile.budget, _basis(route), place.port.protocol)


def _timed(rule: Rule, route: Bound, place: Addressed) -> Iterator[Step]:
    """Say how long a request may take: one time of the route sets all of the Service's aside."""
    own, basis = route.timeouts, _annotations(route)
    if own.request is None and rule.timeout is not None:
        own = own._replace(request=rule.timeout)
        basis = replace(basis, path=(*rule.at, "timeouts"))
    if any(ms is not None for ms in own):
        return timed(own, basis)
    return timed(place.timeouts, place.basis)


def _again(route: Bound, place: Addressed) -> Iterator[Step]:
    if route.retry is not None:
        return again(route.retry, _annotations(route), place.port.protocol)
    inherited = place.grpc_retry if route.kind == "GRPCRoute" else place.retry
    return again(inherited, place.basis, place.port.protocol)


def _annotations(route: Bound) -> Basis:
    path = ("metadata", "annotations")
    return Basis(name=str(route.resource), of=route.resource, path=path, source=_OUTBOUND)


def _refused(route: Bound) -> Step:
    basis = Basis(name=str(route.resource), of=route.resource, path=("spec", "rules"), source=_OUTBOUND)
    says = f"{route.resource} {route.outage}, so that no request gets through"
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)


def _unrouted(place: Addressed) -> Step:
    says = f"routes stand below {place.name} and none of them matches it, so the answer is 404"
    return Step(
        says=says, basis=Basis(name="Linkerd", source=_ROUTER), facet=Facet.VERDICT, value=Verdict.UNROUTED
    )
