"""A structural schema as JSON Schema: what of it stays, and what an API server does unasked."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.convert import json_schema

OBJECT: dict[str, Any] = {"type": "object"}
CLOSED = {"type": "object", "properties": {}, "additionalProperties": False}

# A node below `spec`, and what becomes of it.
NODES: list[tuple[str, Any, Any]] = [
    (
        "what is said to people is left out, a member of that name is not",
        {
            "type": "object",
            "description": "prose",
            "title": "prose",
            "example": {"a": 1},
            "externalDocs": {"url": "u"},
            "properties": {"description": {"type": "string", "description": "prose"}},
        },
        {
            "type": "object",
            "properties": {"description": {"type": "string"}},
            "additionalProperties": False,
        },
    ),
    ("an object without members has none", OBJECT, CLOSED),
    (
        "unknown members are open at their own node alone",
        {
            "type": "object",
            "x-kubernetes-preserve-unknown-fields": True,
            "properties": {"closed": OBJECT},
        },
        {"type": "object", "properties": {"closed": CLOSED}},
    ),
    ("anything stays anything", {"x-kubernetes-preserve-unknown-fields": True}, {}),
    (
        "a map has a schema of its values",
        {"type": "object", "additionalProperties": OBJECT},
        {"type": "object", "additionalProperties": CLOSED},
    ),
    ("a map of anything is open", {"type": "object", "additionalProperties": True}, {"type": "object"}),
    (
        "a list keeps its type and its keys",
        {
            "type": "array",
            "maxItems": 3,
            "minItems": 1,
            "uniqueItems": False,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
        },
        {
            "type": "array",
            "maxItems": 3,
            "minItems": 1,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}},
                "additionalProperties": False,
            },
        },
    ),
    (
        "defaults, patterns, enums, bounds and rules stay",
        {
            "type": "string",
            "default": "a",
            "pattern": "^(?i)[a-z]*$",
            "enum": ["a", "b"],
            "minLength": 0,
            "maxLength": 9,
            "x-kubernetes-map-type": "atomic",
            "x-kubernetes-validations": [
                {"rule": "self != ''", "message": "empty", "reason": "FieldValueInvalid"}
            ],
        },
        {
            "type": "string",
            "default": "a",
            "pattern": "^(?i)[a-z]*$",
            "enum": ["a", "b"],
            "minLength": 0,
            "maxLength": 9,
            "x-kubernetes-validations": [
                {"rule": "self != ''", "message": "empty", "reason": "FieldValueInvalid"}
            ],
        },
    ),
    (
        "a flag beside a bound makes it exclusive",
        {
            "type": "number",
            "minimum": 0,
            "exclusiveMinimum": True,
            "maximum": 9,
            "exclusiveMaximum": False,
            "multipleOf": 3,
        },
        {"type": "number", "exclusiveMinimum": 0, "maximum": 9, "multipleOf": 3},
    ),
    (
        "an integer or string is both types, whichever way it is spelled",
        {
            "type": "object",
            "properties": {
                "any": {
                    "x-kubernetes-int-or-string": True,
                    "anyOf": [{"type": "integer"}, {"type": "string"}],
                    "pattern": "^[0-9]+%$",
                },
                "all": {
                    "x-kubernetes-int-or-string": True,
                    "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"maxLength": 3}],
                },
                "only": {
                    "x-kubernetes-int-or-string": True,
                    "allOf": [{"anyOf": [{"type": "integer"}, {"type": "string"}]}],
                },
                "other": {"x-kubernetes-int-or-string": True, "anyOf": [{"minimum": 1}, {"maxLength": 3}]},
            },
        },
        {
            "type": "object",
            "properties": {
                "any": {"type": ["integer", "string"], "pattern": "^[0-9]+%$"},
                "all": {"type": ["integer", "string"], "allOf": [{"maxLength": 3}]},
                "only": {"type": ["integer", "string"]},
                "other": {"type": ["integer", "string"], "anyOf": [{"minimum": 1}, {"maxLength": 3}]},
            },
            "additionalProperties": False,
        },
    ),
    (
        "what is nullable takes null, whatever else is asked",
        {
            "type": "object",
            "properties": {
                "word": {"type": "string", "nullable": True, "enum": ["a"]},
                "either": {"x-kubernetes-int-or-string": True, "nullable": True},
                "one": {"type": "string", "nullable": True, "oneOf": [{"maxLength": 1}, {"minLength": 3}]},
                "any": {"x-kubernetes-preserve-unknown-fields": True, "nullable": True, "not": {"enum": [1]}},
                "never": {"type": "string", "nullable": False},
            },
        },
        {
            "type": "object",
            "properties": {
                "word": {"type": ["string", "null"], "enum": ["a", None]},
                "either": {"type": ["integer", "string", "null"]},
                "one": {
                    "type": ["string", "null"],
                    "anyOf": [{"type": "null"}, {"oneOf": [{"maxLength": 1}, {"minLength": 3}]}],
                },
                "any": {"anyOf": [{"type": "null"}, {"not": {"enum": [1]}}]},
                "never": {"type": "string"},
            },
            "additionalProperties": False,
        },
    ),
    (
        "nothing is closed where values are restricted",
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "oneOf": [
                {"not": {"anyOf": [{"required": ["a"]}]}},
                {"required": ["a"], "properties": {"a": {"maxLength": 1}}},
            ],
            "allOf": [{"items": {"format": "ipv4"}}],
        },
        {
            "type": "object",
            "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
            "additionalProperties": False,
            "oneOf": [
                {"not": {"anyOf": [{"required": ["a"]}]}},
                {"required": ["a"], "properties": {"a": {"maxLength": 1}}},
            ],
            "allOf": [{"items": {"format": "ipv4"}}],
        },
    ),
    (
        "a format stays where an API server checks it",
        {
            "type": "object",
            "properties": {
                "checked": {"type": "string", "format": "date-time"},
                "ignored": {"type": "string", "format": "binary"},
                "range": {"type": "integer", "format": "int32"},
                "of another type": {"type": "string", "format": "int32"},
                "fraction": {"type": "number", "format": "double"},
                "no number": {"type": "boolean", "format": "double"},
            },
        },
        {
            "type": "object",
            "properties": {
                "checked": {"type": "string", "format": "date-time"},
                "ignored": {"type": "string"},
                "range": {"type": "integer", "format": "int32"},
                "of another type": {"type": "string"},
                "fraction": {"type": "number", "format": "double"},
                "no number": {"type": "boolean"},
            },
            "additionalProperties": False,
        },
    ),
    (
        "an embedded object has a head",
        {
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "required": ["spec"],
            "properties": {"spec": {"type": "string"}},
        },
        {
            "type": "object",
            "required": ["spec", "apiVersion", "kind"],
            "properties": {
                "spec": {"type": "string"},
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": {"type": "object"},
            },
            "additionalProperties": False,
        },
    ),
]


@pytest.mark.parametrize(("node", "converted"), [each[1:] for each in NODES], ids=[each[0] for each in NODES])
def test_a_node_says_in_json_schema_what_an_api_server_makes_of_it(node: Any, converted: Any) -> None:
    assert converted == json_schema({"type": "object", "properties": {"spec": node}})["properties"]["spec"]


# A root, and what becomes of it; `head` stands for apiVersion, kind and metadata.
HEAD: dict[str, Any] = {"apiVersion": {}, "kind": {}, "metadata": {}}
ROOTS: list[tuple[str, Any, Any]] = [
    ("an object that says nothing", OBJECT, {**CLOSED, "properties": HEAD}),
    (
        "the head is known by name, the status is the cluster's",
        {
            "type": "object",
            "required": ["spec", "status"],
            "properties": {
                "apiVersion": {"type": "string"},
                "kind": {"type": "string"},
                "metadata": OBJECT,
                "spec": {"type": "string"},
                "status": OBJECT,
            },
        },
        {
            "type": "object",
            "required": ["spec"],
            "properties": {**HEAD, "spec": {"type": "string"}},
            "additionalProperties": False,
        },
    ),
    (
        "the name may be bounded",
        {
            "type": "object",
            "required": ["status"],
            "properties": {
                "metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 5}}}
            },
        },
        {
            "type": "object",
            "properties": {**HEAD, "metadata": {"properties": {"name": {"type": "string", "maxLength": 5}}}},
            "additionalProperties": False,
        },
    ),
    (
        "a root is open where it says so",
        {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        {"type": "object", "properties": HEAD},
    ),
]


@pytest.mark.parametrize(("root", "converted"), [each[1:] for each in ROOTS], ids=[each[0] for each in ROOTS])
def test_a_root_knows_the_head_of_an_object_by_name_alone(root: Any, converted: Any) -> None:
    assert converted == json_schema(root)
