"""A value is walked where its schema speaks of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from meshgen.crd.nodes import leading_to, member_schema, nodes
from meshgen.resources import spell

STRING = {"type": "string"}
SCHEMA: Mapping[str, Any] = {
    "properties": {
        "list": {"items": STRING},
        "map": {"additionalProperties": {"type": "integer"}},
        "closed": {"additionalProperties": False, "properties": {"a": STRING}},
    }
}


def test_a_walk_enters_what_the_schema_describes_and_nothing_else() -> None:
    value = {"list": ["a"], "closed": {"a": "", "b": 1}, "map": {"x/y": 1}, "other": {"z": 1}}

    assert [spell(node.path) for node in nodes(SCHEMA, value)] == [
        *("", "list", "list[0]", "closed", "closed.a", "map", 'map["x/y"]'),
    ]


def test_a_value_of_another_shape_is_not_entered() -> None:
    assert [spell(node.path) for node in nodes(SCHEMA, {"list": {"a": 1}, "map": [1]})] == ["", "list", "map"]


def test_a_walk_can_begin_anywhere() -> None:
    assert [(node.value, node.path) for node in nodes({"items": STRING}, ["x"], ("spec", 3))] == [
        (["x"], ("spec", 3)),
        ("x", ("spec", 3, 0)),
    ]


def test_a_member_without_a_schema_has_none() -> None:
    assert member_schema(SCHEMA, "list") == {"items": STRING}
    assert member_schema(SCHEMA, "other") is None
    assert member_schema({"additionalProperties": STRING}, "other") == STRING
    assert member_schema({"additionalProperties": False}, "other") is None


def test_branches_that_say_nothing_are_cut() -> None:
    marked = {"type": "string", "mark": True}
    schema = {
        "type": "object",
        "properties": {
            "plain": STRING,
            "list": {"items": {"properties": {"deep": marked, "plain": STRING}}},
            "map": {"additionalProperties": marked, "properties": {"plain": STRING}},
            "closed": {"mark": True, "additionalProperties": False, "properties": {"plain": STRING}},
        },
    }

    assert leading_to(schema, lambda node: "mark" in node) == {
        "type": "object",
        "properties": {
            "list": {"items": {"properties": {"deep": marked}}},
            "map": {"additionalProperties": marked},
            "closed": {"mark": True},
        },
    }
    assert leading_to(schema, lambda node: "other" in node) is None
