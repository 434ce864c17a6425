"""Where requests and connections go: hosts, subsets and weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from meshgen.backends.istio.plan.names import host, is_subset
from meshgen.intent.resolved import (
    ResolvedService,
    ResolvedSet,
    ServiceKey,
    ServicePort,
    Share,
    ToOther,
    ToService,
    ToVersions,
)
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """`destination` of a route or a mirror."""

    host: str
    subset: str | None = None
    port: int | None = None  # None: the one that was called


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedDestination:
    """One entry of `route`."""

    destination: Destination
    weight: int | None = None  # None: it is the only one


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everything that is needed to address Services from one service's routes."""

    service: ResolvedService
    set: ResolvedSet
    profile: Profile

    def destinations(
        self, to: ToService | ToVersions | ToOther, port: ServicePort
    ) -> tuple[WeightedDestination, ...]:
        """Address what a route on a port sends to."""
        match to:
            case ToService():
                return (WeightedDestination(destination=self._own(self.service.key, port)),)
            case ToVersions(shares=shares):
                return self._weighted(shares, port)
            case ToOther():
                return (WeightedDestination(destination=self.other(to)),)
            case _:
                assert_never(to)

    def version(self, name: str, port: ServicePort) -> Destination:
        """Address a version: a subset of the Service, or the Service that fronts its pods alone."""
        version = self.service.versions[name]
        if is_subset(version):
            return self._own(self.service.key, port, subset=name)
        return self._own(ServiceKey(self.service.key.namespace, version.service), port)

    def other(self, to: ToOther) -> Destination:
        """Address another Service by the port that is written, or by the one HTTP port that it has."""
        return Destination(host=host(to.key, self.profile), port=self._port_of(to))

    def _own(self, key: ServiceKey, port: ServicePort, *, subset: str | None = None) -> Destination:
        # istio/istio pkg/config/analysis/msg/messages.yaml: of several ports one has to be named (IST0112)
        several = len(self.service.service_ports) > 1
        return Destination(host=host(key, self.profile), subset=subset, port=port.number if several else None)

    def _weighted(self, shares: tuple[Share, ...], port: ServicePort) -> tuple[WeightedDestination, ...]:
        # Weights are relative: hundredths of a percent where one of them is not whole.
        unit = 100 if all(share.percent.hundredths % 100 == 0 for share in shares) else 1
        is_lone = len(shares) == 1
        return tuple(
            WeightedDestination(
                destination=self.version(share.version, port),
                weight=None if is_lone else share.percent.hundredths // unit,
            )
            for share in shares
        )

    def _port_of(self, to: ToOther) -> int | None:
        if isinstance(to.port, int) or to.key not in self.set.services:
            return to.port if isinstance(to.port, int) else None
        target = self.set.services[to.key]
        fitting = [port for port in target.service_ports if to.port in (None, port.name)]
        return next((port.number for port in fitting if port.protocol.is_http), None)
