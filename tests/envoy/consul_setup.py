"""Consul's entries as Envoy's configuration, as agents would write it; nothing here knows our evaluators."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from meshgen.intent.keys import Account
from tests.envoy.configured import Client, Cluster, Setup, Tree
from tests.envoy.consul_access import intentions
from tests.envoy.consul_routes import routes
from tests.envoy.places import CALLERS, PORTS, Door, End, caller_address


class Target(NamedTuple):
    """One end of a chain, with the header edits of the split that leads there."""

    weight: int  # in hundredths of a percent
    service: str
    cluster: str
    edits: Tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Entries by kind and name, and the pods that are registered with their versions."""

    objects: Sequence[Tree]
    pods: Mapping[str, tuple[str, str | None]]  # service and version by title
    allows: bool  # the default intention policy
    speed: int

    def entry(self, kind: str, name: str) -> Tree:
        """Give what an entry says, nothing where there is none."""
        named = (each for each in self.objects if (each["kind"], each["metadata"]["name"]) == (kind, name))
        spec: Tree = next((each["spec"] for each in named), {})
        return spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """One caller's proxy, and what its routes turn out to need."""

    registry: Registry
    account: Account
    clusters: set[Cluster] = field(default_factory=set)
    totals: set[int] = field(default_factory=lambda: {1})

    def targets(self, service: str, subset: str = "") -> list[Target]:
        """Follow the chain from a destination: a subset, else a splitter, else the whole service."""
        splits = [] if subset else self.registry.entry("ServiceSplitter", service).get("splits", [])
        if not splits:
            return [Target(10_000, *self._resolved(service, subset), {})]
        return [
            target._replace(weight=target.weight * round(split["weight"] * 100) // 10_000, edits=split)
            for split in splits
            for target in self._branch(service, split)
        ]

    def _branch(self, own: str, split: Tree) -> list[Target]:
        service, subset = split.get("service", own), split.get("serviceSubset", "")
        if service != own and not subset:
            return self.targets(service)
        return [Target(10_000, *self._resolved(service, subset), {})]

    def _resolved(self, service: str, subset: str) -> tuple[str, str]:
        resolver = self.registry.entry("ServiceResolver", service)
        redirect = resolver.get("redirect")
        if redirect is not None:
            return self._resolved(redirect.get("service", service), redirect.get("serviceSubset", ""))
        chosen = subset or resolver.get("defaultSubset", "")
        version = _version(resolver["subsets"][chosen]["filter"]) if chosen else None
        ends = tuple(
            End(pod, PORTS[0], Door.STRICT)
            for pod, (name, own) in sorted(self.registry.pods.items())
            if name == service and (version is None or version == own)
        )
        found = Cluster(identity(self.account), caller_address(self.account), ends)
        self.clusters.add(found)
        return service, found.name


def _version(text: str) -> str:
    """The one filter that is made up compares the version."""
    return text.split('"')[1]


def identity(account: Account) -> str:
    """Name a caller as certificates of Consul do: by its service."""
    return f"spiffe://cluster.consul/ns/default/dc/dc1/svc/{service_of(account)}"


def service_of(account: Account) -> str:
    """Name the service that a caller belongs to."""
    return {"ratings-v2": "ratings"}.get(account.name, account.name)


def setup(registry: Registry) -> Setup:
    """Configure callers and pods."""
    sides = [Outbound(registry=registry, account=account) for account in CALLERS]
    clients = {str(side.account): _client(side) for side in sides}
    ends = {(end.pod, end.port): end for end in _ends(registry)}
    return Setup(
        clients=clients,
        filters={end: intentions(registry, registry.pods[end.pod][0]) for end in ends.values()},
        ends=ends,
        identities={str(account): identity(account) for account in CALLERS},
        draws=math.lcm(*(total for side in sides for total in side.totals)),
    )


def _client(side: Outbound) -> Client:
    names = sorted({service for service, _ in side.registry.pods.values()})
    hosts = tuple(
        {"name": domain, "domains": [domain], "routes": routes(side, name)}
        for name in names
        for domain in (f"{name}.shop.svc.cluster.local:{PORTS[0]}",)
    )
    return Client(identity=identity(side.account), hosts=hosts, clusters=tuple(side.clusters))


def _ends(registry: Registry) -> Iterator[End]:
    return (End(pod, PORTS[0], Door.STRICT) for pod in registry.pods)
