"""`meshgen schema export`: a file for each kind, laid out as another validator looks for it."""

from __future__ import annotations

import enum
import sys
from pathlib import Path

import click

from meshgen import schemafiles
from meshgen.cli.clusters import schemas_option
from meshgen.cli.help import Verbatim
from meshgen.cli.schema.known import kinds_option, store_of
from meshgen.diagnostics import Findings
from meshgen.report import Format, report


class Layout(enum.Enum):
    """Where a validator looks for the schema of a kind."""

    KUBECONFORM = "kubeconform"


@click.command("export", cls=Verbatim)
@kinds_option
@schemas_option
@click.option(
    "-d",
    "--output-dir",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default="kubeconform",
    show_default=True,
    help="Write the files below DIR; others there stay.",
)
@click.option(
    "--layout",
    type=click.Choice([layout.value for layout in Layout]),
    default=Layout.KUBECONFORM.value,
    show_default=True,
    help="Where each file lies: <group>/<kind>_<version>.json, with the kind in lower case.",
)
def command(mesh: str | None, schemas: tuple[Path, ...], folder: Path, layout: str) -> int:  # noqa: ARG001
    r"""Write every kind as one JSON Schema that needs no other, draft 2020-12.

    The files say types, required and unknown fields, enums, bounds and patterns. CEL
    rules and list types stand in them for whoever reads these; what only a mesh's
    admission refuses is for meshgen validate.

    For example:
      meshgen schema export -m istio
      kubeconform -schema-location \
        'kubeconform/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' manifests/
    """
    findings = Findings()
    schemafiles.export(store_of(mesh, schemas), folder, findings=findings)
    sys.stderr.write(report(findings, Format.TEXT))
    return 1 if findings.has_errors else 0
