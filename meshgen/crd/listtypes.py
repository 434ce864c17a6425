"""Lists that are sets or maps: an API server refuses the second of two entries that are one."""

from __future__ import annotations

import functools
import json
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, cast

from meshgen.crd.nodes import Node, leading_to, nodes
from meshgen.crd.served import ServedKind
from meshgen.crd.wording import both, shown
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, spell

DUPLICATE_ENTRY = Code(
    number="MG406",
    slug="duplicate-entry",
    meaning="A list whose entries are told apart by a key, or by themselves, holds one of them twice.",
)


def duplicates(served: ServedKind, body: Any) -> Iterator[Complaint]:
    """Yield the second of equal entries of each list that is a set or a map, MG406."""
    schema = _with_lists(served)
    if schema is None:
        return
    for node in nodes(schema, body):
        if _is_distinct(node.schema) and isinstance(node.value, list) and len(node.value) > 1:
            yield from _duplicates(node)


@functools.cache
def _with_lists(served: ServedKind) -> Mapping[str, Any] | None:
    return leading_to(served.schema, _is_distinct)


def _is_distinct(schema: Mapping[str, Any]) -> bool:
    return schema.get("x-kubernetes-list-type") in ("map", "set")


def _duplicates(node: Node) -> Iterator[Complaint]:
    keys = tuple(node.schema.get("x-kubernetes-list-map-keys", ()))
    first: dict[Hashable, int] = {}
    told: set[Hashable] = set()
    for index, entry in enumerate(node.value):
        identity = _identity_by(keys, entry) if keys and isinstance(entry, dict) else _identity(entry)
        # apiextensions-apiserver pkg/apiserver/schema/listtype/validation.go: a third one is no further error
        if first.setdefault(identity, index) != index and identity not in told:
            told.add(identity)
            yield _complaint(node, index, entry=entry, first=first[identity])


def _identity_by(keys: tuple[str, ...], entry: Mapping[str, Any]) -> Hashable:
    return tuple((key, _identity(entry[key])) for key in keys if key in entry)


def _identity(value: Any) -> Hashable:
    match value:
        case bool():
            return (bool, value)  # else true is 1
        case dict() | list():
            return (list, json.dumps(value, sort_keys=True))
        case _:
            return cast(Hashable, value)


def _complaint(node: Node, index: int, *, entry: Any, first: int) -> Complaint:
    keys = node.schema.get("x-kubernetes-list-map-keys", ())
    if keys and isinstance(entry, dict):
        said = both([f"{key} {shown(entry[key])}" if key in entry else f"no {key}" for key in keys])
        what, hint = (
            f"an entry with {said}",
            f"each entry needs {both([f'a {key}' for key in keys])} of its own",
        )
    else:
        what, hint = shown(entry), "write it once"
    return Complaint(
        code=DUPLICATE_ENTRY,
        path=(*node.path, index),
        message=f"{what} stands in the list twice, first at {spell((*node.path[-1:], first))}",
        hint=hint,
    )
