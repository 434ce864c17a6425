"""`meshgen argocd`: meshgen as a plugin of Argo CD."""

from __future__ import annotations

import click

from meshgen.cli.argocd import generate, parameters
from meshgen.cli.groups import Words
from meshgen.cli.help import written


class _ArgoCd(Words):
    def meant(self, word: str) -> str | None:
        """Answer the words of plugin.yaml."""
        return (
            "type meshgen argocd generate" if word in ("render", "build", "manifests", "template") else None
        )


@click.group("argocd", cls=_ArgoCd, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Run meshgen as a config management plugin of Argo CD.

    integrations/argocd has the plugin.yaml that names both commands.

    For example:
      meshgen argocd generate
      meshgen argocd parameters
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


command.add_command(generate.command)
command.add_command(parameters.command)
