"""Places as CI servers know them: paths from the working directory, columns in UTF-16 code units."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from meshgen.diagnostics import Diagnostic, Span

_BREAK = re.compile("\r\n|\n|\r")  # those of YAML that the reader lets through


class Region(NamedTuple):
    """A part of one line, columns in UTF-16 code units; `end` is that of the first one behind it."""

    line: int
    start: int
    end: int


class Sources:
    """The files in which something was found; each is read once, when a place in it is asked for."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[str, ...]] = {}

    def lines(self, file: str) -> tuple[str, ...]:
        """Split a file into lines without their ends; none where its text cannot be had again."""
        if file not in self._lines:
            self._lines[file] = _read(file)
        return self._lines[file]

    def region(self, span: Span) -> Region:
        """Reach from a place to the end of its line; where the text is unknown, no further.

        A byte order mark is no column (SARIF 2.1.0, 3.30.2).
        """
        lines = self.lines(span.file)
        if span.line > len(lines):
            return Region(span.line, span.column, span.column)
        text = lines[span.line - 1]
        visible = text.removeprefix("\ufeff") if span.line == 1 else text
        start = _units(visible[: span.column - 1]) + 1
        return Region(span.line, start, max(start, _units(visible.rstrip()) + 1))


def _read(file: str) -> tuple[str, ...]:
    try:
        if file == "-" or not Path(file).is_file():  # a pipe is spent
            return ()
        return tuple(_BREAK.split(Path(file).read_bytes().decode("utf-8", errors="replace")))
    except OSError:  # gone, or shut, since it was read
        return ()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", errors="surrogatepass")) // 2


def path(file: str) -> str:
    """Name a file from the working directory; by its whole path where it lies elsewhere."""
    if file == "-":
        return "stdin"
    whole = Path(os.path.abspath(file))
    here = Path.cwd()
    return (whole.relative_to(here) if whole.is_relative_to(here) else whole).as_posix()


def in_files(found: Diagnostic) -> Diagnostic:
    """Name live objects in the message, for whoever knows places in files alone."""
    live = tuple(f"{what}: {span}" for what, span in found.related if not span.is_in_text)
    is_placed = found.span is None or found.span.is_in_text
    if is_placed and not live:
        return found
    return replace(
        found,
        span=found.span if is_placed else None,
        message=("" if is_placed else f"{found.span}: ") + "; ".join((found.message, *live)),
        related=tuple(each for each in found.related if each[1].is_in_text),
    )


def shown_at(found: Diagnostic, inputs: Sequence[str]) -> Span:
    """Place a finding without a line at the head of the first input: some servers drop it otherwise."""
    return found.span or Span(inputs[0] if inputs else ".", 1, 1)
