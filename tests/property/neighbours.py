"""What could stand instead of a value: near it, at a bound, of another type, with one entry more or less."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from meshgen.intent.document import AlternativesShape, EitherShape, ListShape, MapShape, ObjectShape
from meshgen.intent.shape import EnumShape, ParsedShape, Shape, TextShape, WholeShape
from meshgen.values import PORT, Duration, Text
from tests.property.documents import WORDS, fields, plain

_NUMBERS = (-1, 0, 1, 99.5, 100.5, 70_000, 10**18)


def neighbours(shape: Shape, value: Any) -> list[Any]:
    """List values of which JSON Schema can say whether the field allows them."""
    found = (*_near(shape, value), *WORDS, *_unquoted(shape), [value], {"x": value}, [], {}, None)
    return [other for other in found if not isinstance(other, str) or is_judged(other)]


def is_judged(text: str) -> bool:
    """False where it takes arithmetic to judge a text: a length of time, a port's number in quotes."""
    if text.isdecimal():
        return len(text) < 6 and PORT.check(int(text)) is None
    if re.search(Duration.pattern, text) is None:
        return True
    try:
        Duration.parse(text)
    except ValueError:
        return False
    return True


def _unquoted(shape: Shape) -> tuple[bool | float, ...]:
    """List what a field may be given without quotes that is not read as text there; to JSON it never is."""
    match shape:
        case TextShape(limit=Text(number=None)) | ObjectShape(shorthand=str()):
            return ()
        case TextShape():
            return _NUMBERS
        case _:
            return (True, False, *_NUMBERS)


def _near(shape: Shape, value: Any) -> Iterator[Any]:
    match shape, value:
        case EitherShape(words=words, other=other), _:
            yield from _near(words, value)
            yield plain(other)
        case _, str():
            yield from _texts(shape, value)
        case WholeShape(limit=limit), _:
            yield from (limit.least - 1, limit.least, limit.most, limit.most + 1, str(limit.least))
        case EnumShape(members=members), _:
            yield from (value for member in members.values() for value in (member.value, str(member.value)))
        case ParsedShape(), _:
            yield from (0, 0.01, 100, 100.01, -0.01, "50")
        case ListShape(), list():
            yield from ([*value, *value], value[1:], [*value, None])
        case ((ObjectShape() | AlternativesShape() | MapShape()), dict()):
            yield from _mappings(shape, value)


def _texts(shape: Shape, text: str) -> Iterator[str]:
    yield from ("", f"{text} ", f" {text}", f"{text}-", f"{text}/a", text.upper(), text[:-1])
    match shape:
        case EnumShape(members=members):
            yield from map(str, members)
        case TextShape(limit=Text(longest=int(longest))):
            yield from (text + text[-1:] * (length - len(text)) for length in (longest, longest + 1))


def _mappings(shape: Shape, value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    known = fields(shape)
    yield from (_without(value, (key,)) for key in value)
    yield from ({key: plain(inner)} for key, inner in known.items())
    if isinstance(shape, MapShape):
        yield from (
            {**value, key: plain(shape.value)} for key in (*_texts(shape.key, plain(shape.key)), *WORDS)
        )
    else:
        yield from ({**value, key: 1} for key in ("x", "", *(f"{key}s" for key in known)) if key not in known)
    for group in _groups(shape):
        for size in range(3):
            for keys in combinations(group, size):
                yield {**_without(value, group), **{key: plain(known[key]) for key in keys}}


def _groups(shape: Shape) -> list[tuple[str, ...]]:
    """List the keys that know of each other."""
    match shape:
        case ObjectShape(constraints=constraints):
            return [constraint.keys for constraint in constraints]
        case AlternativesShape(options=options):
            return [tuple(options)]
        case _:
            return []


def _without(value: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if key not in keys}
