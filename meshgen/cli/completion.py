"""`meshgen completion`: the script by which a shell asks meshgen what could come next."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from meshgen.cli.help import Verbatim


@click.command("completion", cls=Verbatim)
@click.argument("shell", metavar="SHELL", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> int:
    """Print the script that lets TAB complete commands, options, meshes, codes, features and kinds.

    SHELL is bash, zsh or fish.

    For example:
      meshgen completion bash > ~/.local/share/bash-completion/completions/meshgen
      meshgen completion zsh > "${fpath[1]}/_meshgen"
      meshgen completion fish > ~/.config/fish/completions/meshgen.fish
      source <(meshgen completion bash)
    """
    from meshgen.cli.stdout import print_out  # it reads YAML, which TAB has no time for

    script = get_completion_class(shell)
    assert script is not None, "click knows the three shells"
    root = ctx.find_root()
    source = script(root.command, {}, "meshgen", "_MESHGEN_COMPLETE").source()
    return print_out(f"{source}\n")
