"""What services and callers are called in Consul, where a service's name is its identity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from meshgen.backends.consul.profiles import is_enterprise, is_mirrored
from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.listing import owner_of
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServiceVersion, ToOther
from meshgen.profile import Profile

EVERY = "*"


class Caller(NamedTuple):
    """A source of intentions: `*` stands for every name, a namespace of `*` for every namespace.

    Without namespaces, or where the destination's is meant, the namespace is empty.
    """

    namespace: str
    name: str


class Names(NamedTuple):
    """The naming of one render."""

    resolved: ResolvedSet
    profile: Profile

    @property
    def anyone(self) -> Caller:
        """Every identity of the mesh; a namespace that is left out would be the destination's."""
        return Caller(EVERY if is_enterprise(self.profile) else "", EVERY)

    def namespace(self, namespace: str) -> str:
        """The Consul namespace of a Kubernetes namespace, where the two are the same."""
        return namespace if is_mirrored(self.profile) else ""

    def in_namespace(self, namespace: str) -> frozenset[Caller]:
        """Whoever runs in a namespace; without mirroring only who is known to."""
        if is_mirrored(self.profile):
            return frozenset({Caller(namespace, EVERY)})
        return self._callers(
            service for service in self.resolved.services.values() if service.key.namespace == namespace
        )

    def of_service(self, key: ServiceKey) -> frozenset[Caller]:
        """The pods behind a service."""
        return self._callers((self.resolved.services[key],))

    def of_account(self, account: Account) -> frozenset[Caller]:
        """The services of the set that run as an account, else the one that is named like it."""
        named_like_it = Caller(self.namespace(account.namespace), account.name)
        return self._callers(self.resolved.by_account.get(account, ())) or frozenset({named_like_it})

    def _callers(self, services: Iterable[ResolvedService]) -> frozenset[Caller]:
        return frozenset(
            Caller(self.namespace(service.key.namespace), name)
            for service in services
            for name in pod_names(self.owner(service))
        )

    def owner(self, service: ResolvedService) -> ResolvedService:
        """The service that has the pods: itself, or the one whose pods it fronts."""
        return owner_of(service, self.resolved)

    def target(self, destination: ToOther) -> ResolvedService | None:
        """The service of the set that a route leads to; None where it is described elsewhere."""
        return self.resolved.services.get(destination.key)

    def callers_of(self, callee: ResolvedService) -> tuple[ResolvedService, ...]:
        """The services whose pods are known to call, in the order of their keys."""
        known = {self.owner(caller).key for caller in self.resolved.known_callers(callee)}
        return tuple(self.resolved.services[key] for key in sorted(known))


def own_services(service: ResolvedService) -> tuple[ServiceVersion, ...]:
    """Versions that are Consul services of their own, since their Services pick other pods."""
    return tuple(version for version in service.versions.values() if version.has_own_selector)


def subsets(service: ResolvedService) -> tuple[ServiceVersion, ...]:
    """Versions that are told apart among the pods of the service."""
    return tuple(version for version in service.versions.values() if not version.has_own_selector)


def pod_names(service: ResolvedService) -> tuple[str, ...]:
    """The Consul services as which a service's pods are registered, and so the names they call under."""
    return (service.key.name, *(version.service for version in own_services(service)))


def route_splitter(service: ResolvedService, route: str) -> str:
    """Name the splitter of a route that has weights of its own."""
    return f"{service.key.name}-{route}"
