"""What becomes of a call: the caller's proxy first, then those of the pods that it reaches."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import NamedTuple

from meshgen.backends.istio.outcome.actions import Answering, Forward, Part, Redirecting
from meshgen.backends.istio.outcome.clusters import Cluster, Clusters
from meshgen.backends.istio.outcome.guards import Guards
from meshgen.backends.istio.outcome.matching import Client
from meshgen.backends.istio.outcome.policy import Tls, TlsMode, ambient
from meshgen.backends.istio.outcome.receiving import Arrival, Door, doors, received
from meshgen.backends.istio.outcome.rewriting import location
from meshgen.backends.istio.outcome.routing import SOURCE, Route, Routing
from meshgen.backends.istio.outcome.seen import Seen, edited, seen
from meshgen.backends.istio.outcome.sharing import Sharing
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Call, Caller, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Verdict, alike
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.profile import Profile
from meshgen.resources import Resources

_ISTIO = Basis(name="Istio", source=SOURCE)
_PROBE = Basis(name="Istio", source="istio/istio pkg/kube/inject/app_probe.go")
_PROBED = (
    Step(
        says="probes are asked of the proxy's agent, which passes no rule",
        basis=_PROBE,
        facet=Facet.VERDICT,
        value=Verdict.ALLOWED,
        is_ambient=True,
    ),
    ambient(Facet.TRANSPORT, False, "the kubelet speaks plain text", _PROBE.source),
)
_NOWHERE = Step(
    says="there is no such Service, port or pod", basis=_ISTIO, facet=Facet.VERDICT, value=Verdict.UNROUTED
)
_REDIRECTED = Step(
    says="the caller's proxy answers",
    basis=_ISTIO,
    facet=Facet.VERDICT,
    value=Verdict.ALLOWED,
    is_ambient=True,
)
_NO_CORS = ambient(Facet.CORS, None, "nothing is said of other origins", SOURCE)
_NO_HOST = ambient(Facet.HOST, None, "the host stays", SOURCE)
_NO_REDIRECT = ambient(Facet.REDIRECT, None, "it is not redirected", SOURCE)


class _Place(NamedTuple):
    """A Service port that a client calls."""

    service: Service
    port: Port
    host: str  # that the client sends


class IstioEvaluator:
    """Istio's manifests, read once."""

    def __init__(self, resources: Resources, world: World, profile: Profile) -> None:
        self._world = world
        self._clusters = Clusters(resources, world, profile)
        self._routing = Routing(resources, self._clusters)
        self._guards = Guards(resources, world, profile)
        self._client = functools.cache(self._read_client)
        self._routes = functools.cache(self._read_routes)
        self._connection = functools.cache(self._read_connection)
        self._doors = functools.cache(self._read_doors)
        self._unproxied = functools.cache(self._read_unproxied)

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call to a Service port or pod of the world."""
        if call.caller.reach is Reach.KUBELET:
            return Outcome.of(_PROBED)
        match call.to:
            case ToService() if call.caller.reach is Reach.PROXIED:
                return Outcome.of(self._proxied(call, call.to))
            case _:
                return Outcome.of(self._direct(call))

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what the rules tell apart in calls to one place."""
        if isinstance(to, ToPod):
            pod = self._world.pods.get(to.pod)
            return Conditions() if pod is None else self._guards[pod].told
        service = self._world.services.get(to.service)
        port = None if service is None else service.port(to.port)
        if service is None or port is None:
            return Conditions()
        pods = [pod for pod, _ in self._clusters.endpoints(service, port, {})]
        found = self._routing.conditions(service)
        for namespace in sorted({service.key.namespace, *found.namespaces}):
            pods += self._reached(service, port, Client(namespace, frozenset()))
        guards = dict.fromkeys(self._guards[pod] for pod in pods)
        return Conditions.of((found, *(guard.told for guard in guards)))

    def _reached(self, service: Service, port: Port, client: Client) -> Iterator[Pod]:
        actions = (
            [route.action for route in self._routing.requests(service, port, client)]
            if port.protocol.is_http
            else [self._routing.connections(service, port, client)]
        )
        for each in actions:
            for part in each.parts if isinstance(each, Forward) else ():
                yield from (pod for pod, _ in (part.cluster.endpoints if part.cluster else ()))

    def _direct(self, call: Call) -> Iterator[Step]:
        """No proxy of the caller chooses: every pod may get it."""
        reached = self._unproxied(call.to)
        if reached is None:
            yield _NOWHERE
            return
        every, protocol, host = reached
        request = None
        if call.request is not None and protocol.is_http:
            request = seen(call.request, host, protocol)
        tls = Tls(TlsMode.PLAIN if call.caller.reach is Reach.PLAINTEXT else TlsMode.AUTO)
        arrival = Arrival(call.caller, self._principal(call.caller), request, tls)
        yield from received([(door, arrival) for door in every])

    def _read_unproxied(self, to: ToService | ToPod) -> tuple[tuple[Door, ...], Protocol, str] | None:
        if isinstance(to, ToPod):
            pod = self._world.pods.get(to.pod)
            if pod is None:
                return None
            return (Door(self._guards[pod], to.port),), self._protocol(pod, to.port), f"{to.pod}:{to.port}"
        place = self._place(to)
        if place is None:
            return None
        endpoints = self._clusters.endpoints(place.service, place.port, {})
        return doors(endpoints, self._guards), place.port.protocol, place.host

    def _protocol(self, pod: Pod, number: int) -> Protocol:
        """A port that a Service fronts speaks as that says; the others are sniffed."""
        fronting = [
            port.protocol
            for service in self._world.fronting.get(pod.title, ())
            for port in service.ports
            if self._world.container_port(pod, port.target) == number
        ]
        return next((protocol for protocol in fronting if protocol.is_http), (*fronting, Protocol.HTTP)[0])

    def _proxied(self, call: Call, to: ToService) -> Iterator[Step]:
        place, client = self._place(to), self._client(call.caller.account, call.caller.service)
        if place is None:
            yield _NOWHERE
            return
        if not place.port.protocol.is_http or call.request is None:
            yield from self._forwarded(call.caller, self._connection(to, client), None)
            return
        routes, request = self._routes(to, client), seen(call.request, place.host, place.port.protocol)
        taken = next((route for route in routes if route.match.holds(request)), None)
        if taken is None:
            says = "no route takes it: 404"
            yield Step(says=says, basis=routes[0].basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)
            return
        says = f"{taken.basis.name} takes it"
        yield Step(says=says, basis=taken.basis, facet=Facet.ROUTE, value=taken.name)
        match taken.action:
            case Redirecting() as away:
                yield _REDIRECTED
                value = (away.code, location(away.body, request, away.port))
                says = "it is sent to another address"
                yield Step(says=says, basis=away.basis, facet=Facet.REDIRECT, value=value)
                yield away.response
            case Answering(steps=steps):
                yield from steps
            case Forward() as on:
                yield from self._forwarded(call.caller, on, request)

    def _forwarded(self, caller: Caller, on: Forward, request: Seen | None) -> Iterator[Step]:
        if request is not None and on.sharing is not None and on.sharing.answers(request):
            yield _REDIRECTED
            yield _cors(on.sharing, request, on.basis)
            return
        if not any(part.cluster for part in on.parts):
            says = "its destinations are unknown to the proxy: 503"
            yield Step(says=says, basis=on.basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)
            return
        yield from on.steps
        path = ""
        if request is not None:
            path = request.path if on.rewrite is None else on.rewrite(request)
            yield from _sent(on, request, path)
        yield from received(list(self._arrivals(caller, on, request, path)))

    def _arrivals(
        self, caller: Caller, on: Forward, request: Seen | None, path: str
    ) -> Iterator[tuple[Door, Arrival]]:
        principal = self._principal(caller)
        for part in on.parts:
            if part.cluster is not None:
                sent = None if request is None else _received(request, part, path)
                arrival = Arrival(caller, principal, sent, part.cluster.tls)
                yield from ((door, arrival) for door in self._doors(part.cluster))

    def _read_doors(self, cluster: Cluster) -> tuple[Door, ...]:
        return doors(cluster.endpoints, self._guards)

    def _read_routes(self, to: ToService, client: Client) -> tuple[Route, ...]:
        place = self._place(to)
        assert place is not None
        return self._routing.requests(place.service, place.port, client)

    def _read_connection(self, to: ToService, client: Client) -> Forward:
        place = self._place(to)
        assert place is not None
        return self._routing.connections(place.service, place.port, client)

    def _read_client(self, account: Account | None, service: ServiceKey | None) -> Client:
        """Find what istiod knows of a caller: the labels that all its pods have."""
        known = None if service is None else self._world.services.get(service)
        pods = self._world.pods.values() if known is None else self._world.pods_of(known)
        labels = [frozenset(pod.labels.items()) for pod in pods if pod.account == account]
        return Client(
            account.namespace if account else "", frozenset.intersection(*labels) if labels else frozenset()
        )

    def _place(self, to: ToService) -> _Place | None:
        service = self._world.services.get(to.service)
        port = None if service is None else service.port(to.port)
        if service is None or port is None:
            return None
        host = self._clusters.host(service.key)
        return _Place(service, port, host if port.number == 80 else f"{host}:{port.number}")

    def _principal(self, caller: Caller) -> str:
        account = caller.account
        if account is None:
            return ""
        return f"{self._world.trust_domain}/ns/{account.namespace}/sa/{account.name}"


def _sent(on: Forward, request: Seen, path: str) -> Iterator[Step]:
    """Say what of a request is other than it came."""
    target = path + request.target[len(request.path) :]
    yield Step(
        says="this is the path that is sent on",
        basis=on.basis,
        facet=Facet.PATH,
        value=target,
        is_ambient=on.rewrite is None,
    )
    hosts = [part.changes.host for part in on.parts]
    if any(host is not None for host in hosts):
        value = alike(None if host in (None, request.host) else host for host in hosts)
        yield Step(says="the host is rewritten", basis=on.basis, facet=Facet.HOST, value=value)
    else:
        yield _NO_HOST
    yield _NO_REDIRECT
    if on.sharing is None:
        yield _NO_CORS
    elif "origin" in request.headers:
        yield _cors(on.sharing, request, on.basis)


def _cors(how: Sharing, request: Seen, basis: Basis) -> Step:
    value = how.told(request.headers["origin"])
    return Step(says="a browser is told what it may do", basis=basis, facet=Facet.CORS, value=value)


def _received(request: Seen, part: Part, path: str) -> Seen:
    """Give the request as the pods of a destination get it."""
    changes = part.changes
    if path is request.path and changes.host is None and not changes.request:
        return request
    return request._replace(
        path=path,
        host=request.host if changes.host is None else changes.host,
        headers=edited(request.headers, changes.request),
    )
