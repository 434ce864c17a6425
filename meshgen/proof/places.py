"""Where calls may go in a world: ports of Services, and container ports that no Service fronts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import NamedTuple

from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import ToPod, ToService
from meshgen.intent.outcome.facets import Facet, Outcome
from meshgen.intent.outcome.world import Pod, Service, World

UNLISTED = 65_011  # a container port that stands for all that nobody lists
_NONE: Mapping[str, ServiceKey] = {}


class Place(NamedTuple):
    """Where calls go, and how they are made there."""

    to: ToService | ToPod
    protocol: Protocol
    service: ServiceKey | None  # to which a finding belongs; None: pods of a namespace that no service picks
    is_probed: bool = False  # True: only the kubelet comes this way
    is_unshown: bool = False  # True: the pod's workload shows ports, and this is none of them

    @property
    def namespace(self) -> str:
        """Where the pods are."""
        return self.to.service.namespace if isinstance(self.to, ToService) else self.to.pod.partition("/")[0]


def places(
    world: World,
    of: Iterable[ServiceKey] | None = None,
    *,
    behind: Mapping[str, ServiceKey] = _NONE,
    wide: Iterable[str] = (),
) -> Iterator[Place]:
    """List the places of some services, or of all, and then those of pods.

    `behind` are pods of theirs that their own selectors may not pick. Pods that no Service picks are those
    of the services' namespaces, and of `wide` ones.
    """
    keys = sorted(world.services if of is None else set(of) & set(world.services))
    called = frozenset(keys)
    owners = dict(behind)
    for key in keys:
        service = world.services[key]
        for port in service.ports:
            yield Place(ToService(key, port.number), port.protocol, key)
        for pod in world.pods_of(service):
            owners.setdefault(pod.title, key)
    namespaces = {*wide, *(key.namespace for key in keys)}
    if of is None:
        namespaces |= {pod.namespace for pod in world.pods.values()}
    for title, pod in sorted(world.pods.items()):
        if title in owners:
            yield from _of_pod(world, pod, owners[title], called)
        elif title not in world.fronting and pod.namespace in namespaces:
            yield from _of_nobody(world, pod)


def with_named(where: Iterable[Place], named: Callable[[ToPod], Iterable[int]]) -> Iterator[Place]:
    """Add to places the container ports that nobody lists, but rules name."""
    known: set[ToService | ToPod] = set()
    for place in where:
        yield place
        known.add(place.to)
        if isinstance(place.to, ToPod) and place.to.port == UNLISTED:
            every = (ToPod(place.to.pod, number) for number in sorted(named(place.to)))
            yield from (place._replace(to=to) for to in every if to not in known)


def ends_of(to: ToService | ToPod, done: Outcome, world: World) -> Iterator[ToPod]:
    """List the container ports that a call may come to: where its outcome says, else behind its address."""
    split = done.facets.get(Facet.BACKENDS)
    if split is not None:
        assert isinstance(split.value, tuple)
        for pod, _, number in (name.rpartition(":") for names, _ in split.value for name in names):
            yield ToPod(pod, int(number))
    elif isinstance(to, ToPod):
        yield to
    else:
        yield from _behind(to, world)


def _behind(to: ToService, world: World) -> Iterator[ToPod]:
    service = world.services[to.service]
    targets = [port.target for port in service.ports if port.number == to.port]
    for pod, target in product(world.pods_of(service), targets):
        number = world.container_port(pod, target)
        if number is not None:
            yield ToPod(pod.title, number)


def _of_nobody(world: World, pod: Pod) -> Iterator[Place]:
    """List what a pod that no service picks may listen on: its own ports, and those of all pods beside it."""
    near = [each for each in world.pods.values() if each.namespace == pod.namespace]
    beside = {number for each in near for number in (*each.ports.values(), *dict(_fronted(world, each)))}
    for number in sorted({*beside, UNLISTED}):
        for protocol in (Protocol.HTTP, Protocol.TCP):
            yield Place(ToPod(pod.title, number), protocol, None)


def _of_pod(world: World, pod: Pod, owner: ServiceKey, called: frozenset[ServiceKey]) -> Iterator[Place]:
    """List the ports of a pod; where a Service that is called itself leads to one, only probes come to it."""
    is_called = any(service.key in called for service in world.fronting.get(pod.title, ()))
    fronted, own = dict(_fronted(world, pod)), world.services.get(owner)
    spoken = {} if own is None else dict(_reached(world, pod, [own]))  # what we write for a version is silent
    for number, protocol in sorted(fronted.items(), key=lambda pair: pair[0]):
        yield Place(ToPod(pod.title, number), spoken.get(number, protocol), owner, is_probed=is_called)
    beside = sorted({*pod.ports.values()} - {*fronted})
    for number in (*beside, UNLISTED):
        is_unshown = pod.is_shown and number == UNLISTED
        for protocol in (Protocol.HTTP, Protocol.TCP):
            yield Place(ToPod(pod.title, number), protocol, owner, is_unshown=is_unshown)


def _fronted(world: World, pod: Pod) -> Iterator[tuple[int, Protocol]]:
    return _reached(world, pod, world.fronting.get(pod.title, ()))


def _reached(world: World, pod: Pod, services: Iterable[Service]) -> Iterator[tuple[int, Protocol]]:
    """List the container ports of a pod that Services lead to, or would."""
    for port in (port for service in services for port in service.ports):
        number = world.container_port(pod, port.target)
        if number is not None:
            yield number, port.protocol
