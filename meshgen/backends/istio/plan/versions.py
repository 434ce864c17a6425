"""Versions that labels alone cannot tell apart: each is reached by a Service that fronts its pods alone."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.plan.names import is_subset
from meshgen.backends.istio.profiles import DOMAINS
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServiceVersion, ToVersions
from meshgen.intent.traffic import Mirror
from meshgen.workload import ServicePlan, version_service

# istio/istio pkg/config/protocol/instance.go
_APP_PROTOCOLS = {protocol: protocol.value for protocol in Protocol}


def version_services(resolved: ResolvedSet) -> tuple[ServicePlan, ...]:
    """Plan the Services of versions with a selector of their own; others exist already, or are subsets."""
    return tuple(
        version_service(service, version, domains=DOMAINS, app_protocols=_APP_PROTOCOLS)
        for service in resolved.services.values()
        for version in routed_versions(service)
        if version.is_service_created
    )


def routed_versions(service: ResolvedService) -> tuple[ServiceVersion, ...]:
    """List the versions that something is sent to by a Service of their own."""
    named = frozenset(_named(service))
    return tuple(
        version for version in service.versions.values() if version.name in named and not is_subset(version)
    )


def _named(service: ResolvedService) -> Iterator[str]:
    for to in (service.split, *(route.destination for route in service.routes)):
        if isinstance(to, ToVersions):
            yield from (share.version for share in to.shares)
    for route in service.routes:
        if isinstance(route.mirror, Mirror) and route.mirror.version is not None:
            yield route.mirror.version
