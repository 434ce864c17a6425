"""The command line: one file a command, imported only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from meshgen import __version__
from meshgen.cli import usage
from meshgen.cli.help import Verbatim, written

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

# In the order in which a newcomer needs them.
COMMANDS = (
    "init",
    "render",
    "validate",
    "verify",
    "test",
    "trace",
    "diff",
    "graph",
    "capabilities",
    "explain",
    "profile",
    "schema",
    "fmt",
    "kustomize",
    "krm",
    "helm",
    "argocd",
    "completion",
)
_INTERRUPTED = 128 + 2  # as a shell says that a command died of SIGINT


class _Commands(Verbatim, click.Group):
    """Finds a command in the file of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """List the commands for --help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        found = importlib.import_module(f"meshgen.cli.{cmd_name}").command
        assert isinstance(found, click.Command)
        return found

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names without importing what they name: TAB has no time for it."""
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name) for name in COMMANDS if name.startswith(incomplete)]
        return [*names, *click.Command.shell_complete(self, ctx, incomplete)]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line, or say what to type instead."""
        if args[0] not in COMMANDS and not ctx.resilient_parsing:
            raise usage.unknown_command(args[0], commands=COMMANDS)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="meshgen %(version)s")
@click.pass_context
def commands(ctx: click.Context) -> None:
    """Translate one mesh-neutral intent to Istio, Linkerd or Consul, without silent loss.

    meshgen render INTENT... --mesh NAME   print the manifests of one mesh
    meshgen render INTENT...               list the meshes to choose from
    meshgen --help                         list commands and options
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


def main() -> None:
    """Run `meshgen` on the arguments of this process and end it."""
    if sys.stderr is None:  # what Python makes of a closed one; nobody listens
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  open until the end
    sys.exit(run(sys.argv[1:]))


def run(args: Sequence[str], *, root: click.Command = commands) -> int:
    """Run one command line; return 0, 1 for findings, 2 for a usage error, 3 for a bug of ours."""
    try:
        status = root.main(args=list(args), prog_name="meshgen", standalone_mode=False)
    except click.UsageError as error:
        usage.tell(error)
        return 2
    except click.Abort:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001  the last resort: our own mistake is told too, never a trace
        from meshgen.cli import bug

        bug.tell(error)
        return 3
    return status if isinstance(status, int) else 0
