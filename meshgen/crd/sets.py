"""The sets that together hold the kinds of one cluster: shipped with meshgen, or imported by the user."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from meshgen.crd import index
from meshgen.crd.index import INDEX, SCHEMAS, Index
from meshgen.crd.store import set_folders
from meshgen.diagnostics import Code, Findings
from meshgen.profile import Channel, GatewayApi, Profile

BAD_SET = Code(
    number="MG508",
    slug="bad-schema-set",
    meaning="A folder of schemas is not as an import leaves it, so nobody knows what its kinds ask for.",
)

_CORE = "core/v1"
_GATEWAY_API = "gateway-api"


def sets(root: Path, mesh: str, version: str, gateway_api: GatewayApi | None) -> tuple[Path, ...]:
    """Name the folders below `root` that hold a mesh's kinds, its extensions', and what it stands on."""
    own = root / mesh / version
    names = [*index.read((own / INDEX).read_bytes()).beside, _CORE]
    if gateway_api is not None:
        names.append(_bundle(gateway_api.version, gateway_api.channel))
    # Of a bundle that nobody imported nothing is known: its kinds have no schema then, which is told.
    return (own, *(root / name for name in names if (root / name).is_dir()))


def sets_of(root: Path, profiles: Sequence[Profile]) -> tuple[Path, ...]:
    """Name the folders of what some clusters know.

    Several may disagree on the Gateway API: then its newest speaks, the standard channel first.
    """
    match profiles:
        case [only]:
            return sets(root, only.mesh, only.version, only.gateway_api)
        case _:
            own = [folder for each in profiles for folder in sets(root, each.mesh, each.version, None)]
            return tuple(dict.fromkeys((*own, *newest_gateway_api(root))))


def newest_gateway_api(root: Path) -> tuple[Path, ...]:
    """Name the folders of the newest Gateway API below `root`, the standard channel first."""
    versions = {path.name.partition("-")[0] for path in set_folders(root / _GATEWAY_API)}
    newest = max(versions, key=_numbers)
    return tuple(root / _bundle(newest, channel) for channel in (Channel.STANDARD, Channel.EXPERIMENTAL))


def _bundle(version: str, channel: Channel) -> str:
    return f"{_GATEWAY_API}/{version}-{channel.value}"


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"[0-9]+", version)))


def own_sets(folder: Path, *, findings: Findings) -> tuple[Path, ...]:
    """Find the sets in a folder of the user's, each whole; none where one is not. Reports MG508."""
    found = set_folders(folder)
    hint = "write one there: meshgen schema import CRD... --mesh NAME --mesh-version VERSION -d DIR"
    if not found:
        findings.add(BAD_SET, f"there is no imported set in {folder.as_posix()}", hint=hint)
    projects: dict[str, Path] = {}
    for each in found:
        contents = sound_index(each, findings=findings)
        if contents is None:
            return ()
        first = projects.setdefault(contents.project, each)
        if first != each:
            message = f"{folder.as_posix()} holds {contents.project} twice: {first.name} and {each.name}"
            findings.add(BAD_SET, message, hint="name the folder of the one that is meant")
            return ()
    return found


def sound_index(folder: Path, *, findings: Findings) -> Index | None:
    """Read the index of a set whose schemas are as they were imported; None where not. Reports MG508."""
    place = folder / INDEX
    try:
        contents = index.read(place.read_bytes())
        names = {name for entry in contents.entries for name in entry.served.values()}
        for place in (folder / SCHEMAS / name for name in sorted(names)):
            index.check(place.name, place.read_bytes())
    except OSError as error:
        why = f"cannot be read: {error.strerror}"
    except ValueError as error:
        why = f"is not as an import wrote it: {error}"
    else:
        return contents
    findings.add(BAD_SET, f"{os.path.normpath(place)} {why}", hint="import the definitions again")
    return None
