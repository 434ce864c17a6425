"""`meshgen helm`: meshgen behind the engine of Helm."""

from __future__ import annotations

import click

from meshgen.cli.groups import Words
from meshgen.cli.helm import post_render
from meshgen.cli.help import written

_POST_RENDER = "type meshgen helm post-render, as a post-renderer of helm"


class _Helm(Words):
    def meant(self, word: str) -> str | None:
        """Answer the words of Helm itself."""
        return _POST_RENDER if word in ("template", "install", "upgrade", "postrender", "render") else None


@click.group("helm", cls=_Helm, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Add mesh objects to what a chart renders.

    For example:
      helm template shop ./chart | meshgen helm post-render --intent intent.yaml -m linkerd
      meshgen helm post-render --help
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


command.add_command(post_render.command)
