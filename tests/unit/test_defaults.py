"""Defaults are filled in and nulls dropped before anything is judged, as an API server does."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from meshgen.crd.defaults import prepared
from tests.unit.served import INTEGER, STRING, body_of, kind_of, list_of, of

ONE = INTEGER | {"default": 1}
SCHEMA = of(
    kind=STRING | {"default": "Gateway"},
    note={"type": ["string", "null"], "default": "x"},
    plain=STRING,
    free={},
    open={"type": "object"},
    nothing={"type": "null", "default": None},
    deep=of(weight=ONE),
    refs=list_of(of(weight=ONE)),
    words=list_of(STRING | {"default": "x"}),
    bare=list_of(STRING),
    any={"type": "object", "additionalProperties": of(weight=ONE)},
    counts={"type": "object", "additionalProperties": ONE},
    made={"default": {"a": {}}} | of(a=of(b=INTEGER | {"default": 0})),
)
ALWAYS = {"kind": "Gateway", "note": "x", "made": {"a": {"b": 0}}}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({}, ALWAYS),
        (
            {"kind": "", "note": "", "made": {"a": {"b": 5}}},
            {"kind": "", "note": "", "made": {"a": {"b": 5}}},
        ),
        ({"made": {}}, ALWAYS | {"made": {}}),
        ({"deep": {}}, ALWAYS | {"deep": {"weight": 1}}),
        ({"refs": [{}, {"weight": 0}, 5]}, ALWAYS | {"refs": [{"weight": 1}, {"weight": 0}, 5]}),
        ({"any": {"x": {}}}, ALWAYS | {"any": {"x": {"weight": 1}}}),
        ({"unknown": {"deep": {}}}, ALWAYS | {"unknown": {"deep": {}}}),
        ({"deep": "text", "refs": {}}, ALWAYS | {"deep": "text", "refs": {}}),
    ],
)
def test_defaults_stand_where_a_field_is_missing_and_create_no_object(value: Any, expected: Any) -> None:
    assert body_of(expected) == prepared(kind_of(SCHEMA), body_of(value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"kind": None}, ALWAYS),
        ({"note": None}, ALWAYS | {"note": None}),
        ({"plain": None}, ALWAYS),
        ({"free": None}, ALWAYS),
        ({"nothing": None}, ALWAYS | {"nothing": None}),
        ({"open": {"x": None}}, ALWAYS | {"open": {"x": None}}),
        ({"unknown": None}, ALWAYS | {"unknown": None}),
        ({"deep": {"weight": None}}, ALWAYS | {"deep": {"weight": 1}}),
        ({"refs": [None]}, ALWAYS | {"refs": [None]}),
        ({"words": [None, "y"]}, ALWAYS | {"words": ["x", "y"]}),
        ({"bare": [None]}, ALWAYS | {"bare": [None]}),
        ({"any": {"x": None}}, ALWAYS | {"any": {}}),
        ({"counts": {"x": None}}, ALWAYS | {"counts": {"x": 1}}),
        ({"made": None}, ALWAYS),
    ],
)
def test_a_null_counts_as_absent_where_none_is_allowed(value: Any, expected: Any) -> None:
    assert body_of(expected) == prepared(kind_of(SCHEMA), body_of(value))


def test_what_is_given_stays_as_it_was() -> None:
    body = body_of({"refs": [{}], "plain": None, "made": {"a": {}}})
    before = copy.deepcopy(body)
    prepared(kind_of(SCHEMA), body)

    assert body == before


def test_a_body_to_which_nothing_is_done_is_itself() -> None:
    body = body_of({"a": [1]})

    assert prepared(kind_of({"type": "object"}), body) is body


def test_any_depth_will_do() -> None:
    value: Any = None
    for _ in range(100_000):
        value = [value]
    filled = prepared(kind_of(SCHEMA), body_of({"free": value}))

    assert filled["spec"]["free"] is value
    assert filled["spec"]["kind"] == "Gateway"
