"""A value walked beside its structural schema, node by node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Node(NamedTuple):
    """One value, the schema that speaks of it, and where it stands."""

    schema: Mapping[str, Any]
    value: Any
    where: str


def nodes(schema: Mapping[str, Any], value: Any, where: str = "") -> Iterator[Node]:
    """Yield the value and everything below it that the schema speaks of, outermost first.

    What stands in `anyOf`, `oneOf`, `allOf` and `not` restricts values and describes none: it is
    not entered.
    """
    yield Node(schema, value, where)
    match value:
        case dict():
            for key, child in value.items():
                below = member_schema(schema, key)
                if below is not None:
                    yield from nodes(below, child, path_to(where, key))
        case list() if "items" in schema:
            for index, child in enumerate(value):
                yield from nodes(schema["items"], child, path_to(where, index))


def member_schema(schema: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """Find what a schema says of one member of a mapping, or None where it says nothing."""
    named: Mapping[str, Any] = schema.get("properties", {})
    if key in named:
        found: Mapping[str, Any] = named[key]
        return found
    others = schema.get("additionalProperties")
    return others if isinstance(others, dict) else None


def path_to(where: str, step: str | int) -> str:
    """Write a path as the file reads: `spec.http[0].match`, `metadata.labels["a.b/c"]`."""
    if isinstance(step, int):
        return f"{where}[{step}]"
    if not _PLAIN_KEY.fullmatch(step):
        return f'{where}["{step}"]'
    return f"{where}.{step}" if where else step
