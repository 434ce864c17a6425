"""The words in which values and types are told to the user."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

_LONGEST = 80  # characters of a value that a message shows

_WANTED = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "array": "a list",
    "object": "a map",
    "null": "null",
}


def shown(value: Any) -> str:
    """Show a value on one line, cut where it is long."""
    text = repr(value[: _LONGEST + 1]) if isinstance(value, str) else _json(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _json(value: Any) -> str:
    chunks = json.JSONEncoder(ensure_ascii=False).iterencode(value)
    text = ""
    while len(text) <= _LONGEST and (chunk := next(chunks, None)) is not None:
        text += chunk
    return text


def type_of(value: Any) -> str:
    """Name the type of a value that is not null, with its article."""
    match value:
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "a map"


def wanted(types: Iterable[str]) -> str:
    """Name the types that a schema asks for; null is told only where it is all."""
    names = sorted(_WANTED[name] for name in types)
    return either([name for name in names if name != "null"] or names)


def listed(names: Iterable[str], *, most: int) -> str:
    """List names, the first of them where they are many."""
    every = list(names)
    told = ", ".join(every[:most])
    return told if len(every) <= most else f"{told} and {len(every) - most} more"


def either(words: Sequence[str]) -> str:
    """Join alternatives: `a, b or c`."""
    return _joined(words, "or")


def both(words: Sequence[str]) -> str:
    """Join what stands together: `a, b and c`."""
    return _joined(words, "and")


def _joined(words: Sequence[str], last: str) -> str:
    return f" {last} ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
