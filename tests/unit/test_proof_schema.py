"""Structural schemas mean what the API server takes them for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.crds import ServedKind
from tests.proof.defaults import with_defaults
from tests.proof.nodes import nodes
from tests.proof.structural import json_schema, violations


def refusals(structural: dict[str, Any], value: object) -> list[str]:
    served = ServedKind(api_version="v1", kind="Thing", structural=structural)
    return [f"{violation.where}: {violation.message}" for violation in violations(served, value)]


def of(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields}


INT_OR_STRING = {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}


@pytest.mark.parametrize(
    ("structural", "value", "expected"),
    [
        (
            of(a={"type": "string"}),
            {"b": 1},
            [": Additional properties are not allowed ('b' was unexpected)"],
        ),
        ({"type": "object"}, {"b": 1}, [": Additional properties are not allowed ('b' was unexpected)"]),
        (of(a={"type": "string"}) | {"x-kubernetes-preserve-unknown-fields": True}, {"a": "", "b": 1}, []),
        (
            of(a={"type": "string"}) | {"x-kubernetes-preserve-unknown-fields": True},
            {"a": 1, "b": 1},
            ['a: 1 is not of type "string"'],
        ),
        ({"type": "object", "additionalProperties": {"type": "string"}}, {"b": "x"}, []),
        (
            {"type": "object", "additionalProperties": {"type": "string"}},
            {"b.c": 1},
            ['["b.c"]: 1 is not of type "string"'],
        ),
    ],
)
def test_unknown_fields_are_refused_unless_the_schema_keeps_them(
    structural: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == refusals(structural, value)


def test_a_junctor_restricts_values_and_closes_nothing() -> None:
    structural = of(a={"type": "string"}, b={"type": "string"}) | {
        "oneOf": [
            {"not": {"anyOf": [{"required": ["a"]}, {"required": ["b"]}]}},
            {"required": ["a"]},
            {"required": ["b"], "properties": {"b": {"enum": ["x"]}}},
        ]
    }

    assert refusals(structural, {}) == []
    assert refusals(structural, {"a": "x"}) == []
    assert refusals(structural, {"b": "x"}) == []
    assert len(refusals(structural, {"b": "y"})) == 1
    assert len(refusals(structural, {"a": "x", "b": "x"})) == 1


@pytest.mark.parametrize(
    ("structural", "value", "expected"),
    [
        (INT_OR_STRING, 80, []),
        (INT_OR_STRING, "http", []),
        (INT_OR_STRING, 1.5, [': 1.5 is not of types "integer", "string"']),
        (INT_OR_STRING | {"pattern": "^a$"}, 80, []),
        (INT_OR_STRING | {"pattern": "^a$"}, "b", [': "b" does not match ^a$']),
        ({"type": "string", "nullable": True, "enum": ["a"]}, None, []),
        ({"type": "string"}, None, [': null is not of type "string"']),
        ({"type": "integer"}, True, [': true is not of type "integer"']),
        ({"type": "integer"}, 1.0, []),
        (
            {"type": "integer", "format": "int32"},
            2**31,
            [": 2147483648 is greater than the maximum of 2147483647"],
        ),
        (
            {"type": "integer", "format": "int32", "minimum": 5},
            4,
            [": 4 is less than the minimum of 5"],
        ),
        (
            {"type": "integer", "format": "int64"},
            -(2**63) - 1,
            [": -9223372036854775809 is less than the minimum of -9223372036854775808"],
        ),
        ({"type": "string", "format": "byte"}, "YQ==", []),
        ({"type": "string", "format": "byte"}, "Y", [': "Y" is not a "byte"']),
        ({"type": "string", "format": "duration"}, "1m30s", []),
        ({"type": "string", "format": "duration"}, "22 ns", []),
        ({"type": "string", "format": "duration"}, "PT5S", [': "PT5S" is not a "duration"']),
        ({"format": "ipv4"}, "1.2.3.4.5", [': "1.2.3.4.5" is not a "ipv4"']),
        ({"type": "string", "format": "int32"}, "x", []),
        ({"type": "string", "format": "whatever"}, "x", []),
    ],
)
def test_types_and_formats_are_those_of_the_api_server(
    structural: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == refusals(structural, value)


@pytest.mark.parametrize(
    ("pattern", "value", "matches"),
    [
        ("b", "abc", True),
        ("^a$", "a\n", False),
        ("^(?i)a$", "A", True),
        ("^[[:alpha:]]+$", "a", True),
        (r"^\d$", "१", False),
        (r"^[!-~]+([\t ]?[!-~]+)*$", "a" * 4000 + "é", False),
    ],
)
def test_patterns_are_searched_for_as_go_does(pattern: str, value: str, matches: bool) -> None:
    assert matches == (not refusals({"type": "string", "pattern": pattern}, value))


def test_a_list_that_is_a_set_holds_no_value_twice() -> None:
    structural = {"type": "array", "items": {"type": "integer"}, "x-kubernetes-list-type": "set"}

    assert refusals(structural, [1, 2, 1]) == ["[2]: 1 stands in the list twice"]


def test_a_list_that_is_a_map_holds_no_key_twice() -> None:
    element = of(name={"type": "string"}, value={"type": "string"})
    keys = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"]}
    structural = of(headers={"type": "array", "items": element} | keys)
    value = {"headers": [{"name": "a", "value": "1"}, {"name": "b"}, {"name": "a", "value": "2"}]}

    assert refusals(structural, value) == ['headers[2]: {"name": "a"} stands in the list twice']


def test_a_keyword_or_format_without_a_meaning_here_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="schema keyword 'multipleOf' has no meaning here"):
        json_schema({"type": "integer", "multipleOf": 2})
    with pytest.raises(ValueError, match="format 'hostname' has no check here"):
        json_schema({"type": "string", "format": "hostname"})


DEFAULTED = of(
    kind={"type": "string", "default": "Gateway"},
    note={"type": "string", "default": "x", "nullable": True},
    deep=of(weight={"type": "integer", "default": 1}),
    refs={"type": "array", "items": of(weight={"type": "integer", "default": 1})},
    made={"default": {"a": {}}} | of(a=of(b={"type": "integer", "default": 0})),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, {"kind": "Gateway", "note": "x", "made": {"a": {"b": 0}}}),
        (
            {"kind": None, "note": None, "made": {}},
            {"kind": "Gateway", "note": None, "made": {}},
        ),
        (
            {"kind": "", "note": "", "made": {"a": {"b": 5}}, "deep": {}, "refs": [{}, {"weight": 0}]},
            {
                "kind": "",
                "note": "",
                "made": {"a": {"b": 5}},
                "deep": {"weight": 1},
                "refs": [{"weight": 1}, {"weight": 0}],
            },
        ),
    ],
)
def test_defaults_stand_where_a_field_is_missing_and_create_no_object(value: Any, expected: Any) -> None:
    assert expected == with_defaults(DEFAULTED, value)


def test_a_walk_enters_what_the_schema_describes_and_nothing_else() -> None:
    structural = of(
        list={"type": "array", "items": {"type": "string"}},
        map={"type": "object", "additionalProperties": {"type": "integer"}},
    )
    value = {"list": ["a"], "map": {"x/y": 1}, "other": {"z": 1}}

    assert [where for _, _, where in nodes(structural, value)] == ["", "list", "list[0]", "map", 'map["x/y"]']
