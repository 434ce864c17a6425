"""What no session can show: a bug of ours, an interruption, and the environment that colours."""

from __future__ import annotations

import re

import click
import pytest

from meshgen.cli import run
from meshgen.cli.telling import Color

BUG = (
    "error[MG901 internal-error]: ValueError at meshgen/cli/__init__.py:LINE in run: no such thing\n"
    "  hint: this is a bug of meshgen: report it with the command and the intent;"
    " MESHGEN_DEBUG=1 adds the trace\n"
)


@click.command()
def buggy() -> None:
    raise ValueError("no such thing")


@click.command()
def interrupted() -> None:
    raise KeyboardInterrupt


def test_a_bug_of_ours_is_a_finding_that_asks_for_a_report(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MESHGEN_DEBUG", raising=False)

    assert 3 == run([], root=buggy)

    out, err = capsys.readouterr()
    assert ("", BUG) == (out, re.sub(r":[0-9]+ in", ":LINE in", err))


def test_a_bug_of_ours_shows_its_trace_where_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MESHGEN_DEBUG", "1")
    run([], root=buggy)
    trace, _, _ = capsys.readouterr().err.partition("\nerror[")

    assert trace.startswith("Traceback (most recent call last):\n")
    assert trace.endswith("ValueError: no such thing")


def test_an_interruption_is_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    assert 130 == run([], root=interrupted)
    assert ("", "\n") == capsys.readouterr()


@pytest.mark.parametrize(
    ("color", "environment", "is_on"),
    [
        (Color.ALWAYS, {"NO_COLOR": "1"}, True),
        (Color.NEVER, {"FORCE_COLOR": "1"}, False),
        (Color.AUTO, {}, False),
        (Color.AUTO, {"FORCE_COLOR": "1"}, True),
        (Color.AUTO, {"CLICOLOR_FORCE": "1"}, True),
        (Color.AUTO, {"FORCE_COLOR": "0"}, False),
        (Color.AUTO, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (Color.AUTO, {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
    ],
)
def test_the_option_decides_about_colour_before_the_environment_does(
    monkeypatch: pytest.MonkeyPatch, color: Color, environment: dict[str, str], *, is_on: bool
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert is_on == color.is_on()
