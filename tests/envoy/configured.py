"""Rules as Envoy's configuration: what each caller's proxy does, and what stands before each pod."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from tests.envoy.places import End

Tree = dict[str, Any]


class Cluster(NamedTuple):
    """Endpoints that one caller's proxy sends to, all through doors of one kind."""

    identity: str  # of the caller
    source: str  # address of the caller
    ends: tuple[End, ...]

    @property
    def name(self) -> str:
        """How routes name it."""
        ends = ",".join(f"{end.pod}:{end.port}" for end in self.ends)
        door = self.ends[0].door.name if self.ends else "NOWHERE"
        return f"{self.identity} {self.source} {door} {ends}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What a caller's proxy does with the requests of its pod."""

    identity: str
    hosts: tuple[Tree, ...]  # virtual hosts
    clusters: tuple[Cluster, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Rules as Envoy's configuration."""

    clients: Mapping[str, Client]  # by account, `shop/web`
    filters: Mapping[End, Tree]  # of the proxies before pods: configuration of their filters by name
    ends: Mapping[tuple[str, int], End]  # the door of each container port of a pod
    identities: Mapping[str, str]  # SPIFFE identities of accounts, `shop/web`
    is_normalizing: bool = False  # proxies of callers resolve dots in paths
    draws: int  # how many numbers a header is given so that each split shows its exact shares
