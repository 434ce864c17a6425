"""What only a terminal is shown: colour, and a line that sums up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty", reason="this system has no pseudo terminals")

ROOT = Path(__file__).parents[2]
_PLAIN = re.compile("\x1b\\[[0-9;]*m")
CLEARED = "\r\x1b[K"  # on a slow machine, progress was shown before


def test_a_terminal_is_shown_colour_and_a_summary() -> None:
    shown = _on_terminal("render", "intent.yaml", "--mesh", "istio", "--nothing")

    assert shown == (
        "\x1b[1;31merror[MG710 usage]\x1b[0m: there is no option '--nothing'\n"
        "  \x1b[2mhint:\x1b[0m meshgen render --help shows every option\n"
    )


def test_the_summary_counts_objects_and_findings() -> None:
    assert _on_terminal("render", "intent.yaml", "--mesh", "istio") == "bookinfo -> istio 1.30: 12 objects\n"


def test_the_summary_of_a_failure_says_that_nothing_was_written() -> None:
    shown = _on_terminal("render", "services.yaml", "--mesh", "istio", "--color", "never")

    assert shown == (
        "error[MG113 no-intent]: the files hold no MeshIntent\n"
        "  hint: name a file that holds one\n"
        "no intent -> istio 1.30: nothing written, 1 error\n"
    )


def test_quiet_work_has_no_summary() -> None:
    assert _on_terminal("render", "intent.yaml", "--mesh", "istio", "--quiet") == ""


def test_a_post_renderer_does_not_wait_for_somebody_to_type() -> None:
    shown = _on_terminal("helm", "post-render", "--intent=intent.yaml", "--color=never", is_typed_at=True)

    assert _PLAIN.sub("", shown) == (
        "error[MG710 usage]: post-render reads what a chart rendered on standard input\n"
        "  hint: pipe helm template into it, or name it as a post-renderer\n"
    )


def _on_terminal(*arguments: str, is_typed_at: bool = False) -> str:
    """Run meshgen with a terminal for stderr, and perhaps stdin; return what is left to be seen there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "meshgen", *arguments]
    subprocess.run(
        command,
        cwd=ROOT / "examples" / "bookinfo",
        env=environment,
        check=False,
        stdin=theirs if is_typed_at else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    os.close(theirs)
    shown = _drained(ours).replace("\r\n", "\n")
    os.close(ours)
    return shown.rpartition(CLEARED)[2]


def _drained(terminal: int) -> str:
    """Read until the end, which Linux reports as an error."""
    read = b""
    try:
        while chunk := os.read(terminal, 4096):
            read += chunk
    except OSError:
        pass
    return read.decode()
