"""Ways of calls from a Service port to pods: one a route, and one for connections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.balancing import balanced
from meshgen.intent.outcome.call import Caller, Reach, Request
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.covering import Arrival
from meshgen.intent.outcome.destinations import Backends, Directory, mirrored, share_of
from meshgen.intent.outcome.facets import Basis, Facet, Shares, Step, Verdict, alike
from meshgen.intent.outcome.origins import Origins
from meshgen.intent.outcome.places import Place
from meshgen.intent.outcome.receiving import PortPolicy, judged
from meshgen.intent.outcome.requesting import bare_host, resolved_path
from meshgen.intent.outcome.routing import PortRoute, before_rewriting, location, port_routes, sent_on
from meshgen.intent.outcome.sending import answered, sent, step
from meshgen.intent.resolved import ResolvedRoute, ResolvedService, ServicePort
from meshgen.intent.traffic import Cors, Mirror, Redirect, RedirectCode


class Elsewhere(NamedTuple):
    """A redirect, which the caller's own proxy answers with."""

    redirect: Redirect
    route: PortRoute
    headers: Step  # of the answer

    def given(self, request: Request, host: str) -> Iterator[Step]:
        """Say what a request for a host gets."""
        basis = Basis(name=self.headers.basis.name, of=self.redirect)
        says = "the caller's own proxy answers"
        yield Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.ALLOWED)
        code = self.redirect.status_code or RedirectCode.FOUND
        address = location(self.redirect, self.route, request, host)
        yield step(Facet.REDIRECT, (code.value, address), basis)
        yield self.headers


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What becomes of the requests of a route on one port, or of connections."""

    route: PortRoute | None  # None: for connections
    protocol: Protocol
    taken: Step  # says which way it is
    rewritten: Basis  # what decides about path and host
    redirect: Elsewhere | None
    origins: Origins | None
    steps: tuple[Step, ...]  # that are the same for every call
    backends: Backends | None

    def takes(self, request: Request | None) -> bool:
        """Tell whether a call goes this way."""
        if self.route is None or request is None:
            return self.route is None
        return self.route.takes(request)

    def follow(
        self, caller: Caller, request: Request | None, host: str, policies: tuple[PortPolicy, ...]
    ) -> Iterator[Step]:
        """Say what becomes of a call that goes this way, for a host, to ports with these policies."""
        yield self.taken
        if self.route is None or request is None:
            yield from received(policies, Arrival(caller, None), self.steps)
            return
        if self.redirect is not None:
            yield from self.redirect.given(request, request.host or host)
            return
        onward = sent_on(self.route, request, self.protocol)
        own = [*self.steps, step(Facet.PATH, onward.target, self.rewritten)]
        renamed = onward.host if onward.host not in (request.host, host) else None
        own.append(step(Facet.HOST, renamed, self.rewritten))
        if self.origins is not None and (told := self.origins.asked(request)) is not None:
            own.append(told)
        yield from received(policies, arrival(caller, onward, host), own)

    def conditions(self, policies: Iterable[PortPolicy]) -> Conditions:
        """Say what is told apart on this way, and at ports with these policies."""
        own = [] if self.route is None else [self.route.conditions]
        if self.origins is not None:
            own.append(self.origins.conditions)
        there = Conditions.of(policy.conditions() for policy in policies)
        if self.route is not None:
            there = replace(there, paths=before_rewriting(self.route, there.paths))
        return Conditions.of((*own, there))


def arrival(caller: Caller, request: Request | None, host: str) -> Arrival:
    """Give a call as rules compare it; `host` is what is sent where the request names none."""
    if request is None:
        return Arrival(caller, None)
    return Arrival(caller, request, resolved_path(request.path), bare_host(request.host or host))


def received(policies: tuple[PortPolicy, ...], call: Arrival, before: Iterable[Step] = ()) -> Iterator[Step]:
    """Say whether a call gets in at every port that it may reach, and if so, how it comes there."""
    verdict = judged(policies, call)
    if verdict is not None:
        yield verdict
        if verdict.value is not Verdict.ALLOWED:
            return
    yield from before
    if call.caller.reach is Reach.KUBELET:
        return
    yield from _common(policy.transport(call.caller) for policy in policies)
    if call.request is not None:
        yield from _common(policy.rate_limit for policy in policies)
        yield from _common(policy.token(call) for policy in policies)


def _common(steps: Iterable[Step | None]) -> Iterator[Step]:
    """Join what several ports do; where one says nothing, nothing is said."""
    every = tuple(steps)
    known = [each for each in every if each is not None]
    if known and len(known) == len(every):
        value = alike(each.value for each in known)
        yield known[0] if value == known[0].value else replace(known[0], value=value)


def ways(service: ResolvedService, port: ServicePort, directory: Directory) -> Iterator[Way]:
    """List the ways from a port, of which the first that takes a call is its own."""
    if port.protocol.is_http:
        for index, route in port_routes(service.routes, port):
            written = service.written.routes[index] if index < len(service.written.routes) else None
            yield _Maker(Place(service, written), port, directory).of_route(route)
    else:
        yield _Maker(Place(service), port, directory).of_connections()


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the ways from one port, for a route or for connections."""

    place: Place
    port: ServicePort
    directory: Directory

    def of_route(self, port_route: PortRoute) -> Way:
        route, place = port_route.route, self.place
        name = "the service's own route" if route.name is None else f"route {route.name}"
        to = route.destination
        backends = None if isinstance(to, Redirect) else self.directory.to(to, place.service, self.port)
        called = None if route.name is None else Facet.ROUTE
        taken = Step(says=f"{name} takes it", basis=place.whole, facet=called, value=route.name)
        return Way(
            route=port_route,
            protocol=self.port.protocol,
            taken=taken,
            rewritten=place.whole if route.rewrite is None else place.basis("rewrite", route.rewrite),
            redirect=Elsewhere(to, port_route, answered(place, route)) if isinstance(to, Redirect) else None,
            origins=self._origins(route.cors),
            steps=() if backends is None else tuple(self._of_requests(route, backends)),
            backends=backends,
        )

    def of_connections(self) -> Way:
        service = self.place.service
        backends = self.directory.to(service.split, service, self.port)
        return Way(
            route=None,
            protocol=self.port.protocol,
            taken=Step(says="the service takes the connection", basis=self.place.whole),
            rewritten=self.place.whole,
            redirect=None,
            origins=None,
            steps=tuple(self._of_all(backends)),
            backends=backends,
        )

    def _of_all(self, backends: Backends) -> Iterator[Step]:
        key = "service" if backends.service is not self.place.service else "split"
        yield step(Facet.BACKENDS, backends.shares, self.place.basis(key))
        if backends.service is not None:
            yield from balanced(backends.service, self.port.protocol)

    def _of_requests(self, route: ResolvedRoute, backends: Backends) -> Iterator[Step]:
        yield from self._of_all(backends)
        yield from sent(self.place, route, self.port.protocol)
        yield answered(self.place, route)
        mirror = route.mirror
        copies = self._copies(mirror) if isinstance(mirror, Mirror) else ()
        yield step(Facet.MIRROR, copies, self.place.basis("mirror", mirror))
        yield step(Facet.REDIRECT, None, self.place.whole)
        if self._origins(route.cors) is None:
            yield step(Facet.CORS, None, self.place.basis("cors"))

    def _origins(self, cors: Cors | Written | None) -> Origins | None:
        """Browsers make no gRPC calls, so that a policy holds on other ports alone."""
        if not isinstance(cors, Cors) or self.port.protocol is Protocol.GRPC:
            return None
        return Origins.of(cors, self.place.basis("cors", cors))

    def _copies(self, mirror: Mirror) -> Shares:
        service = self.place.service
        other = mirrored(mirror, service.key.namespace)
        if other is None:
            ends = self.directory.version(service, str(mirror.version), self.port)
        else:
            ends = self.directory.named(other.key, other.port)
        share = 1 if mirror.percent is None else share_of(mirror.percent)
        titles = tuple(sorted(f"{pod.title}:{number}" for pod, number in ends))
        return ((titles, Fraction(share)),) if share else ()
