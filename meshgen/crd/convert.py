"""A structural schema as JSON Schema: what an API server does unasked is written out, prose is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshgen.crd import formats

_HEAD = ("apiVersion", "kind", "metadata")
_SAME = (
    *("required", "enum", "default", "pattern", "multipleOf"),
    *("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-validations"),
)
_JUNCTORS = ("allOf", "anyOf", "oneOf", "not")
_INT_OR_STRING = {"anyOf": [{"type": "integer"}, {"type": "string"}]}

# apiextensions-apiserver pkg/apiserver/validation/formats.go: other names mean nothing to an API server.
_OF_STRINGS = formats.STRINGS.keys() | formats.UNCHECKED | {"password"}
_OF_NUMBERS = {"integer": frozenset({"int32", "int64"}), "number": frozenset({"float", "double"})}


def json_schema(structural: Mapping[str, Any]) -> dict[str, Any]:
    """Say in JSON Schema what the schema of a kind means; `ServedKind` tells how.

    The schema is taken to be structural, as `definition.SHAPE` says.
    """
    root = _schema(structural, is_closed=True)
    named: Mapping[str, Any] = root.get("properties", {})
    head: dict[str, Any] = {name: {} for name in _HEAD}
    if "metadata" in named:  # may bound the name
        metadata = _schema(structural["properties"]["metadata"], is_closed=False)
        head["metadata"] = {keyword: metadata[keyword] for keyword in metadata if keyword != "type"}
    body = {name: schema for name, schema in named.items() if name not in (*_HEAD, "status")}
    required = [name for name in root.pop("required", ()) if name != "status"]
    return {**root, **({"required": required} if required else {}), "properties": head | body}


def _schema(structural: Mapping[str, Any], *, is_closed: bool) -> dict[str, Any]:
    """Convert one node; inside a junctor, which restricts values alone, unknown members are not refused."""
    schema = {keyword: structural[keyword] for keyword in _SAME if keyword in structural}
    schema |= _types(structural) | _bounds(structural) | _format(structural)
    schema |= _members(structural, is_closed=is_closed)
    schema |= _junctors(structural)
    return _with_null(schema) if structural.get("nullable") else schema


def _types(structural: Mapping[str, Any]) -> dict[str, Any]:
    if structural.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    return {"type": structural["type"]} if "type" in structural else {}


def _bounds(structural: Mapping[str, Any]) -> dict[str, Any]:
    """Convert bounds: whether one is exclusive is a flag beside it in OpenAPI 3.0."""
    bounds = {}
    for bound, exclusive in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if bound in structural:
            bounds[exclusive if structural.get(exclusive) else bound] = structural[bound]
    return bounds


def _format(structural: Mapping[str, Any]) -> dict[str, Any]:
    name, kind = structural.get("format", ""), structural.get("type", "string")
    is_checked = (
        formats.normalized(name) in _OF_STRINGS if kind == "string" else name in _OF_NUMBERS.get(kind, ())
    )
    return {"format": name} if is_checked else {}


def _members(structural: Mapping[str, Any], *, is_closed: bool) -> dict[str, Any]:
    members: dict[str, Any] = {}
    if "items" in structural:
        members["items"] = _schema(structural["items"], is_closed=is_closed)
    if isinstance(of_any_name := structural.get("additionalProperties"), Mapping):
        members["additionalProperties"] = _schema(of_any_name, is_closed=is_closed)
    named = structural.get("properties", {})
    if named:
        members["properties"] = {name: _schema(below, is_closed=is_closed) for name, below in named.items()}
    if structural.get("x-kubernetes-embedded-resource"):
        members = _with_head(members)
        members["required"] = [*structural.get("required", ()), "apiVersion", "kind"]
    if is_closed and _is_pruned(structural):
        members.setdefault("properties", {})  # else a validator does not tell the name that it refuses
        members["additionalProperties"] = False
    return members


def _with_head(members: Mapping[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"type": "object"}}
    return {**members, "properties": {**members.get("properties", {}), **head}}


def _is_pruned(structural: Mapping[str, Any]) -> bool:
    is_object = structural.get("type") == "object" or "properties" in structural
    is_open = structural.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in structural
    return is_object and not is_open


def _junctors(structural: Mapping[str, Any]) -> dict[str, Any]:
    said = {keyword: structural[keyword] for keyword in _JUNCTORS if keyword in structural}
    if structural.get("x-kubernetes-int-or-string"):
        said = _without_int_or_string(said)
    return {
        keyword: _schema(branches, is_closed=False)
        if keyword == "not"
        else [_schema(branch, is_closed=False) for branch in branches]
        for keyword, branches in said.items()
    }


def _without_int_or_string(said: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the types say already: it stands in `anyOf`, or first in `allOf`."""
    kept = {keyword: said[keyword] for keyword in said if {keyword: said[keyword]} != _INT_OR_STRING}
    if kept.get("allOf", [None])[0] == _INT_OR_STRING:
        kept["allOf"] = kept["allOf"][1:]
    return {keyword: branches for keyword, branches in kept.items() if branches}


def _with_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Let null pass, of which an API server asks nothing but its type."""
    said = {keyword: schema[keyword] for keyword in _JUNCTORS if keyword in schema}
    wider = {keyword: schema[keyword] for keyword in schema if keyword not in said}
    if "type" in wider:
        types = wider["type"] if isinstance(wider["type"], list) else [wider["type"]]
        wider["type"] = [*types, "null"]
    if "enum" in wider:
        wider["enum"] = [*wider["enum"], None]
    return {**wider, "anyOf": [{"type": "null"}, said]} if said else wider
