"""`meshgen schema list`: every kind that has a schema, and whose word it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from meshgen import datafiles
from meshgen.cli.clusters import schemas_option
from meshgen.cli.help import Verbatim
from meshgen.cli.schema.known import kinds_option, own, store_of
from meshgen.cli.stdout import columns, print_out
from meshgen.crd.store import Listed, Store, set_folders
from meshgen.intent.load import API_VERSION
from meshgen.kinds import kinds

_HEAD = ("SET", "KIND", "GROUP", "SERVED", "STORED", "SHA-256", "SOURCE")
_SHOWN = 12  # characters of a hash; the index of the set has all


@click.command("list", cls=Verbatim)
@kinds_option
@schemas_option
def command(mesh: str | None, schemas: tuple[Path, ...]) -> int:
    """List the kinds that have a schema: meshgen's own, then those of every set.

    A set is what one version of a project defines. SERVED are the versions that
    objects may name, STORED is the one that a cluster keeps; SOURCE is the file that
    the definition was read from, beside its hash. The licence of a set is in its
    index.json.

    For example:
      meshgen schema list
      meshgen schema list -m linkerd
      meshgen schema list --schemas my-schemas/
    """
    group, _, version = API_VERSION.partition("/")
    rows: list[tuple[str, ...]] = [_HEAD]
    rows += [("meshgen", kind, group, version, version, "", "") for kind in kinds()]
    rows += map(_row, _listed(mesh, schemas))
    return print_out(columns(rows))


def _listed(mesh: str | None, schemas: Iterable[Path]) -> Iterator[Listed]:
    """List what a cluster knows; without one every set, though several define the same kind."""
    if mesh is not None:
        yield from store_of(mesh, schemas).kinds()
        return
    for folder in (*own(schemas), *set_folders(datafiles.schemas())):
        yield from Store([folder]).kinds()


def _row(listed: Listed) -> tuple[str, ...]:
    entry = listed.entry
    digest = listed.set.sources.get(entry.source, "")[:_SHOWN]
    served = " ".join(entry.versions)
    return listed.set.name, entry.kind, entry.group, served, entry.stored, digest, entry.source
