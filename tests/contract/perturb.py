"""Neighbours of a written value: next to it, at the bounds of its type, another member, nothing at all."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from meshgen.acceptance import Loss, without
from meshgen.intent.features import Located
from meshgen.intent.match import Exact, Present
from meshgen.intent.model import Protocol
from meshgen.intent.policy import RetryCondition
from meshgen.values import Duration, Percent

OF_GRPC = frozenset({"cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"})
# Keys of which both truth values may be written; of the others only `true` exists.
TWO_SIDED = frozenset({"create_service", "forward", "allow_credentials"})


def neighbours(value: Any, field: str = "") -> Iterator[Any]:
    """Yield other values that the same field could hold, and that mean something where it stands."""
    match value:
        case bool():
            yield from (not value,) if field in TWO_SIDED else ()
        case RetryCondition():
            is_of_grpc = value.value in OF_GRPC
            yield from (
                other
                for other in RetryCondition
                if other is not value and (other.value in OF_GRPC) == is_of_grpc
            )
        case Protocol.TCP | Protocol.TLS:
            # of the other one a mesh sees connections too
            yield from (Protocol.HTTP, Protocol.HTTP2, Protocol.GRPC)
        case enum.Enum():
            yield from (member for member in type(value) if member is not value)
        case int():
            yield from {value + 1, max(value - 1, 1), 1, 65_000} - {value}
        case Duration(ms=ms):
            yield from (Duration(other) for other in {ms + 1, ms * 2, 1, 60_000} - {ms})
        case Percent(hundredths=hundredths):
            yield from (Percent(other) for other in {hundredths + 1, 0, 10_000} - {hundredths})
        case str():
            yield from _texts(value)
        case Mapping():
            yield from _mappings(value)
        case tuple():
            yield from _tuples(value)


def _texts(text: str) -> Iterator[str]:
    if "/" in text and text[0].isdigit():
        yield "10.0.0.0/9"
    elif text == "80":
        yield "81"
    elif text in _REFERENCES:
        yield _REFERENCES[text]
    elif "{" in text:
        yield text.replace("AAAA", "BBBB")
    else:
        yield text + "x"
        yield text[:-1] + ("y" if text[-1] != "y" else "z")


# Names that must stand for something in the sample.
_REFERENCES = {"client": "other", "other": "web", "v1": "v2", "v2": "v1", "login": "login2", "8080": "8081"}


def _mappings(mapping: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    names, values = tuple(mapping), tuple(mapping.values())
    if all(isinstance(value, Percent) for value in values):
        yield {"v1": Percent(6_001), "v2": Percent(3_999)}
        yield {"v2": Percent(10_000)}
        yield {"v1": Percent(0), "v2": Percent(10_000)}
        return
    if any(isinstance(value, Located) for value in values):
        return  # what is below has ids of its own
    first = names[0]
    for other in neighbours(values[0]):
        yield {**mapping, first: other}
    yield {**mapping, f"{first}-x": values[0]}


def _tuples(items: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for other in neighbours(items[0]):
        yield (other, *items[1:])
        yield (*items, other)


def changed(root: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """Put another value at a path of a model value; everything beside it stays."""
    if not path:
        return value
    step, *rest = path
    if isinstance(root, tuple):
        index = int(step)
        return (*root[:index], changed(root[index], tuple(rest), value), *root[index + 1 :])
    if isinstance(root, Mapping):
        return {**root, step: changed(root[str(step)], tuple(rest), value)}
    return replace(root, **{str(step): changed(getattr(root, str(step)), tuple(rest), value)})


def absent(service: Any, path: tuple[str | int, ...]) -> Any:
    """Give a service without what stands at a path, and without each block that cannot stand without it."""
    return without(service, Loss.FIELD, path)


def other_kind(holder: Any) -> Iterator[Any]:
    """Yield another of the alternatives that one key tells apart."""
    match holder:
        case Present():
            yield Exact(exact="other")
        case _ if type(holder).__name__ == "Absent":
            yield Present(present=True)
            yield Exact(exact="other")
