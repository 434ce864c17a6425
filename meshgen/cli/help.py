"""Help texts stand as they were written: examples and lists are not filled like prose."""

from __future__ import annotations

import click


class Verbatim(click.Command):
    """A command whose docstring is its help, line for line."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the docstring below the usage line."""
        formatter.write_paragraph()
        for line in (self.help or "").splitlines():
            formatter.write(f"  {line}".rstrip() + "\n")
