"""`meshgen schema`: what objects have to look like, for editors and validators, and whose word that is."""

from __future__ import annotations

import click

from meshgen.cli.groups import Words
from meshgen.cli.help import written
from meshgen.cli.schema import exporting, importing, listing, pulling, showing
from meshgen.cli.schema.known import store_of
from meshgen.kinds import kinds


class _Schemas(Words):
    """Knows that the name of a kind alone means to show its schema."""

    def meant(self, word: str) -> str | None:
        """Say what to type for a kind."""
        known = {*kinds(), *(listed.entry.kind for listed in store_of(None, ()).kinds())}
        return f"type meshgen schema show {word}" if word in known else None


@click.group("schema", cls=_Schemas, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Print, import and export schemas: what objects have to look like, for editors and validators.

    For example:
      meshgen schema list -m linkerd
      meshgen schema show MeshIntent > meshintent.json
      meshgen schema show VirtualService.networking.istio.io/v1
      meshgen schema import crds/ --mesh istio --mesh-version 1.31 -d schemas
      meshgen schema pull -d schemas
      meshgen schema export -m istio -d kubeconform
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


command.add_command(listing.command)
command.add_command(showing.command)
command.add_command(importing.command)
command.add_command(pulling.command)
command.add_command(exporting.command)
