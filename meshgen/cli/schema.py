"""`meshgen schema`: JSON Schemas, by which editors complete and check while one types."""

from __future__ import annotations

import json

import click

from meshgen.cli.groups import Words
from meshgen.cli.help import Verbatim, written
from meshgen.cli.usage import misuse
from meshgen.diagnostics import near_miss
from meshgen.intent.schema import json_schema
from meshgen.kinds import kinds


class _Schemas(Words):
    """Knows that the name of a kind alone means to show its schema."""

    def meant(self, word: str) -> str | None:
        """Say what to type for a kind."""
        return f"type meshgen schema show {word}" if word in kinds() else None


@click.group("schema", cls=_Schemas, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print JSON Schemas of what meshgen reads, for editors and other tools.

    For example:
      meshgen schema list
      meshgen schema show MeshIntent > meshintent.json
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


@command.command("list", cls=Verbatim)
def list_kinds() -> None:
    """List the kinds that have a schema."""
    for kind in kinds():
        click.echo(kind)


@command.command("show", cls=Verbatim)
@click.argument("kind", required=False, metavar="KIND")
def show(kind: str | None) -> None:
    """Print the JSON Schema of a kind, draft-07.

    Put this above an intent, and editors that know the YAML language server use it:
      # yaml-language-server: $schema=meshintent.json
    """
    known = kinds()
    if kind is None:
        raise misuse("schema show needs a KIND", hint="add one of these", choices=tuple(known))
    if kind not in known:
        hint = near_miss(kind, known) or f"the kinds are {', '.join(known)}"
        raise misuse(f"there is no schema of {kind!r}", hint=hint)
    click.echo(json.dumps(json_schema(known[kind]), indent=2))
