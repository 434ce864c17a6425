"""A structural schema's defaults, filled in before anything is judged, as the API server does."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from .nodes import member_schema


def with_defaults(schema: Mapping[str, Any], value: Any) -> Any:
    """Return a copy of the value with the schema's defaults where members are missing.

    A null where null is not allowed and a default is counts as missing. An absent object is not
    created to hold defaults of its members.
    """
    match value:
        case dict():
            missing = {
                key: copy.deepcopy(below["default"])
                for key, below in schema.get("properties", {}).items()
                if "default" in below and _is_missing(value, key, below)
            }
            return {key: _member(schema, key, child) for key, child in {**value, **missing}.items()}
        case list() if "items" in schema:
            return [with_defaults(schema["items"], child) for child in value]
        case _:
            return value


def _is_missing(value: Mapping[str, Any], key: str, schema: Mapping[str, Any]) -> bool:
    return key not in value or (value[key] is None and not schema.get("nullable", False))


def _member(schema: Mapping[str, Any], key: str, child: Any) -> Any:
    below = member_schema(schema, key)
    return child if below is None else with_defaults(below, child)
