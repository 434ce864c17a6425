"""Which Consul objects a set of services needs, in an order that is safe to apply."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.plan.defaults import service_defaults
from meshgen.backends.consul.plan.intentions import intentions
from meshgen.backends.consul.plan.limiting import overrides
from meshgen.backends.consul.plan.mesh import mesh
from meshgen.backends.consul.plan.names import Names, own_services
from meshgen.backends.consul.plan.resolver import resolvers
from meshgen.backends.consul.plan.router import routers
from meshgen.backends.consul.plan.splitter import splitters
from meshgen.backends.consul.plan.tokens import jwt_providers
from meshgen.backends.consul.plan.waiting import longest_waits
from meshgen.backends.consul.plan.wide import namespace_intentions
from meshgen.backends.consul.profiles import DOMAINS
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.manifest import Plan
from meshgen.profile import Profile
from meshgen.workload import version_service

# Protocols first, then what the next kind points at: Consul refuses an entry whose chain is not whole.
_ORDER = {
    kind: rank
    for rank, kind in enumerate(
        (
            "Service",
            "Mesh",
            "JWTProvider",
            "ServiceDefaults",
            "ServiceResolver",
            "ServiceSplitter",
            "ServiceRouter",
            "ServiceIntentions",
        )
    )
}


def plan(resolved: ResolvedSet, profile: Profile) -> tuple[Plan, ...]:
    """Plan all objects of a set; the values of `resolved` are carried or accepted."""
    planned = _planned(Names(resolved, profile))
    return tuple(sorted(planned, key=lambda each: (_ORDER[each.kind], each.meta.namespace, each.meta.name)))


def _planned(names: Names) -> Iterator[Plan]:
    yield from mesh(names)
    yield from jwt_providers(names.resolved)
    yield from namespace_intentions(names)
    upstreams = overrides(names)
    waits = longest_waits(names)
    for service in names.resolved.services.values():
        yield from service_defaults(
            service,
            overrides=upstreams.get(service.key, ()),
            waits_ms=waits.get(service.key, 0),
            names=names,
        )
        if service.service_ports:
            yield from _version_services(service)
            yield from resolvers(service)
            yield from splitters(service)
            yield from routers(service, names)
            yield from intentions(service, names)


def _version_services(service: ResolvedService) -> Iterator[Plan]:
    """Without a Service that picks them, a version's own pods would have no name in Consul."""
    for version in own_services(service):
        if version.is_service_created:
            yield version_service(service, version, domains=DOMAINS, app_protocols={})
