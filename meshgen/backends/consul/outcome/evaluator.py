"""What becomes of a call under Consul's entries: the caller's chain, then the receivers' intentions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from meshgen.backends.consul.outcome.chains import Broken, Chains, Leg, Way
from meshgen.backends.consul.outcome.deciding import Deciding
from meshgen.backends.consul.outcome.intentions import is_upstream
from meshgen.backends.consul.outcome.matching import Asked
from meshgen.backends.consul.outcome.receiving import UNCHECKED, UNLIMITED, Receiver, admission, lost, refusal
from meshgen.backends.consul.outcome.registry import Instance, Registry, excluded_ports
from meshgen.backends.consul.outcome.rewriting import Habits, asked_of, passed_on, path_sent
from meshgen.backends.consul.outcome.sending import Sender, direct, sent
from meshgen.backends.consul.outcome.sources import INSTANCES, LISTENERS, PROBES, decided, unasked
from meshgen.backends.consul.profiles import denies_unwritten
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.names import Name
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import Call, Caller, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Verdict, alike
from meshgen.intent.outcome.world import Service, World
from meshgen.profile import Profile
from meshgen.resources import Resources

_OWN = unasked(LISTENERS)
_UNKNOWN = lost("is for nothing that exists", unasked(INSTANCES))
_UNREGISTERED = refusal("is for a pod that no service registers", unasked(INSTANCES))
_BESIDE = refusal("is for a port that is not in the mesh", unasked(LISTENERS))
_AROUND = admission("is for a port that is kept out of the proxy", unasked(LISTENERS))
_PROBE = admission("is a probe, for which the proxy has a listener of its own", unasked(PROBES))
_PLAIN = decided(Facet.TRANSPORT, False, unasked(LISTENERS))


class ConsulEvaluator:
    """Entries over a world, read once."""

    def __init__(self, resources: Resources, world: World, profile: Profile) -> None:
        """Read what the resources say; the profile says which policy holds where no intention decides."""
        self._world = world
        self._entries = Entries.of(resources, profile)
        self._naming = self._entries.naming
        self._allows = not denies_unwritten(profile)
        self._habits = Habits.of(profile)
        redirected = {name for name, one in self._entries.resolvers.items() if one.redirect is not None}
        self._registry = Registry.of(world, self._naming, redirected)
        self._chains = Chains(self._entries, self._registry)
        self._identities = {key: one.service for key, every in self._registry.behind.items() for one in every}
        self._receivers: dict[Name, Receiver] = {}
        self._sent: dict[tuple[int, Sender], tuple[Step, ...]] = {}
        self._direct: dict[tuple[tuple[str, ...], bool], tuple[Step, ...]] = {}

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call."""
        return Outcome.of(self._steps(call))

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what the entries tell apart in calls to one place."""
        return Deciding(self._entries, self._registry, self._chains).conditions(to)

    def _steps(self, call: Call) -> Iterator[Step]:
        match call.to:
            case ToPod(pod=title, port=port):
                instance = self._registry.pods.get(title)
                known = self._world.pods.get(title)
                if known is not None and port in excluded_ports(known):
                    yield from (_AROUND, _PLAIN)
                elif call.caller.reach is Reach.KUBELET:
                    yield from (_PROBE, _PLAIN)
                elif instance is None:
                    yield _UNKNOWN if known is None else _UNREGISTERED
                else:
                    yield from self._received(call, ((instance, instance.port == port),))
            case ToService(service=key, port=port):
                service = self._world.services.get(key)
                if service is None or service.port(port) is None:
                    yield _UNKNOWN
                elif call.caller.reach is Reach.PROXIED and self._has_chain(service):
                    yield from self._routed(call, service)
                else:
                    yield from self._dialed(call, service, port)
            case _:
                assert_never(call.to)

    def _has_chain(self, service: Service) -> bool:
        """Tell whether callers know an address of the service by which to choose a chain."""
        name = self._naming.name(*service.key)
        entries = self._entries
        return not service.is_headless and (
            name in self._registry.services
            or name in entries.resolvers
            or name in entries.splitters
            or name in entries.routers
        )

    def _source(self, caller: Caller) -> Name:
        """Name the service whose certificate a caller shows."""
        if caller.service is not None:
            return self._identity(caller.service)
        assert caller.account is not None
        name = self._naming.name(*caller.account)
        known = self._registry.services.get(name, ())
        if known and caller.account.namespace not in {one.pod.namespace for one in known}:
            # Where all services share one namespace their names are unique: this one has another name.
            return name._replace(name=str(caller.account))
        return name

    def _identity(self, key: ServiceKey) -> Name:
        return self._identities.get(key) or self._naming.name(*key)

    def _receiver(self, service: Name) -> Receiver:
        if service not in self._receivers:
            self._receivers[service] = Receiver(self._entries, service, allows=self._allows)
        return self._receivers[service]

    def _dialed(self, call: Call, service: Service, port: int) -> Iterator[Step]:
        """Reach the pods of a Service themselves: by a caller without a proxy, or without a chain."""
        found = service.port(port)
        is_first = found is not None and found.target == service.ports[0].target
        has_identity = call.caller.reach in (Reach.PROXIED, Reach.IDENTIFIED)
        behind = self._registry.behind[service.key]
        instances = tuple((one, is_first or has_identity) for one in behind)
        if not instances:
            yield _UNKNOWN
        elif call.caller.reach is Reach.PROXIED:
            yield from self._by_address(call, behind)
        else:
            yield from self._received(call, instances)

    def _by_address(self, call: Call, instances: tuple[Instance, ...]) -> Iterator[Step]:
        """Dial pods from behind a proxy: in mTLS where their service says so, else past the proxy."""
        # hashicorp/consul agent/xds/listeners.go: dialedDirectly makes a listener of the pods' addresses
        is_known = all(self._is_dialed_directly(one.service) for one in instances)
        caller = call.caller if is_known else Caller(reach=Reach.PLAINTEXT)
        dialed = Call(caller=caller, to=call.to, request=call.request)
        received = tuple(self._received(dialed, tuple((one, True) for one in instances)))
        yield from received
        if received[0].value is Verdict.ALLOWED:
            yield from self._directly(instances, is_http=call.request is not None)
            if call.request is not None:
                yield _path(call.request.target, _OWN)

    def _is_dialed_directly(self, service: Name) -> bool:
        return (
            self._entries.defaults_of(service).is_dialed_directly or self._entries.common.is_dialed_directly
        )

    def _received(self, call: Call, instances: tuple[tuple[Instance, bool], ...]) -> Iterator[Step]:
        """Ask every pod that a call may reach; what is not for its port in the mesh gets nowhere."""
        asked = asked_of(call.request)
        has_identity = call.caller.reach in (Reach.PROXIED, Reach.IDENTIFIED)
        receivers = [self._receiver(one.service) for one, _ in instances]
        if not all(is_in_mesh for _, is_in_mesh in instances):
            verdict = _BESIDE
        elif has_identity:
            source = self._source(call.caller)
            verdict = _together([one.decide(source, asked) for one in receivers])
        else:
            verdict = _together([one.unproven for one in receivers])
        yield verdict
        if verdict.value is Verdict.ALLOWED:
            yield receivers[0].in_mtls if has_identity else receivers[0].in_plaintext
            if asked is not None:
                # What passes the intentions passes every other filter of requests.
                yield _alike([one.limit(asked) for one in receivers]) if has_identity else UNLIMITED
                if has_identity:
                    yield from _tokens([one.token(asked) for one in receivers])

    def _routed(self, call: Call, service: Service) -> Iterator[Step]:
        """Follow the chain of a service from the caller's proxy."""
        name, source, asked = (
            self._naming.name(*service.key),
            self._source(call.caller),
            asked_of(call.request),
        )
        is_http = self._entries.is_http(name)
        way = _way(self._chains.of(name), asked if is_http else None)
        yield way.step
        if isinstance(way.legs, Broken):
            yield lost(way.legs.why, way.legs.basis)
            return
        verdict = self._admitted(way, way.legs, source, name, asked)
        yield verdict
        if verdict.value is not Verdict.ALLOWED:
            return
        receivers = [self._receiver(leg.service) for leg in way.legs]
        yield from self._sending(way, way.legs, Sender(source, name, service.ports[0].protocol, is_http))
        yield _alike([one.in_mtls for one in receivers])
        if asked is not None and call.request is not None:
            path = path_sent(way.route, asked.path, self._habits)
            query = call.request.target[len(asked.path) :]
            is_rewritten = path != asked.path or (way.route is not None and way.route.rewrite)
            yield _path(path + query, way.basis if is_rewritten else _OWN)
            onward = asked._replace(path=path)
            yield _alike([one.limit(onward) for one in receivers])
            yield from _tokens([one.token(onward) for one in receivers])

    def _admitted(
        self, way: Way, legs: tuple[Leg, ...], source: Name, called: Name, asked: Asked | None
    ) -> Step:
        """Ask the receivers, each of what is sent to it, and the service called where it is none of them."""
        if any(leg.service != called for leg in legs):
            step = is_upstream(self._entries, source, called, allows=self._allows)
            if step.value is not Verdict.ALLOWED:
                return step
        if asked is None:
            return _together([self._receiver(leg.service).decide(source, None) for leg in legs])
        path = path_sent(way.route, asked.path, self._habits)
        edits = frozenset() if way.route is None else way.route.request
        return _together(
            [
                self._receiver(leg.service).decide(source, passed_on(asked, path, edits | leg.request))
                for leg in legs
            ]
        )

    def _sending(self, way: Way, legs: tuple[Leg, ...], sender: Sender) -> tuple[Step, ...]:
        """Give what is the same for every request of a caller on one way."""
        key = id(way), sender
        if key not in self._sent:
            faults = self._faults([leg.service for leg in legs]) if sender.protocol.is_http else ()
            self._sent[key] = (*sent(self._entries, way, legs, sender), *faults)
        return self._sent[key]

    def _directly(self, instances: tuple[Instance, ...], *, is_http: bool) -> tuple[Step, ...]:
        key = tuple(one.pod.title for one in instances), is_http
        if key not in self._direct:
            faults = self._faults([one.service for one in instances]) if is_http else ()
            self._direct[key] = (*direct(self._entries, instances, is_http=is_http), *faults)
        return self._direct[key]

    def _faults(self, services: Iterable[Name]) -> tuple[Step, ...]:
        every = [self._receiver(service).faults for service in services]
        return tuple(_alike(list(steps)) for steps in zip(*every, strict=True))


def _way(ways: tuple[Way, ...], asked: Asked | None) -> Way:
    """Find the first way that takes a request; the last takes everything."""
    if asked is not None:
        for way in ways[:-1]:
            if way.test(asked):
                return way
    return ways[-1]


def _path(target: str, basis: Basis) -> Step:
    says = f"is sent on as {target}"
    return Step(says=says, basis=basis, facet=Facet.PATH, value=target, is_ambient=basis.of is None)


def _together(verdicts: list[Step]) -> Step:
    """Join what several receivers decide."""
    first = verdicts[0]
    if all(one.value is first.value for one in verdicts):
        return next((one for one in verdicts if not one.is_ambient), first)
    stop = next(one for one in verdicts if one.value is not Verdict.ALLOWED)
    says = "is let in by some of the pods that it may reach, and not by others"
    return Step(says=says, basis=stop.basis, facet=Facet.VERDICT, value=Verdict.MIXED)


def _tokens(steps: list[Step | None]) -> Iterator[Step]:
    """Join what several receivers do to a token, if any of them checks it; where none does it passes."""
    if any(steps):
        yield _alike([step or UNCHECKED for step in steps])


def _alike(steps: list[Step]) -> Step:
    """Join what holds at several receivers."""
    first = next((one for one in steps if not one.is_ambient), steps[0])
    if len(steps) == 1:
        return first
    assert first.facet is not None
    value = alike(one.value for one in steps)
    return first if value == first.value else decided(first.facet, value, first.basis)
