"""`meshgen capabilities`: which mesh carries which feature of the language."""

from __future__ import annotations

import click

from meshgen.cli.clusters import built_in_option, clusters
from meshgen.cli.help import Verbatim
from meshgen.cli.stdout import print_out
from meshgen.report.matrix import as_json, as_markdown, as_table, matrix

_FORMS = {"table": as_table, "json": as_json, "markdown": as_markdown}


@click.command("capabilities", cls=Verbatim)
@built_in_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="table",
    show_default=True,
    help="A table for the terminal, everything as JSON, or a page.",
)
def command(*, mesh: str | None, form: str) -> int:
    """Show which mesh carries which feature, a line each.

    A feature is what an intent can ask for: the path of its field below the
    service, such as retries.perTryTimeout or mtls.mode.permissive. Of one line,
    meshgen explain FEATURE tells the rest: why, under which condition, what to
    write instead, and where the fact comes from.

    For example:
      meshgen capabilities | grep retries
      meshgen capabilities -m linkerd
      meshgen capabilities --format json | jq '.features["mirror.version"]'
    """
    return print_out(_FORMS[form](matrix(clusters(mesh))))
