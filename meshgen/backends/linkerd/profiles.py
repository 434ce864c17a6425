"""Linkerd as it is installed by default: split by TrafficSplit where that is enough, or never by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from meshgen.intent.access import Mode
from meshgen.intent.features import Located, plain
from meshgen.intent.words import Word
from meshgen.profile import GatewayApi, Profile

VERSIONS = ("2.18", "2.19", "2.20")
DOMAINS = ("linkerd.io", "smi-spec.io")

# linkerd/website linkerd.io/content/2-edge/features/gateway-api.md: compatibility
GATEWAY_APIS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"2.18": ("1.1", "1.2"), "2.19": ("1.1", "1.2"), "2.20": ("1.2", "1.3", "1.4", "1.5")}
)


class Traffic(Word):
    """By which objects traffic is split."""

    AUTO = "auto", "TrafficSplit for a service that wishes for nothing else"
    SMI = "smi", "TrafficSplit alone, with the SMI extension installed"
    GATEWAY = "gateway", "routes of the Gateway API alone"


class InboundPolicy(Word):
    """What a port without a Server admits in the cluster."""

    ALL_UNAUTHENTICATED = "all-unauthenticated", "everybody, with or without an identity"
    ALL_AUTHENTICATED = "all-authenticated", "every identity of the mesh, from any cluster"
    CLUSTER_UNAUTHENTICATED = "cluster-unauthenticated", "every address of the cluster's own networks"
    CLUSTER_AUTHENTICATED = "cluster-authenticated", "identities of the mesh in this cluster"
    DENY = "deny", "nobody, unless a policy lets them in"
    AUDIT = "audit", "everybody, and what a policy would refuse is logged"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkerdBlock(Located):
    """What a profile says of Linkerd alone."""

    traffic: Traffic | None = plain("objects by which traffic is split", default=None)
    default_inbound_policy: InboundPolicy | None = plain("what a port without a Server admits", default=None)


_LINKERD = Profile(
    name="linkerd",
    mesh="linkerd",
    version=VERSIONS[-1],
    control_plane_namespace="linkerd",
    gateway_api=GatewayApi(GATEWAY_APIS[VERSIONS[-1]][-1]),
    block=LinkerdBlock(traffic=Traffic.AUTO, default_inbound_policy=InboundPolicy.ALL_UNAUTHENTICATED),
)

PROFILES = (
    _LINKERD,
    replace(
        _LINKERD,
        name="linkerd-gateway",
        block=LinkerdBlock(traffic=Traffic.GATEWAY, default_inbound_policy=InboundPolicy.ALL_UNAUTHENTICATED),
    ),
)


def block_of(profile: Profile) -> LinkerdBlock:
    """Give the profile's own block, which each of our profiles has."""
    assert isinstance(profile.block, LinkerdBlock)
    return profile.block


def unwritten_mode(profile: Profile) -> Mode:
    """Say what ports admit where nobody writes a mode."""
    match block_of(profile).default_inbound_policy:
        case InboundPolicy.ALL_AUTHENTICATED | InboundPolicy.CLUSTER_AUTHENTICATED | InboundPolicy.DENY:
            return Mode.STRICT
        case _:
            return Mode.PERMISSIVE
