"""How callers connect to a Service's instances, and the subsets of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.names import host, is_subset, own_meta
from meshgen.backends.istio.plan.traffic_policy import TrafficPolicy, traffic_policy
from meshgen.backends.istio.plan.versions import routed_versions
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServiceKey
from meshgen.manifest import Meta
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset:
    """Some instances of a Service, told apart by the labels of their pods."""

    name: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationRule:
    """Traffic policy and subsets of one Service.

    It stands in the Service's namespace, where every caller looks for it, and holds no `tls`: a block of
    that name would override the automatic mTLS between sidecars.
    """

    meta: Meta
    host: str
    traffic_policy: TrafficPolicy | None
    subsets: tuple[Subset, ...] | None
    api_version: str = "networking.istio.io/v1"
    kind: str = "DestinationRule"


def destination_rules(resolved: ResolvedSet, profile: Profile) -> tuple[DestinationRule, ...]:
    """Plan one DestinationRule for each Service that has a policy or subsets."""
    return tuple(rule for service in resolved.services.values() for rule in _of_service(service, profile))


def _of_service(service: ResolvedService, profile: Profile) -> Iterator[DestinationRule]:
    policy = traffic_policy(service)
    subsets = tuple(
        Subset(name=version.name, labels=dict(sorted(version.labels.items())))
        for version in service.versions.values()
        if is_subset(version)
    )
    if policy is not None or subsets:
        yield DestinationRule(
            meta=own_meta(service.intent, service.key.name),
            host=host(service.key, profile),
            traffic_policy=policy,
            subsets=subsets or None,
        )
    for version in routed_versions(service):
        if policy is not None:
            key = ServiceKey(service.key.namespace, version.service)
            yield DestinationRule(
                meta=own_meta(service.intent, version.service),
                host=host(key, profile),
                traffic_policy=policy,
                subsets=None,
            )
