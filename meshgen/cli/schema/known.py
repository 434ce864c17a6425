"""The definitions that a command is asked about: of clusters, and of sets that the user imported."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from meshgen import datafiles
from meshgen.cli.clusters import clusters, mesh_option
from meshgen.cli.usage import Misuse
from meshgen.crd.sets import own_sets, sets_of
from meshgen.crd.store import Store
from meshgen.diagnostics import Findings

kinds_option = mesh_option(
    "Kinds of a mesh, a built-in profile, or a file with one.  [default: the newest of each]"
)


def store_of(mesh: str | None, schemas: Iterable[Path]) -> Store:
    """Gather what clusters know, and first what the user imported; refuse a folder that holds no set."""
    profiles = [profile for _, profile in clusters(mesh)]
    return Store((*own(schemas), *sets_of(datafiles.schemas(), profiles)))


def own(schemas: Iterable[Path]) -> tuple[Path, ...]:
    """Find the sets in folders of the user's; one that holds none is a matter of the command line."""
    findings = Findings()
    found = [each for folder in schemas for each in own_sets(folder, findings=findings)]
    for refused in findings:
        raise Misuse(refused)
    return tuple(found)
