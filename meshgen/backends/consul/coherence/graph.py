"""The services that config entries speak of, what each speaks, and where its entries lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.profile import Profile
from meshgen.resources import Path, Resource, Resources

GROUP = "consul.hashicorp.com"
EVERY = "*"
HTTP_LIKE = frozenset({"http", "http2", "grpc"})


class Service(NamedTuple):
    """A service as Consul knows it; without namespaces of its own, the namespace is empty."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class Edge(NamedTuple):
    """Where an entry leads: a service of this cluster, and perhaps a subset of it."""

    to: Service
    subset: str
    path: Path  # in the entry


class Protocol(NamedTuple):
    """What a service speaks, and the object that says so."""

    name: str
    said_by: Resource
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The entries of the files by their service."""

    resources: Resources
    profile: Profile
    defaults: Mapping[Service, Resource]
    resolvers: Mapping[Service, Resource]
    splitters: Mapping[Service, Resource]
    routers: Mapping[Service, Resource]
    proxies: Resource | None  # the ProxyDefaults

    @classmethod
    def of(cls, resources: Resources, profile: Profile) -> Graph:
        """Find the entries of each service; of two, the first."""
        return cls(
            resources=resources,
            profile=profile,
            defaults=_by_service(resources, "ServiceDefaults", profile),
            resolvers=_by_service(resources, "ServiceResolver", profile),
            splitters=_by_service(resources, "ServiceSplitter", profile),
            routers=_by_service(resources, "ServiceRouter", profile),
            proxies=next(iter(resources.of(GROUP, "ProxyDefaults")), None),
        )

    def named(self, owner: Resource, part: Part) -> Service | None:
        """Find the one service that a part of an entry names; None where it names every one, or none."""
        name = part.text("name")
        return None if name in ("", EVERY) else self._service(owner, part, name)

    def _target(self, owner: Resource, part: Part) -> Service | None:
        return self._service(owner, part, part.text("service") or owner.name)

    def _service(self, owner: Resource, part: Part, name: str) -> Service | None:
        """Find a service; None where it is not of this cluster, or of a namespace that tells nothing."""
        if part.said(("peer", "datacenter", "partition", "samenessGroup")):
            return None
        if not is_mirrored(self.profile):
            return None if part.text("namespace") else Service("", name)
        return Service(part.text("namespace") or owner.namespace, name)

    def protocol(self, service: Service) -> Protocol | None:
        """Tell what a service speaks: its own defaults win, even where they say nothing."""
        # hashicorp/consul agent/consul/discoverychain/compile.go: recordServiceProtocol
        own = self.defaults.get(service)
        if own is not None:
            written = Part.spec_of(own).text("protocol").lower()
            return Protocol(written or "tcp", own, ("spec", "protocol") if written else ())
        if self.proxies is None:
            return None
        common = self.proxies.spec.get("config", {}).get("protocol")
        written = common.lower() if isinstance(common, str) else ""
        return Protocol(written or "tcp", self.proxies, ("spec", "config", "protocol") if written else ())

    def splits(self, service: Service) -> Iterator[Edge]:
        """List where a splitter leads, in its order."""
        yield from self._edges(self.splitters.get(service), "splits")

    def routes(self, service: Service) -> Iterator[Edge]:
        """List where a router leads, without the route to its own service that Consul adds."""
        yield from self._edges(self.routers.get(service), "routes", "destination")

    def _edges(self, owner: Resource | None, key: str, below: str | None = None) -> Iterator[Edge]:
        if owner is None:
            return
        for entry in Part.spec_of(owner).parts(key):
            target = entry if below is None else entry.part(below)
            to = self._target(owner, target)
            if to is not None and (below is None or entry.has(below)):
                yield Edge(to, target.text("serviceSubset"), target.path)

    def redirect(self, service: Service) -> Edge | None:
        """Tell where a resolver redirects to, within this cluster."""
        owner = self.resolvers.get(service)
        if owner is None or not Part.spec_of(owner).has("redirect"):
            return None
        target = Part.spec_of(owner).part("redirect")
        to = self._target(owner, target)
        return None if to is None else Edge(to, target.text("serviceSubset"), target.path)

    def failovers(self, service: Service) -> Iterator[Edge]:
        """List where a resolver fails over to, within this cluster."""
        owner = self.resolvers.get(service)
        if owner is None:
            return
        for _, failover in Part.spec_of(owner).members("failover"):
            targets = tuple(failover.parts("targets"))
            for target in targets or (failover,):
                to = self._target(owner, target)
                if to is not None:
                    yield Edge(to, target.text("serviceSubset"), target.path)


def service_of(resource: Resource, profile: Profile) -> Service:
    """Name the service that an entry is of."""
    return Service(resource.namespace if is_mirrored(profile) else "", resource.name)


def _by_service(resources: Resources, kind: str, profile: Profile) -> Mapping[Service, Resource]:
    found: dict[Service, Resource] = {}
    for resource in resources.of(GROUP, kind):
        found.setdefault(service_of(resource, profile), resource)
    return found
