"""`meshgen kustomize`: meshgen as a part of a kustomization."""

from __future__ import annotations

import click

from meshgen.cli.groups import Words
from meshgen.cli.help import written
from meshgen.cli.kustomize import installing, plugin, starting


@click.group("kustomize", cls=Words, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Run meshgen inside of kustomize and kubectl.

    For example:
      meshgen kustomize init intent.yaml -m linkerd
      meshgen kustomize install-plugin
      kubectl kustomize --enable-alpha-plugins .
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


command.add_command(starting.command)
command.add_command(installing.command)
command.add_command(plugin.command)
