"""A sound object broken in one field, in each of five ways that its schema calls a break, or filled oddly."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from meshgen.crd.nodes import Node, nodes
from meshgen.resources import Path


class Broken(NamedTuple):
    """A copy of an object, what was done to it, and where that is to be told."""

    way: str
    path: Path
    missing: str | None  # the key that the mapping at the path lost
    body: Mapping[str, Any]


class Break(NamedTuple):
    """One way to break what stands at a node."""

    path: Path
    change: Callable[[Any], Any]  # of the value at the node
    missing: str | None = None


def broken(schema: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield every copy with one broken field; `schema` is that of the kind."""
    for node in nodes(schema, body):
        for way in WAYS:
            for path, change, missing in WAYS[way](node):
                yield Broken(way, path, missing, changed(body, node.path, change))


def odd(schema: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Broken]:
    """Yield copies in which a field holds what nobody meant for it; some are sound."""
    for node in nodes(schema, body):
        if node.path and node.path[0] not in ("apiVersion", "kind", "metadata"):
            start = zlib.crc32(repr(node.path).encode())
            for way in range(ODDITIES):
                value = ODD[(start + way) % len(ODD)]
                yield Broken(f"oddity {way}", node.path, None, changed(body, node.path, partial(_put, value)))


def _put(value: Any, _before: Any) -> Any:
    return value


ODDITIES = 2  # of each field
ODD: tuple[Any, ...] = (
    *(None, "", "x", "é", "a b", "-", "%zz", "*.a.b", "a" * 300, "a" * 5_000),
    *("0", "1", "1s", "1.5s", "500m", "10.0.0.1", "2020-01-01", "http://a/b"),
    *(0, 1, -1, 1.5, 2**31, 2**62, 1e30, True, False),
    *([], [None], [1], ["x"], ["a", "a"], [{}], [[]]),
    *({}, {"a": None}, {"": 1}, {"a": {"b": [1]}}, {"a": "b"}, {"80": {}}),
)


def _mistyped(node: Node) -> Iterator[Break]:
    types = node.schema.get("type", ())
    types = (types,) if isinstance(types, str) else types
    other: Any = ["broken"] if "object" in types or "string" in types else {"broken": True}
    if types and node.path:
        yield Break(node.path, lambda _: other)


def _unknown(node: Node) -> Iterator[Break]:
    if node.schema.get("additionalProperties") is False and isinstance(node.value, dict):
        yield Break((*node.path, "broken"), lambda value: {**value, "broken": 1})


def _missing(node: Node) -> Iterator[Break]:
    properties = node.schema.get("properties", {})
    for key in node.schema.get("required", ()):
        if isinstance(node.value, dict) and key in node.value and "default" not in properties.get(key, {}):
            yield Break(node.path, partial(_without, key), key)


def _without(key: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: below for name, below in value.items() if name != key}


def _outside_enum(node: Node) -> Iterator[Break]:
    if "enum" in node.schema and isinstance(node.value, str):
        yield Break(node.path, lambda value: f"{value}-broken")


def _duplicate(node: Node) -> Iterator[Break]:
    is_of_distinct = node.schema.get("x-kubernetes-list-type") in ("map", "set")
    if is_of_distinct and isinstance(node.value, list) and node.value:
        yield Break((*node.path, len(node.value)), lambda value: [*value, value[0]])


WAYS: Mapping[str, Callable[[Node], Iterator[Break]]] = {
    "type": _mistyped,
    "unknown key": _unknown,
    "missing key": _missing,
    "enum": _outside_enum,
    "duplicate": _duplicate,
}


def changed(value: Any, path: Path, change: Callable[[Any], Any]) -> Any:
    """Copy a value as far as needed, with what stands at a path changed."""
    if not path:
        return change(value)
    step, *below = path
    if isinstance(value, list):
        return [
            changed(each, tuple(below), change) if index == step else each for index, each in enumerate(value)
        ]
    return {key: changed(each, tuple(below), change) if key == step else each for key, each in value.items()}
