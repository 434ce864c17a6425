"""The sets that together hold the kinds of one cluster."""

from __future__ import annotations

from pathlib import Path

from meshgen.crd import index
from meshgen.crd.index import INDEX
from meshgen.profile import Channel, GatewayApi

_CORE = "core/v1"


def sets(root: Path, mesh: str, version: str, gateway_api: GatewayApi | None) -> tuple[Path, ...]:
    """Name the folders below `root` that hold a mesh's kinds, its extensions', and what it stands on."""
    own = root / mesh / version
    names = [*index.read((own / INDEX).read_bytes()).beside, _CORE]
    if gateway_api is not None:
        names.append(f"gateway-api/{gateway_api.version}-{gateway_api.channel.value}")
    return (own, *(root / name for name in names))


def newest_gateway_api(root: Path) -> tuple[Path, ...]:
    """Name the sets of the newest Gateway API where no cluster names one: what is standard comes first."""
    names = [path.parent.name for path in (root / "gateway-api").glob(f"*/{INDEX}")]
    latest = max(
        (name.partition("-")[0] for name in names), key=lambda version: [*map(int, version.split("."))]
    )
    return tuple(root / "gateway-api" / f"{latest}-{channel.value}" for channel in Channel)
