"""Facts of one cluster that no intent should know."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from meshgen.intent.access import From
from meshgen.intent.features import Located


class Edition(enum.Enum):
    """Which edition of a mesh runs."""

    COMMUNITY = "community"
    ENTERPRISE = "enterprise"


class Channel(enum.Enum):
    """Which channel of the Gateway API is installed."""

    STANDARD = "standard"
    EXPERIMENTAL = "experimental"


class GatewayApi(NamedTuple):
    """The bundle of Gateway API definitions in the cluster."""

    version: str
    channel: Channel = Channel.STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One cluster's mesh: name, version, and what holds outside the manifests."""

    name: str
    mesh: str  # the backend's name
    version: str  # of the mesh; of its chart where the two differ
    edition: Edition = Edition.COMMUNITY
    trust_domain: str = "cluster.local"
    cluster_domain: str = "cluster.local"
    root_namespace: str | None = None
    control_plane_namespace: str | None = None
    gateway_api: GatewayApi | None = None
    probe_networks: tuple[str, ...] = ()
    callers: Mapping[str, tuple[From, ...]] = field(default_factory=dict)
    holds: frozenset[str] = frozenset()  # ids of requirements that the cluster meets
    block: Located | None = None  # the backend's own block, of the class that the backend declares
