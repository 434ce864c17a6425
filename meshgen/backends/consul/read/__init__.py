"""The config entries of the files by the service that each is of, read as Consul's servers keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from meshgen.backends.consul.read.chain import Resolver, Route, Split, resolver, routes, splits
from meshgen.backends.consul.read.defaults import (
    HTTP_LIKE,
    Cluster,
    Common,
    Defaults,
    mesh,
    proxy_defaults,
    service_defaults,
)
from meshgen.backends.consul.read.intentions import Intention, Provider, intentions, provider
from meshgen.backends.consul.read.names import Name, Naming
from meshgen.profile import Profile
from meshgen.resources import Resource, Resources

GROUP = "consul.hashicorp.com"
_T = TypeVar("_T")
_NO_DEFAULTS = Defaults()
_NO_RESOLVER = Resolver()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """All entries; of two for one service the first, the webhook refuses the second."""

    naming: Naming
    routers: Mapping[Name, tuple[Route, ...]]
    splitters: Mapping[Name, tuple[Resource, tuple[Split, ...]]]
    resolvers: Mapping[Name, Resolver]
    defaults: Mapping[Name, Defaults]
    common: Common
    cluster: Cluster
    intentions: tuple[Intention, ...]  # in the order of their precedence
    providers: Mapping[str, Provider]

    @classmethod
    def of(cls, resources: Resources, profile: Profile) -> Entries:
        """Read every entry that decides about requests."""
        naming = Naming.of(profile)

        def by_service(kind: str, read: Callable[[Resource], _T]) -> Mapping[Name, _T]:
            found: dict[Name, Resource] = {}
            for each in resources.of(GROUP, kind):
                found.setdefault(naming.owner(each), each)
            return {name: read(each) for name, each in found.items()}

        proxies = next(resources.of(GROUP, "ProxyDefaults"), None)
        cluster = next(resources.of(GROUP, "Mesh"), None)
        return cls(
            naming=naming,
            routers=by_service("ServiceRouter", lambda each: tuple(routes(each, naming))),
            splitters=by_service("ServiceSplitter", lambda each: (each, splits(each, naming))),
            resolvers=by_service("ServiceResolver", lambda each: resolver(each, naming)),
            defaults=by_service("ServiceDefaults", lambda each: service_defaults(each, naming)),
            common=Common() if proxies is None else proxy_defaults(proxies),
            cluster=Cluster() if cluster is None else mesh(cluster),
            intentions=_intentions(resources, naming),
            providers={each.name: provider(each) for each in resources.of(GROUP, "JWTProvider")},
        )

    def defaults_of(self, service: Name) -> Defaults:
        """Find the entry of a service, or an empty one."""
        return self.defaults.get(service, _NO_DEFAULTS)

    def resolver_of(self, service: Name) -> Resolver:
        """Find the resolver of a service, or an empty one."""
        return self.resolvers.get(service, _NO_RESOLVER)

    def protocol(self, service: Name) -> str:
        """Tell what a service speaks: its own entry wins, even where it says nothing."""
        # hashicorp/consul agent/consul/discoverychain/compile.go: recordServiceProtocol
        own = self.defaults.get(service)
        return (self.common.protocol if own is None else own.protocol) or "tcp"

    def is_http(self, service: Name) -> bool:
        """Tell whether proxies see requests of a service."""
        return self.protocol(service) in HTTP_LIKE

    def is_permissive(self, service: Name) -> bool:
        """Tell whether a service takes plain text; the servers refuse to say so where Mesh does not."""
        mode = self.defaults_of(service).mode or self.common.mode
        return mode == "permissive" and self.cluster.admits_permissive


def _intentions(resources: Resources, naming: Naming) -> tuple[Intention, ...]:
    by_destination: dict[Name, tuple[Intention, ...]] = {}
    for each in resources.of(GROUP, "ServiceIntentions"):
        found = tuple(intentions(each, naming))
        if found:
            by_destination.setdefault(found[0].destination, found)
    every = (one for found in by_destination.values() for one in found)
    return tuple(sorted(every, key=lambda one: one.precedence))
