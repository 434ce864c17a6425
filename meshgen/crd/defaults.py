"""What the API server does to an object before it judges it: nulls dropped, defaults filled in."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.crd.metadata import OBJECT_META
from meshgen.crd.nodes import leading_to
from meshgen.crd.served import ServedKind


def prepared(served: ServedKind, body: Any) -> Any:
    """Return the body with its defaults, as all later rungs see it; what is unchanged is shared.

    A null where none is allowed counts as absent. An absent object is not created to hold the
    defaults of its members. A null in a list stays, and is refused later.
    """
    # apiextensions-apiserver pkg/apiserver/schema/defaulting: PruneNonNullableNullsWithoutDefaults, Default
    schema = _with_metadata(served) if _has_null(body) else _defaulting(served)
    return body if schema is None else _filled(schema, body)


def _has_null(body: Any) -> bool:
    pending = [body]
    while pending:
        match pending.pop():
            case None:
                return True
            case dict() as value:
                pending.extend(value.values())
            case list() as value:
                pending.extend(value)
            case _:
                pass
    return False


@functools.cache
def _with_metadata(served: ServedKind) -> Mapping[str, Any]:
    return {**served.schema, "properties": {**served.schema.get("properties", {}), "metadata": OBJECT_META}}


@functools.cache
def _defaulting(served: ServedKind) -> Mapping[str, Any] | None:
    return leading_to(served.schema, _has_default)


def _has_default(schema: Mapping[str, Any]) -> bool:
    return schema.get("default") is not None


def _filled(schema: Mapping[str, Any], value: Any) -> Any:
    match value:
        case dict():
            return _filled_map(schema, value)
        case list() if "items" in schema:
            below: Mapping[str, Any] = schema["items"]
            instead = None if _is_nullable(below) else below.get("default")
            return [_filled(below, instead if child is None else child) for child in value]
        case _:
            return value


def _filled_map(schema: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    filled = dict(value)
    for key, below in _members(schema, value):
        if value.get(key) is not None:
            filled[key] = _filled(below, value[key])
        elif key in value and _is_nullable(below):
            continue
        elif _has_default(below):
            filled[key] = _filled(below, below["default"])
        else:
            filled.pop(key, None)
    return filled


def _members(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    named: Mapping[str, Any] = schema.get("properties", {})
    yield from named.items()
    others = schema.get("additionalProperties")
    if isinstance(others, Mapping):
        yield from ((key, others) for key in value if key not in named)


def _is_nullable(schema: Mapping[str, Any]) -> bool:
    types = schema.get("type", ())
    return types == "null" or "null" in types
