"""Which mode, rules, probes and rates hold at each container port of each pod."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.intent.access import Action, Mode, Probe
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.covering import Operation, PortRule, TokenKind, caller_kind
from meshgen.intent.outcome.facets import Basis, Facet, Step, Verdict
from meshgen.intent.outcome.picking import pods_behind
from meshgen.intent.outcome.receiving import PortPolicy
from meshgen.intent.outcome.world import Pod, World
from meshgen.intent.patterns import Pattern, pattern_of
from meshgen.intent.policy import Per, RateLimit
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import (
    Request,
    ResolvedRule,
    ResolvedService,
    ResolvedSet,
    ServicePort,
    Target,
)

_PER_MS = {Per.SECOND: 1_000, Per.MINUTE: 60_000, Per.HOUR: 3_600_000}


class Policies:
    """What holds at each container port, worked out once."""

    def __init__(self, resolved: ResolvedSet, world: World) -> None:
        fronting: dict[str, list[ResolvedService]] = {}
        for service in resolved.services.values():
            owner = _owner(resolved, service)
            for pod in () if service.is_caller_only else pods_behind(owner, world.index):
                fronting.setdefault(pod.title, []).append(service)
        self._policies: dict[tuple[str, int | None], PortPolicy] = {}
        made: dict[object, PortPolicy] = {}
        for pod in world.pods.values():
            services = tuple(fronting.get(pod.title, ()))
            for number in {None, *_numbers(world, pod, services)}:
                site = _Site(resolved, world, pod, services, number)
                if site.identity not in made:  # pods that are alike share what holds for them
                    made[site.identity] = site.policy()
                self._policies[pod.title, number] = made[site.identity]

    def at(self, pod: Pod, number: int) -> PortPolicy:
        """Find what holds at a container port, listed anywhere or not."""
        return self._policies.get((pod.title, number)) or self._policies[pod.title, None]


def _numbers(world: World, pod: Pod, services: tuple[ResolvedService, ...]) -> Iterator[int | None]:
    """Name the container ports that services of a pod list or probe."""
    for service in services:
        for port in service.ports:
            yield world.container_port(pod, port.target)
        for probe in service.probes:
            yield world.container_port(pod, _target(probe))


def _target(probe: Probe) -> int | str:
    port = probe.port or ""
    return int(port) if port.isdecimal() else port


class _Site(NamedTuple):
    """A container port of a pod; None stands for those that no service lists."""

    resolved: ResolvedSet
    world: World
    pod: Pod
    services: tuple[ResolvedService, ...]  # that front the pod
    number: int | None

    @property
    def listed(self) -> tuple[tuple[ResolvedService, ServicePort], ...]:
        """The services that list it, each with its port."""
        return tuple(
            (service, port)
            for service in self.services
            for port in service.ports
            if self.number is not None and self.is_at(port.target)
        )

    @property
    def identity(self) -> object:
        """What it has in common with others of which the same holds."""
        listed = tuple((service.key, port.name) for service, port in self.listed)
        probes = tuple(step.basis.of for _, step in _probes(self))
        return (self.pod.namespace, tuple(service.key for service in self.services), listed, probes)

    def is_at(self, target: int | str) -> bool:
        """Tell whether a target port leads here."""
        return self.world.container_port(self.pod, target) == self.number

    def policy(self) -> PortPolicy:
        """Work out what holds here."""
        listed = self.listed
        mode, basis = _mode(self)
        rules = list(_rules(self))
        return PortPolicy(
            sees_requests=any(port.protocol.is_http for _, port in listed) if listed else None,
            mode=mode,
            refused=_refused(mode, basis),
            transports=_transports(mode, basis),
            denying=tuple(rule for rule in rules if rule.step.value is Verdict.DENIED),
            allowing=tuple(rule for rule in rules if rule.step.value is Verdict.ALLOWED),
            default=_default(self),
            probes=tuple(_probes(self)),
            rate_limit=_rate_limit(self),
        )

    def owner(self, service: ResolvedService) -> ResolvedService:
        """Find the service that writes what belongs to the pods."""
        return _owner(self.resolved, service)


def _owner(resolved: ResolvedSet, service: ResolvedService) -> ResolvedService:
    pods_of = service.written.pods_of
    return service if pods_of is None else resolved.services[ServiceKey(service.key.namespace, pods_of)]


_NOWHERE = Basis(name="")


def _mode(site: _Site) -> tuple[Mode | None, Basis]:
    owners = {owner.key: owner for service in site.services for owner in (site.owner(service),)}
    for owner in owners.values():
        for target, mode in owner.port_modes.items() if site.number is not None else ():
            if site.is_at(target):
                return mode, Basis(name=_named(owner), of=owner.written.mtls, path=_port_path(owner, target))
    for owner in owners.values():
        if owner.mode is not None:
            return owner.mode, Basis(name=_named(owner), of=owner.written.mtls, path=("mode",))
    for wide in site.resolved.wide:
        if wide.namespace == site.pod.namespace and wide.mode is not None:
            name = f"namespace {wide.namespace}"
            return wide.mode, Basis(name=name, of=wide.intent.spec, path=("mtls", "mode"))
    return None, _NOWHERE


def _named(service: ResolvedService) -> str:
    return f"service {service.key}"


def _port_path(owner: ResolvedService, target: int | str) -> tuple[str, ...]:
    """Say where a port's own mode is written, by the name that it is written under."""
    written = owner.written.mtls.ports if owner.written.mtls is not None else None
    names = (name for port in owner.ports if port.target == target for name in port_names(port))
    return ("ports", *(name for name in names if name in (written or {})))


def _refused(mode: Mode | None, basis: Basis) -> Step | None:
    if mode is not Mode.STRICT:
        return None
    says = "mtls is strict, and plaintext is refused"
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.DENIED)


def _transports(mode: Mode | None, basis: Basis) -> tuple[Step, Step] | None:
    if mode is None:
        return None
    with_identity = mode is not Mode.DISABLED

    def step(is_mutual: bool) -> Step:
        says = f"mtls is {mode.value}: it travels in {'mTLS' if is_mutual else 'plain text'}"
        return Step(says=says, basis=basis, facet=Facet.TRANSPORT, value=is_mutual)

    return step(with_identity), step(False)


def _default(site: _Site) -> Step | None:
    for service in site.services:
        owner = site.owner(service)
        if owner.default is not None:
            of = owner.written.authorization
            return _verdict(
                owner.default,
                f"no rule covers it, and the default is {owner.default.value}",
                Basis(name=_named(owner), of=of, path=("default",)),
            )
    for wide in site.resolved.wide:
        if wide.namespace == site.pod.namespace and wide.default is not None:
            basis = Basis(
                name=f"namespace {wide.namespace}", of=wide.intent.spec, path=("authorization", "default")
            )
            return _verdict(
                wide.default, f"the default of the whole namespace is {wide.default.value}", basis
            )
    return None


def _verdict(action: Action, says: str, basis: Basis) -> Step:
    value = Verdict.ALLOWED if action is Action.ALLOW else Verdict.DENIED
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=value)


def _rules(site: _Site) -> Iterator[PortRule]:
    """List the rules of those who list the port; on any other one no rule speaks."""
    owners = {owner.key: owner for service, _ in site.listed for owner in (site.owner(service),)}
    for owner in owners.values():
        for index, rule in enumerate(owner.rules):
            operations = tuple(_operations(site, rule))
            if operations:
                yield PortRule(
                    callers=tuple(map(caller_kind, rule.sources)),
                    operations=operations,
                    token=_token(site, rule),
                    passing=_passing(site, rule),
                    step=_rule_step(owner, rule, index),
                )


def _operations(site: _Site, rule: ResolvedRule) -> Iterator[Operation]:
    if not rule.targets:
        yield Operation(Pattern(), ())
    for target in rule.targets:
        if _is_here(site, target.request):
            yield Operation(pattern_of(target.request), tuple(_excepted(site, target)))


def _excepted(site: _Site, target: Target) -> Iterator[Pattern]:
    return (pattern_of(request) for request in target.excepts if _is_here(site, request))


def _is_here(site: _Site, request: Request) -> bool:
    return not request.ports or any(site.is_at(port.target) for port in request.ports)


def _token(site: _Site, rule: ResolvedRule) -> TokenKind | None:
    if rule.token is None:
        return None
    return TokenKind(provider=site.resolved.providers[rule.token.provider], claims=rule.token.claims)


def _passing(site: _Site, rule: ResolvedRule) -> Step | None:
    if rule.token is None:
        return None
    provider = site.resolved.providers[rule.token.provider]
    is_passed = provider.forward is not False
    says = f"the application {'gets' if is_passed else 'does not get'} the token"
    basis = Basis(name=f"provider {rule.token.provider}", of=provider)
    return Step(says=says, basis=basis, facet=Facet.TOKEN, value=is_passed)


def _rule_step(owner: ResolvedService, rule: ResolvedRule, index: int) -> Step:
    authorization = owner.written.authorization
    of = None if authorization is None else authorization.rules[index]
    verb = "lets it in" if rule.action is Action.ALLOW else "denies it"
    return _verdict(rule.action, f"the rule {rule.name} {verb}", Basis(name=_named(owner), of=of))


def _probes(site: _Site) -> Iterator[tuple[Probe, Step]]:
    """List the probes of a port, which may be one that nobody lists."""
    for service in site.services:
        here = (probe for probe in service.probes if site.number is not None and site.is_at(_target(probe)))
        for probe in here:
            basis = Basis(name=_named(service), of=probe)
            yield probe, _verdict(Action.ALLOW, "the kubelet's probe is let in", basis)


def _rate_limit(site: _Site) -> Step | None:
    """Services that share pods may each write a rate; which one of several would hold is nobody's to say.

    A container port that no Service port fronts has none.
    """
    listed = [(service, port) for service, port in site.listed if port.protocol.is_http]
    written = [
        (service, service.rate_limit)
        for service, port in listed
        if isinstance(service.rate_limit, RateLimit) and port.number is not None
    ]
    if not listed or len({limit for _, limit in written}) > 1:
        return None
    if written:
        return _limited(*written[0])
    first, _ = listed[0]
    basis = Basis(name=_named(first), of=first.written, path=("rateLimit",))
    return Step(says="no rate is limited", basis=basis, facet=Facet.RATE_LIMIT)


def _limited(service: ResolvedService, limit: RateLimit) -> Step:
    size = limit.requests if limit.burst is None else limit.burst
    says = f"each instance takes {limit.requests} requests a {limit.per.value}"
    value = (size, limit.requests, _PER_MS[limit.per])
    return Step(says=says, basis=Basis(name=_named(service), of=limit), facet=Facet.RATE_LIMIT, value=value)
