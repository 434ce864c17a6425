"""Structural schemas as JSON Schema: what the API server calls invalid, unknown or duplicate."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs
import re2

from .crds import ServedKind
from .formats import CHECKS, LIKE_JSON_SCHEMA, RANGES, is_known
from .nodes import Node, nodes, path_to

_SAME_MEANING = (
    *("type", "required", "enum", "minimum", "maximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
)
_NOT_A_RESTRICTION = (
    *("description", "title", "example", "default", "nullable", "format"),
    *("x-kubernetes-validations", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
)
_INT_OR_STRING = [{"type": "integer"}, {"type": "string"}]
# apiextensions-apiserver pkg/registry/customresource/strategy.go: errors of type NotSupported,
# Required, TooLong, TooMany and TypeInvalid keep CEL from running.
_STOPS_CEL = frozenset({"enum", "required", "maxLength", "maxItems", "maxProperties", "type"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that a schema forbids."""

    where: str
    message: str
    keyword: str

    @property
    def stops_cel(self) -> bool:
        """Tell whether the API server evaluates no rule of an object with such an error."""
        return self.keyword in _STOPS_CEL


def violations(served: ServedKind, value: Any) -> list[Violation]:
    """List what the schema forbids in a value whose defaults are filled in."""
    broken = [
        Violation(where=_where(error.instance_path), message=error.message, keyword=error.kind.name)
        for error in _validator(served).iter_errors(value)
    ]
    return broken + [twin for node in nodes(served.structural, value) for twin in _duplicates(node)]


@functools.cache
def _validator(served: ServedKind) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        json_schema(served.structural),
        pattern_options=jsonschema_rs.RegexOptions(),
        validate_formats=True,
        formats=dict(CHECKS),
        keywords={"re2": _Re2},
        offline=True,
    )


def json_schema(structural: Mapping[str, Any], *, closed: bool = True) -> dict[str, Any]:
    """Say in JSON Schema what a structural schema means. A keyword without a meaning here raises.

    `closed` rejects unknown members; inside a junctor, which restricts values alone, it is off.
    """
    schema = {keyword: structural[keyword] for keyword in _SAME_MEANING if keyword in structural}
    for keyword in structural:
        if keyword not in _SAME_MEANING and keyword not in _NOT_A_RESTRICTION:
            schema |= _converted(keyword, structural, closed=closed)
    schema |= _format(structural, schema)
    if structural.get("x-kubernetes-int-or-string"):
        schema["type"] = ["integer", "string"]
    if structural.get("nullable"):
        schema |= _nullable(schema)
    if closed and _is_closed(structural):
        return {"properties": {}, **schema, "additionalProperties": False}  # else the name is not told
    return schema


def _converted(keyword: str, structural: Mapping[str, Any], *, closed: bool) -> dict[str, Any]:
    meaning = structural[keyword]
    match keyword:
        case "properties":
            return {keyword: {name: json_schema(child, closed=closed) for name, child in meaning.items()}}
        case "items":
            return {keyword: json_schema(meaning, closed=closed)}
        case "additionalProperties" | "propertyNames":
            return {keyword: meaning if isinstance(meaning, bool) else json_schema(meaning, closed=closed)}
        case "not":
            return {keyword: json_schema(meaning, closed=False)}
        case "pattern":
            # The API server matches with Go's RE2; jsonschema-rs reads [[:alpha:]] otherwise.
            return {"re2": meaning}
        case "allOf" | "anyOf" | "oneOf":
            if structural.get("x-kubernetes-int-or-string") and meaning == _INT_OR_STRING:
                return {}
            return {keyword: [json_schema(branch, closed=False) for branch in meaning]}
        case _:
            raise ValueError(f"schema keyword {keyword!r} has no meaning here")


def _format(structural: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    name = structural.get("format", "")
    if name in RANGES and structural.get("type") in ("integer", "number"):
        lowest, highest = RANGES[name]
        return {
            "minimum": max(lowest, schema.get("minimum", lowest)),
            "maximum": min(highest, schema.get("maximum", highest)),
        }
    if not is_known(name, structural.get("type")):
        return {}
    if name not in CHECKS and name not in LIKE_JSON_SCHEMA:
        raise ValueError(f"format {name!r} has no check here")
    return {"format": name}


def _nullable(schema: Mapping[str, Any]) -> dict[str, Any]:
    wider: dict[str, Any] = {}
    if "type" in schema:
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        wider["type"] = [*types, "null"]
    if "enum" in schema:
        wider["enum"] = [*schema["enum"], None]
    return wider


def _is_closed(structural: Mapping[str, Any]) -> bool:
    is_object = structural.get("type") == "object" or "properties" in structural
    is_open = structural.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in structural
    return is_object and not is_open


class _Re2:
    """The keyword `re2`: a pattern as Go reads it, found anywhere in a string."""

    def __init__(self, _parent: dict[str, Any], pattern: str, _path: list[str | int]) -> None:
        self._pattern = _compiled(pattern)

    def validate(self, instance: Any) -> None:
        if isinstance(instance, str) and self._pattern.search(instance) is None:
            raise ValueError(f"{json.dumps(instance)} does not match {self._pattern.pattern}")


@functools.cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)


def _duplicates(node: Node) -> Iterator[Violation]:
    kind = node.schema.get("x-kubernetes-list-type", "atomic")
    if kind == "atomic" or not isinstance(node.value, list):
        return
    keys: tuple[str, ...] = tuple(node.schema.get("x-kubernetes-list-map-keys", ()))
    seen: set[str] = set()
    for index, element in enumerate(node.value):
        identity = element
        if kind == "map" and isinstance(element, dict):
            identity = {key: element.get(key) for key in keys}
        text = json.dumps(identity, sort_keys=True)
        if text in seen:
            where = path_to(node.where, index)
            yield Violation(where=where, message=f"{text} stands in the list twice", keyword="list-type")
        seen.add(text)


def _where(path: list[str | int]) -> str:
    return functools.reduce(path_to, path, "")
