"""`meshgen schema show`: the JSON Schema of one kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import click

from meshgen.cli.clusters import schemas_option
from meshgen.cli.completing import known_kinds
from meshgen.cli.help import Verbatim
from meshgen.cli.schema.known import kinds_option, store_of
from meshgen.cli.stdout import print_out
from meshgen.cli.usage import misuse
from meshgen.crd import export
from meshgen.crd.index import Entry
from meshgen.crd.store import Store
from meshgen.diagnostics import near_miss
from meshgen.intent.schema import json_schema
from meshgen.kinds import kinds

_CORE = "core"  # what people call the group that has no name
_ASKED = re.compile(r"([^./]+)(?:\.([^/]+))?(?:/(.+))?")


class _Asked(NamedTuple):
    """A kind as it is typed: `Kind`, `Kind.group`, `Kind.group/version`, or `Kind/version`."""

    kind: str
    group: str | None
    version: str | None


@click.command("show", cls=Verbatim)
@click.argument("kind", required=False, metavar="KIND", shell_complete=known_kinds)
@kinds_option
@schemas_option
def command(kind: str | None, mesh: str | None, schemas: tuple[Path, ...]) -> int:
    """Print the JSON Schema of a kind: one of meshgen's own, or one that a mesh defines.

    KIND is a name; where several groups have it, the group stands behind a dot, and
    a version that is not the preferred one behind a slash.

    For example:
      meshgen schema show MeshIntent > meshintent.json
      meshgen schema show VirtualService -m istio
      meshgen schema show HTTPRoute.gateway.networking.k8s.io/v1beta1 -m linkerd

    Put this above an intent, and editors that know the YAML language server use it:
      # yaml-language-server: $schema=meshintent.json
    """
    own = kinds()
    if kind is None:
        hint = "add one of these, or one that meshgen schema list names"
        raise misuse("schema show needs a KIND", hint=hint, choices=tuple(own))
    if kind in own:
        return print_out(f"{json.dumps(json_schema(own[kind]), indent=2)}\n")
    store = store_of(mesh, schemas)
    entry, version = _found(kind, store)
    return print_out(export.written(store.load(entry, version)))


def _found(word: str, store: Store) -> tuple[Entry, str]:
    asked = _ASKED.fullmatch(word)
    kind, group, version = _Asked(word, None, None) if asked is None else _Asked(*asked.groups())
    named = {each.entry.group: each.entry for each in store.kinds() if each.entry.kind == kind}
    if not named:
        known = {*kinds(), *(each.entry.kind for each in store.kinds())}
        hint = near_miss(kind, known) or "meshgen schema list names every kind"
        raise misuse(f"there is no schema of {word!r}", hint=hint)
    entry = _of_group(kind, group, named)
    if not entry.served:
        hint = "write served: true in its definition, and import it again"
        raise misuse(f"{entry.group or _CORE} serves no version of {kind}", hint=hint)
    if version is not None and version not in entry.served:
        hint = f"served are {', '.join(entry.versions)}"
        raise misuse(f"{entry.group or _CORE} does not serve {kind} as {version!r}", hint=hint)
    return entry, version or entry.versions[0]


def _of_group(kind: str, group: str | None, named: Mapping[str, Entry]) -> Entry:
    if group is None and len(named) == 1:
        (only,) = named.values()
        return only
    choices = tuple(f"{kind}.{each or _CORE}" for each in sorted(named))
    if group is None:
        raise misuse(f"several groups have a kind {kind}", hint="write one of these", choices=choices)
    found = named.get("" if group == _CORE else group)
    if found is None:
        raise misuse(f"there is no kind {kind} of {group!r}", hint="write one of these", choices=choices)
    return found
