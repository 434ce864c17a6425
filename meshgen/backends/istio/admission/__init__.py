"""What Istio's webhook refuses of single objects, or warns of, beyond what their definitions say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from meshgen.backends.istio.admission import (
    authorization,
    destination_rule,
    endpoints,
    gateway,
    selectors,
    service_entry,
    sidecar,
    telemetry,
    tokens,
    virtual_service,
)
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource


def refused(resource: Resource, _: Profile) -> Iterator[Complaint]:
    """Hold an object of Istio against the clauses of its kind."""
    if not resource.group.endswith(".istio.io"):
        return
    yield from authorization.refused_dry_run(resource)
    if resource.kind in _KINDS:
        yield from _KINDS[resource.kind](resource)


def _peer_authentication(resource: Resource) -> Iterator[Complaint]:
    return selectors.refused(resource.spec)


_KINDS: Mapping[str, Callable[[Resource], Iterator[Complaint]]] = MappingProxyType(
    {
        "AuthorizationPolicy": authorization.refused,
        "DestinationRule": destination_rule.refused,
        "Gateway": gateway.refused,
        "PeerAuthentication": _peer_authentication,
        "RequestAuthentication": tokens.refused,
        "ServiceEntry": service_entry.refused,
        "Sidecar": sidecar.refused,
        "Telemetry": telemetry.refused,
        "VirtualService": virtual_service.refused,
        "WorkloadEntry": endpoints.refused_entry,
        "WorkloadGroup": endpoints.refused_group,
    }
)
