"""A value walked beside its schema, node by node."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from meshgen.resources import Path


class Node(NamedTuple):
    """One value, the schema that speaks of it, and where it stands."""

    schema: Mapping[str, Any]
    value: Any
    path: Path


def nodes(schema: Mapping[str, Any], value: Any, path: Path = ()) -> Iterator[Node]:
    """Yield the value and everything below it that the schema speaks of, outermost first, in order.

    What stands in `anyOf`, `oneOf`, `allOf` and `not` restricts values and describes none: it is
    not entered. Any depth will do.
    """
    pending = [Node(schema, value, path)]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(reversed(list(_members(node))))


def _members(node: Node) -> Iterator[Node]:
    match node.value:
        case dict():
            for key, child in node.value.items():
                below = member_schema(node.schema, key)
                if below is not None:
                    yield Node(below, child, (*node.path, key))
        case list() if "items" in node.schema:
            for index, child in enumerate(node.value):
                yield Node(node.schema["items"], child, (*node.path, index))


def member_schema(schema: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    """Find what a schema says of one member of a mapping, or None where it says nothing."""
    named: Mapping[str, Any] = schema.get("properties", {})
    found: Any = named.get(key)
    if found is None:
        found = schema.get("additionalProperties")
    return found if isinstance(found, Mapping) else None


def leading_to(
    schema: Mapping[str, Any], speaks: Callable[[Mapping[str, Any]], bool]
) -> Mapping[str, Any] | None:
    """Cut from a schema each branch where no node speaks; None where nothing is left.

    To walk what is left beside a value visits only where something may be said. It recurses as
    deep as the schema is.
    """
    kept: dict[str, Any] = {}
    for keyword in ("items", "additionalProperties"):
        below = schema.get(keyword)
        part = leading_to(below, speaks) if isinstance(below, Mapping) else None
        if part is not None:
            kept[keyword] = part
    members = {name: leading_to(below, speaks) for name, below in schema.get("properties", {}).items()}
    named = {name: part for name, part in members.items() if part is not None}
    if named:
        kept["properties"] = named
    if not kept and not speaks(schema):
        return None
    return {keyword: said for keyword, said in schema.items() if keyword not in _BRANCHES} | kept


_BRANCHES = frozenset({"items", "additionalProperties", "properties"})
