"""Commands below a command: a word that is none of them is answered with what to type."""

from __future__ import annotations

import click

from meshgen.cli.help import Verbatim
from meshgen.cli.usage import misuse
from meshgen.diagnostics import near_miss


class Words(Verbatim, click.Group):
    """A group that knows its words."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a line, or say what to type instead."""
        word = args[0]
        if word not in self.commands and not ctx.resilient_parsing:
            hint = self.meant(word) or near_miss(word, self.commands)
            raise misuse(
                f"{self.name} has no command {word!r}",
                hint=hint or f"meshgen {self.name} --help shows every command",
            )
        return super().resolve_command(ctx, args)

    def meant(self, word: str) -> str | None:  # noqa: ARG002
        """Say what somebody means who types a word that is no command; None where nobody knows."""
        return None
