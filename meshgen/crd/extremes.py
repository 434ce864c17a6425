"""What no API server could be sent, kept from engines that would stumble over it."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import Any

from meshgen.crd.wording import shown
from meshgen.resources import Path

_DEEPEST = 200  # jsonschema-rs gives up at 255, the engine of CEL dies of 10,000
_LARGEST = int(sys.float_info.max)

Extreme = tuple[Path, str]  # where it stands and what is wrong with it


def extremes(body: Any) -> tuple[Extreme, ...]:
    """List what no later rung may see: nesting without end, numbers and text that JSON has not."""
    return () if _is_plain(body) else tuple(_extremes(body))


def _is_plain(body: Any) -> bool:
    """Tell the bodies that most are, of which nothing else need be asked; others may be sound too."""
    level = [body]
    for _ in range(_DEEPEST):
        below: list[Any] = []
        for value in level:
            match value:
                case str() if not value.isascii():
                    return False
                case dict():
                    below += value  # keys are text of the next level
                    below += value.values()
                case list():
                    below += value
                case int() | float() if not -_LARGEST <= value <= _LARGEST:
                    return False
                case _:
                    pass
        if not below:
            return True
        level = below
    return False


def _extremes(body: Any) -> Iterator[Extreme]:
    pending: list[tuple[Any, Path]] = [(body, ())]
    while pending:
        value, path = pending.pop()
        if len(path) > _DEEPEST:
            yield ((), f"a value is nested more than {_DEEPEST} levels deep")
            return
        match value:
            case str():
                yield from _half_characters(value, path)
            case dict():
                for key in value:
                    yield from _half_characters(key, path)
                pending += ((child, (*path, key)) for key, child in value.items())
            case list():
                pending += ((child, (*path, index)) for index, child in enumerate(value))
            case int() | float():
                yield from _wrong_number(value, path)
            case _:
                pass


def _half_characters(text: str, path: Path) -> Iterator[Extreme]:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        at = error.start
        yield (path, f"{shown(text)} holds {text[at]!r} at {at}, half of a character")


def _wrong_number(number: float, path: Path) -> Iterator[Extreme]:
    if isinstance(number, int):
        if not -_LARGEST <= number <= _LARGEST:
            yield (path, f"an integer of {number.bit_length()} bits is more than any field holds")
    elif not math.isfinite(number):
        yield (path, f"{number} is no number that JSON has")
