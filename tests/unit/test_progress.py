"""Progress: a line once patience is over, which is gone when work is done."""

from __future__ import annotations

import io
import threading

from meshgen.progress import Progress


class Terminal(io.StringIO):
    """A terminal that says when something was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = threading.Event()

    def flush(self) -> None:
        super().flush()
        self.shown.set()


def test_short_work_shows_nothing() -> None:
    terminal = Terminal()
    with Progress(terminal, patience_seconds=60) as progress:
        progress.stage("reading")

    assert "" == terminal.getvalue()


def test_long_work_shows_its_stage_and_leaves_an_empty_line() -> None:
    terminal = Terminal()
    with Progress(terminal, patience_seconds=0) as progress:
        assert terminal.shown.wait(timeout=60)
        progress.stage("reading")
        progress.stage("writing")

    cleared = "\r\x1b[K"
    assert f"{cleared}{cleared}reading ...{cleared}writing ...{cleared}" == terminal.getvalue()


def test_without_a_terminal_nothing_is_shown() -> None:
    with Progress(None, patience_seconds=0) as progress:
        progress.stage("reading")
