"""An intent as Envoy's configuration, from the written model alone: nothing here knows our evaluators."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meshgen.intent.access import Mode
from meshgen.intent.model import MeshIntent, Port, Protocol, Service
from tests.envoy.configured import Client, Cluster, Setup
from tests.envoy.intent_access import access
from tests.envoy.intent_routes import Side, ports_of, routes, target_of
from tests.envoy.places import CALLERS, PORTS, Door, End, caller_address

DOORS = {Mode.STRICT: Door.STRICT, Mode.PERMISSIVE: Door.PERMISSIVE, Mode.DISABLED: Door.DISABLED}
IDENTITIES = {str(each): f"spiffe://cluster.local/ns/{each.namespace}/sa/{each.name}" for each in CALLERS}


def setup(intent: MeshIntent, pods: Mapping[str, Mapping[str, str]], *, speed: int) -> Setup:
    """Configure callers and pods, which are known by their labels; times are divided by `speed`."""
    book = _Book(intent=intent, pods=pods, speed=speed)
    ends = {(end.pod, end.port): end for end in book.ends()}
    doors = [end for end in ends.values() if end.door is not Door.BARE]
    sides = {account: book.side(account) for account in IDENTITIES}
    return Setup(
        clients={account: _client(side, book) for account, side in sides.items()},
        filters={end: access(intent, book.owner(end.pod), end) for end in doors},
        ends=ends,
        identities=IDENTITIES,
        draws=math.lcm(*(total for side in sides.values() for total in side.totals)),
    )


def _client(side: Side, book: _Book) -> Client:
    hosts = tuple(
        {
            "name": f"{name}:{port.port}",
            "domains": [book.host(name, port)],
            "routes": routes(side, name, port),
        }
        for name, service in book.services.items()
        for port in ports_of(service)
        if port.port is not None and (port.protocol or Protocol.HTTP).is_http
    )
    return Client(identity=side.identity, hosts=hosts, clusters=tuple(side.clusters))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """An intent beside the pods that it speaks of."""

    intent: MeshIntent
    pods: Mapping[str, Mapping[str, str]]  # labels by title
    speed: int

    @property
    def services(self) -> Mapping[str, Service]:
        return self.intent.spec.services or {}

    def host(self, name: str, port: Port) -> str:
        base = f"{name}.{self.intent.metadata.namespace}.svc.cluster.local"
        return base if port.port == 80 else f"{base}:{port.port}"

    def owner(self, pod: str) -> str:
        """Name the service whose pod it is."""
        return self.pods[pod]["app"]

    def ends(self) -> Iterator[End]:
        for pod in self.pods:
            for port in PORTS:
                yield End(pod, port, self._door(self.services[self.owner(pod)], port))

    def _door(self, service: Service, port: int) -> Door:
        spec = self.intent.spec
        inherited = spec.mtls.mode if spec.mtls is not None else None
        own = service.mtls
        mode = own.mode if own is not None and own.mode is not None else inherited
        for name, other in ((own.ports if own is not None else None) or {}).items():
            if any(
                name in (str(each.port), each.name) and target_of(each) == port for each in ports_of(service)
            ):
                mode = other
        if mode is not None:
            return DOORS[mode]
        written: tuple[Any, ...] = (service.authorization, spec.authorization)
        has_proxy = any(each is not None for each in written) or service.callers != ()
        return Door.PERMISSIVE if has_proxy else Door.BARE

    def side(self, account: str) -> Side:
        clusters: set[Cluster] = set()
        totals: set[int] = {1}
        owner = next(each for each in CALLERS if str(each) == account)
        return Side(
            intent=self.intent,
            pods=self.pods,
            speed=self.speed,
            identity=IDENTITIES[account],
            source=caller_address(owner),
            ends={(end.pod, end.port): end for end in self.ends()},
            clusters=clusters,
            totals=totals,
        )
