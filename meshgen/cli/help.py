"""Help texts stand as they were written: examples and lists are not filled like prose."""

from __future__ import annotations

import inspect

import click


class Verbatim(click.Command):
    """A command whose docstring is its help, line for line."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the docstring below the usage line."""
        formatter.write_paragraph()
        for line in written(self).splitlines():
            formatter.write(f"  {line}".rstrip() + "\n")


def written(command: click.Command) -> str:
    """Give the docstring of a command without its indentation."""
    return inspect.cleandoc(command.help or "")
