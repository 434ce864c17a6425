"""An object in which one field is dropped, changed, widened, or swapped with its neighbour."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.backend import is_below
from meshgen.crd.nodes import member_schema
from meshgen.resources import Path
from tests.conformance.broken import changed


class Mutant(NamedTuple):
    """A copy of an object, what was done to it and where, and what stood there."""

    way: str
    path: Path
    before: Any
    body: Mapping[str, Any]


class _Field(NamedTuple):
    """A value, the schema that speaks of it if any does, and where it stands."""

    path: Path
    value: Any
    schema: Mapping[str, Any]


_Change = tuple[str, Any]  # the way, and what stands there then


class Reading(NamedTuple):
    """What a mesh reads of the metadata of an object."""

    domains: tuple[str, ...]  # of labels and annotations
    is_named: bool  # something is called by the object's name
    is_placed: bool  # it holds in its namespace alone


def mutants(schema: Mapping[str, Any], body: Mapping[str, Any], read: Reading) -> Iterator[Mutant]:
    """Yield every mutant of an object as it is written."""
    for field in _fields(_Field((), body, schema), read):
        *above, last = field.path
        if field.path != ("metadata", "namespace"):  # then whoever applies it chooses one
            left = changed(body, tuple(above), functools.partial(_without, last))
            yield Mutant("drop", field.path, field.value, left)
        for way, value in _changes(field):
            yield Mutant(
                way, field.path, field.value, changed(body, field.path, functools.partial(_put, value))
            )


def _put(value: Any, _before: Any) -> Any:
    return value


def _without(key: str | int, holder: Any) -> Any:
    if isinstance(holder, list):
        return [each for index, each in enumerate(holder) if index != key]
    return {name: each for name, each in holder.items() if name != key}


def _fields(root: _Field, read: Reading) -> Iterator[_Field]:
    pending = [field for field in reversed([*_members(root)]) if field.path[0] not in _HEAD]
    pending += _metadata(root, read)
    while pending:
        field = pending.pop()
        yield field
        pending.extend(reversed([*_members(field)]))


_HEAD = ("apiVersion", "kind", "metadata")


def _metadata(root: _Field, read: Reading) -> Iterator[_Field]:
    """List what a mesh reads of metadata: names, and labels and annotations of its own domains."""
    metadata = root.value["metadata"]
    for key, is_read in (("name", read.is_named), ("namespace", read.is_placed)):
        if key in metadata and is_read:
            yield _Field(("metadata", key), metadata[key], {})
    for kind in ("labels", "annotations"):
        for name, value in metadata.get(kind, {}).items():
            if is_below(name.rpartition("/")[0], read.domains):
                yield _Field(("metadata", kind, name), value, {})


def _members(field: _Field) -> Iterator[_Field]:
    match field.value:
        case dict():
            for key, value in field.value.items():
                yield _Field((*field.path, key), value, member_schema(field.schema, key) or {})
        case list():
            for index, value in enumerate(field.value):
                yield _Field((*field.path, index), value, field.schema.get("items", {}))


def _changes(field: _Field) -> Iterator[_Change]:
    match field.value:
        case bool() as flag:
            yield "change", not flag
        case int() | float() as number:
            yield "more", number + 1
            yield "less", number - 1
        case str() as text:
            yield from _texts(text, field)
        case list() as items:
            if items != items[::-1]:
                yield "reorder", items[::-1]
            yield from _longer(items)
        case dict() as members:
            yield from _widened(members)


def _texts(text: str, field: _Field) -> Iterator[_Change]:
    members = field.schema.get("enum", ())
    if text in members:
        for other in members:
            if other != text:
                yield f"as {other}", other
        return
    yield "change", _neighbour(text)
    shorter = _shorter(text, str(field.path[-1]))
    if shorter is not None:
        yield "widen", shorter
    elif isinstance(field.path[-1], int) and not text.isdecimal() and text not in _METHODS:
        yield "widen", f"{text}*"
    elif "egex" in str(field.path[-1]):
        yield "widen", f"{text}.*"


def _neighbour(text: str) -> str:
    amount = re.match(r"(\d{1,12})([a-z%]{0,2})$", text)
    if amount is not None:
        return f"{int(amount[1]) + 1}{amount[2]}"
    return f"{text[:-1]}x*" if text.endswith("*") else f"{text}x"


def _shorter(text: str, key: str) -> str | None:
    """Cut the last character that a prefix asks for."""
    if text.endswith("*") and len(text) > 1:
        return f"{text[:-2]}*"
    if text.startswith("*") and len(text) > 1:
        return f"*{text[2:]}"
    return text[:-1] if "refix" in key and len(text) > 1 else None


def _longer(items: Sequence[Any]) -> Iterator[_Change]:
    """Add an item that asks for nothing, or another method or path; a stranger's name says nothing here."""
    match items:
        case [dict(), *_]:
            yield "widen", [{}, *items]
        case [str() as text, *_] if text.startswith("/"):
            yield "widen", [*items, f"{text.removesuffix('/*')}x"]
        case [str() as text, *_] if text in _METHODS:
            yield "widen", [*items, next(each for each in _METHODS if each not in items)]


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")


def _widened(members: Mapping[str, Any]) -> Iterator[_Change]:
    for narrow, wide in _WIDER.items():
        if narrow in members and isinstance(members[narrow], str):
            yield "widen", _renamed(members, narrow, wide)


_WIDER = {"exact": "prefix", "pathExact": "pathPrefix"}


def _renamed(members: Mapping[str, Any], old: str, new: str) -> Mapping[str, Any]:
    return {new if key == old else key: value for key, value in members.items()}
