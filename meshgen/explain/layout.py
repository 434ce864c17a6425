"""Explanations as text: paragraphs and what is indented below them, filled for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

_WIDTH = 100


def text(lines: Iterable[str]) -> str:
    """Join lines, with one line feed at the end."""
    return "".join(f"{line}\n" for line in lines)


def filled(words: str, *, indent: str = "  ", first: str | None = None) -> Iterator[str]:
    """Break a sentence into lines; `first` begins the first one, and the others stand below its words."""
    begin = indent if first is None else f"{indent}{first}"
    yield from textwrap.wrap(
        words,
        _WIDTH,
        initial_indent=begin,
        subsequent_indent=" " * len(begin),
        break_long_words=False,
        break_on_hyphens=False,
    )


def indented(block: str) -> Iterator[str]:
    """Move a block to the right, line for line."""
    yield from (f"  {line}".rstrip() for line in block.splitlines())
