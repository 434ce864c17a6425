"""Which container ports of which pods a request or connection may end at."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple, assert_never

from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.facets import Shares, shares
from meshgen.intent.outcome.world import Pod, World
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import (
    ResolvedService,
    ResolvedSet,
    ServicePort,
    ToOther,
    ToService,
    ToVersions,
)
from meshgen.intent.traffic import Mirror
from meshgen.values import Percent

Ends = tuple[tuple[Pod, int], ...]  # container ports of pods


class Part(NamedTuple):
    """Pods that share some of the traffic evenly."""

    ends: Ends
    share: Fraction


class Backends(NamedTuple):
    """Where traffic goes."""

    parts: tuple[Part, ...]
    service: ResolvedService | None  # whose pods they are; None: it is not of the set

    @property
    def shares(self) -> Shares:
        """The parts as an outcome has them."""
        return shares(self.parts)

    @property
    def ends(self) -> Ends:
        """Everywhere that traffic may end."""
        return tuple(end for part in self.parts if part.share for end in part.ends)


class Directory:
    """Where the names of an intent lead in a world."""

    def __init__(self, resolved: ResolvedSet, world: World) -> None:
        self._resolved = resolved
        self._world = world
        self._versions = {
            ServiceKey(service.key.namespace, version.service): (service, version.name)
            for service in resolved.services.values()
            for version in service.versions.values()
        }

    def to(
        self, destination: ToService | ToVersions | ToOther, service: ResolvedService, port: ServicePort
    ) -> Backends:
        """Follow a destination of a service from one of its ports."""
        match destination:
            case ToVersions(shares=asked):
                parts = tuple(
                    Part(self.version(service, each.version, port), share_of(each.percent)) for each in asked
                )
                return Backends(parts, service)
            case ToOther(key=key, port=name):
                part = Part(self.named(key, name), Fraction(1))
                return Backends((part,), self._resolved.services.get(key))
            case ToService():
                return Backends((Part(self._whole(service, port), Fraction(1)),), service)
        assert_never(destination)

    def version(self, service: ResolvedService, name: str, port: ServicePort) -> Ends:
        """List where one version of a service takes what is sent to a port."""
        version, namespace = service.versions[name], service.key.namespace
        existing = self._world.services.get(ServiceKey(namespace, version.service))
        selector = version.selector
        if existing is not None and not version.is_service_created:
            selector = existing.selector  # without labels of its own only that Service tells its pods apart
        return self._ends(self._world.index.picked(namespace, selector), port.target)

    def named(self, key: ServiceKey, port: int | str | None) -> Ends:
        """List where a Service takes what is sent to a port; without port, to the only one for requests."""
        service = self._resolved.services.get(key)
        listed = () if service is None else _ports(service, port)
        if service is not None and listed:
            return tuple(end for each in listed for end in self._whole(service, each))
        known = self._world.services.get(key)
        if known is not None:
            targets = [each.target for each in known.ports if port in (None, each.number, each.name)]
            pods = self._world.index.picked(key.namespace, known.selector)
            return tuple(end for target in targets[:1] for end in self._ends(pods, target))
        if key in self._versions:
            service, version = self._versions[key]
            return tuple(
                end for each in _ports(service, port) for end in self.version(service, version, each)
            )
        return ()

    def _whole(self, service: ResolvedService, port: ServicePort) -> Ends:
        return self._ends(self._world.index.picked(service.key.namespace, service.selector), port.target)

    def _ends(self, pods: Iterable[Pod], target: int | str) -> Ends:
        """Leave out the pods that have no container port of that name."""
        numbers = ((pod, self._world.container_port(pod, target)) for pod in pods)
        return tuple((pod, number) for pod, number in numbers if number is not None)


def _ports(service: ResolvedService, port: int | str | None) -> tuple[ServicePort, ...]:
    if port is None:
        return service.http_ports[:1]
    return tuple(each for each in service.service_ports if str(port) in port_names(each))


def share_of(percent: Percent) -> Fraction:
    """Write a percentage as a share of 1."""
    return Fraction(percent.hundredths, 10_000)


def mirrored(mirror: object, namespace: str) -> ToOther | None:
    """Name the Service that gets copies; None where a version does, or nobody."""
    if not isinstance(mirror, Mirror) or mirror.service is None:
        return None
    head, _, rest = mirror.service.rpartition("/")
    name, _, port = rest.partition(":")
    number = int(port) if port.isdecimal() else port or None
    return ToOther(key=ServiceKey(head or namespace, name), port=number)
