"""What every command understands: its inputs, and how its findings are told."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click

from meshgen.cli.completing import files
from meshgen.cli.sink import is_input, open_sink
from meshgen.cli.telling import Color, Report, Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Severity
from meshgen.report import Format

Command = Callable[..., int]


def inputs(noun: str) -> Callable[[Command], Command]:
    """Add the files, folders and `-` to read, as arguments or behind -f; they arrive as `names`."""

    def add(command: Command) -> Command:
        @click.argument("arguments", metavar=f"{noun}...", nargs=-1, shell_complete=files)
        @click.option(
            "-f",
            "files",
            metavar="FILE",
            multiple=True,
            shell_complete=files,
            help=f"Another spelling of {noun}; may be repeated.",
        )
        @functools.wraps(command)
        def with_names(*, arguments: tuple[str, ...], files: tuple[str, ...], **options: Any) -> int:
            if not arguments and not files:
                path = click.get_current_context().command_path
                hint = "name a file, a folder, or - for standard input"
                raise misuse(f"{path} needs {_a(noun)}", hint=hint)
            return command(names=(*arguments, *files), **options)

        return with_names

    return add


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "AEIO" else f"a {noun}"


def telling(command: Command) -> Command:
    """Add the options that say how findings are told; they arrive as `telling`."""

    @click.option(
        "--report",
        "reports",
        metavar="FORMAT[=FILE]",
        multiple=True,
        callback=_reports,
        help=f"Tell findings as {', '.join(form.value for form in Format)}: on stderr, or in FILE. "
        "May be repeated.  [default: text]",
    )
    @click.option(
        "--fail-on",
        type=click.Choice([severity.value for severity in Severity]),
        default=Severity.ERROR.value,
        show_default=True,
        help="The least severity that ends with exit 1 and without manifests.",
    )
    @click.option("-q", "--quiet", is_flag=True, help="On stderr, tell only what makes the command fail.")
    @click.option(
        "--color",
        type=click.Choice([color.value for color in Color]),
        default=Color.AUTO.value,
        show_default=True,
        help="Colour findings; auto asks the terminal, NO_COLOR and FORCE_COLOR.",
    )
    @functools.wraps(command)
    def told(*, reports: tuple[Report, ...], fail_on: str, quiet: bool, color: str, **options: Any) -> int:
        names, gravity = options.get("names", ()), Severity(fail_on)
        _spare(names, reports)
        how = Telling(reports=reports, fail_on=gravity, is_quiet=quiet, color=Color(color), inputs=names)
        return command(telling=how, **options)

    return told


def _spare(names: tuple[str, ...], reports: tuple[Report, ...]) -> None:
    """Refuse a report that would take the place of an input."""
    for _, sink in reports:
        if sink is not None and is_input(sink.path, names):
            hint = "name another file for the report"
            raise misuse(f"{sink.path} is one of the inputs, and is not written over", hint=hint)


def _reports(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[Report, ...]:
    if sum("=" not in value for value in values) > 1:
        raise click.BadParameter("only one report can go to stderr; name a file for the other", ctx, param)
    return tuple(_report(value, param, ctx) for value in values)


def _report(value: str, param: click.Parameter, ctx: click.Context) -> Report:
    """Read FORMAT or FORMAT=FILE; try the file now, before anything is written elsewhere."""
    form, equals, file = value.partition("=")
    forms = [known.value for known in Format]
    if form not in forms:
        raise click.BadParameter(f"{form!r} is not one of {', '.join(forms)}", ctx, param)
    if not equals:
        return Report(Format(form), None)
    if file in ("", "-"):
        raise click.BadParameter(f"{value!r} names no file; write {form} for stderr", ctx, param)
    try:
        return Report(Format(form), open_sink(file))
    except OSError as error:
        message = f"'{click.format_filename(file)}': {error.strerror}"
        raise click.BadParameter(message, ctx, param) from error
