"""What Linkerd's webhooks refuse of what a definition admits, and what its controllers read past."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from meshgen.backends.linkerd.admission import (
    annotation,
    authentications,
    authorizations,
    calls,
    connections,
    profiles,
    rates,
    requests,
    servers,
    splits,
)
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_POLICY = "policy.linkerd.io"
_GATEWAY = "gateway.networking.k8s.io"


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Yield what is wrong with one object; kinds without rules are sound. Reports MG464 to MG473."""
    judge = _KINDS.get((resource.group, resource.kind))
    if judge is not None:
        yield from judge(resource, profile)


_KINDS: Mapping[tuple[str, str], Callable[[Resource, Profile], Iterator[Complaint]]] = MappingProxyType(
    {
        ("", "Service"): annotation.of_service,
        (_POLICY, "Server"): servers.server,
        (_POLICY, "AuthorizationPolicy"): authorizations.policy,
        (_POLICY, "ServerAuthorization"): authorizations.server_authorization,
        (_POLICY, "MeshTLSAuthentication"): authentications.mesh_tls,
        (_POLICY, "NetworkAuthentication"): authentications.network,
        (_POLICY, "EgressNetwork"): authentications.egress_network,
        (_POLICY, "HTTPLocalRateLimitPolicy"): rates.local_limit,
        (_POLICY, "HTTPRoute"): requests.policy_route,
        (_GATEWAY, "HTTPRoute"): requests.gateway_route,
        (_GATEWAY, "GRPCRoute"): calls.route,
        (_GATEWAY, "TLSRoute"): connections.route,
        (_GATEWAY, "TCPRoute"): connections.route,
        ("linkerd.io", "ServiceProfile"): profiles.service_profile,
        ("split.smi-spec.io", "TrafficSplit"): splits.traffic_split,
    }
)
