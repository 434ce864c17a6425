"""Clusters by whose definitions and rules manifests are judged."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from meshgen import datafiles
from meshgen.backend import backend
from meshgen.crd.store import Store
from meshgen.ladder import Ladder, ladder
from meshgen.profile import Channel, Edition, GatewayApi
from meshgen.profiles import Choice
from meshgen.resources import Complaint, spell

_BESIDE = {"linkerd": ("linkerd-smi/0.2",)}  # extensions whose kinds a mesh's manifests may hold


class Cluster(NamedTuple):
    """A mesh and a Gateway API, or one of the two."""

    mesh: str | None = None
    version: str | None = None
    gateway_api: GatewayApi | None = None
    edition: Edition = Edition.COMMUNITY

    def __str__(self) -> str:
        names = [] if self.mesh is None else [f"{self.mesh} {self.version}"]
        if self.gateway_api is not None:
            names.append(f"Gateway API {self.gateway_api.version} {self.gateway_api.channel.value}")
        return " with ".join(names)

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Cluster:
        """Read `{mesh: linkerd, version: "2.20", gatewayAPI: 1.5 standard, edition: enterprise}`."""
        number, _, channel = said.get("gatewayAPI", "").partition(" ")
        gateway_api = GatewayApi(number, Channel[channel.upper()]) if number else None
        edition = Edition[said.get("edition", Edition.COMMUNITY.value).upper()]
        return cls(said.get("mesh"), said.get("version"), gateway_api, edition)

    def definitions(self) -> tuple[Path, ...]:
        """Name the folders of upstream's CustomResourceDefinitions of such a cluster."""
        root = Path(os.environ["MESHGEN_SHARED"], "crds")
        names = [f"{self.mesh}/{self.version}", *_BESIDE.get(self.mesh, ())] if self.mesh is not None else []
        if self.gateway_api is not None:
            names.append(f"gateway-api/{self.gateway_api.version}/{self.gateway_api.channel.value}")
        return tuple(root / name for name in names)


@functools.cache
def ladder_of(cluster: Cluster) -> Ladder:
    """Give what we hold against manifests in such a cluster."""
    mesh, version, gateway_api, edition = cluster
    if mesh is None or version is None:
        assert gateway_api is not None
        own = datafiles.schemas() / "gateway-api" / f"{gateway_api.version}-{gateway_api.channel.value}"
        store = Store([own, datafiles.schemas() / "core" / "v1"])
        return Ladder(store=store, shipped=store, choices=())
    known = backend(mesh)
    profile = replace(known.profiles[0], version=version, gateway_api=gateway_api, edition=edition)
    return ladder([Choice(known, profile)])


def lines(complaints: Sequence[Complaint]) -> list[str]:
    """Write complaints about one object, a line each."""
    return [_line(complaint) for complaint in complaints]


def _line(complaint: Complaint) -> str:
    path = spell(complaint.path)
    return f"{complaint.gravity.value} {complaint.code}{' ' if path else ''}{path}: {complaint.message}"
