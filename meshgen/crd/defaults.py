"""What the API server does to an object before it judges it: nulls dropped, defaults filled in."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.crd.nodes import leading_to, member_schema
from meshgen.crd.served import ServedKind


def prepared(served: ServedKind, body: Any) -> Any:
    """Return the body with its defaults, as all later rungs see it; what is unchanged is shared.

    A null where none is allowed counts as absent. An absent object is not created to hold the
    defaults of its members. A null in a list stays, and is refused later.
    """
    # apiextensions-apiserver pkg/apiserver/schema/defaulting: PruneNonNullableNullsWithoutDefaults, Default
    schema = served.schema if _has_null(body) else _defaulting(served)
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
def _defaulting(served: ServedKind) -> Mapping[str, Any] | None:
    return leading_to(served.schema, _has_default)


def _has_default(schema: Mapping[str, Any]) -> bool:
    return schema.get("default") is not None


def _filled(schema: Mapping[str, Any], value: Any) -> Any:
    match value:
        case dict():
            return dict(_members(schema, value))
        case list() if "items" in schema:
            below: Mapping[str, Any] = schema["items"]
            return [_filled(below, _or_default(below, child)) for child in value]
        case _:
            return value


def _members(schema: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, child in value.items():
        below = member_schema(schema, key)
        if below is None:
            yield key, child
        elif child is not None or _is_nullable(below) or _has_default(below):
            yield key, _filled(below, _or_default(below, child))
    for key, below in schema.get("properties", {}).items():
        if key not in value and _has_default(below):
            yield key, _filled(below, below["default"])


def _or_default(schema: Mapping[str, Any], value: Any) -> Any:
    return value if value is not None or _is_nullable(schema) else schema.get("default")


def _is_nullable(schema: Mapping[str, Any]) -> bool:
    types = schema.get("type", ())
    return types == "null" or "null" in types
