"""What is left of a path prefix without some paths below it, as a regular expression."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from meshgen.intent.match import PathExact, PathPrefix, PathRegex


class _Taken(NamedTuple):
    """Paths that do not belong to the rest, as far as they go on from here."""

    exact: frozenset[str]
    prefixes: frozenset[str]

    def after(self, char: str) -> _Taken:
        return _Taken(
            exact=frozenset(text[1:] for text in self.exact if text.startswith(char)),
            prefixes=frozenset(text[1:] for text in self.prefixes if text.startswith(char)),
        )

    @property
    def first_chars(self) -> list[str]:
        slash = {"/"} if "" in self.prefixes else set()
        return sorted({text[0] for text in (*self.exact, *self.prefixes) if text} | slash)


def rest_of(prefix: str, taken: Iterable[PathExact | PathPrefix]) -> PathRegex:
    """Cover what lies under `prefix`, and neither is the path itself nor one of `taken`."""
    paths = tuple(taken)
    root = "" if prefix == "/" else f"{prefix}/"
    exact = {path.exact for path in paths if isinstance(path, PathExact)} | {prefix}
    prefixes = {path.prefix for path in paths if isinstance(path, PathPrefix)}
    below = _Taken(
        exact=frozenset(text.removeprefix(root) for text in exact if text.startswith(root)),
        prefixes=frozenset(text.removeprefix(root) for text in prefixes),
    )
    return PathRegex(regex=re.escape(root) + _without(below))


def _without(taken: _Taken) -> str:
    """Spell every text that is not taken, character by character."""
    if not taken.exact and not taken.prefixes:
        return ".*"
    chars = taken.first_chars
    options = [f"[^{''.join(map(re.escape, chars))}].*"] if chars else [".+"]
    if "" not in taken.exact and "" not in taken.prefixes:
        options.append("")
    onward = [char for char in chars if not (char == "/" and "" in taken.prefixes)]
    options += [re.escape(char) + _without(taken.after(char)) for char in onward]
    return options[0] if len(options) == 1 else f"(?:{'|'.join(options)})"
