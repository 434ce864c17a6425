"""What consul-k8s' webhook and Consul's server reject in one object, though its CRD admits it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from meshgen.backends.consul.admission import (
    defaults,
    exports,
    ingress,
    intentions,
    mesh,
    proxy,
    resolver,
    router,
    sameness,
    splitter,
    terminating,
    tokens,
)
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

GROUP = "consul.hashicorp.com"


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of what the edition of a profile rejects; kinds without rules pass."""
    if resource.group == GROUP and resource.kind in _KINDS:
        yield from _KINDS[resource.kind](resource, profile)


_KINDS: Mapping[str, Callable[[Resource, Profile], Iterator[Complaint]]] = MappingProxyType(
    {
        "ExportedServices": exports.refused,
        "IngressGateway": ingress.refused,
        "JWTProvider": tokens.refused,
        "Mesh": mesh.refused,
        "ProxyDefaults": proxy.refused,
        "SamenessGroup": sameness.refused,
        "ServiceDefaults": defaults.refused,
        "ServiceIntentions": intentions.refused,
        "ServiceResolver": resolver.refused,
        "ServiceRouter": router.refused,
        "ServiceSplitter": splitter.refused,
        "TerminatingGateway": terminating.refused,
    }
)
