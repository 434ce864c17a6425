"""Structure is judged as an API server does it, in words that say what to mend, once for each mistake."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.structural import check
from tests.unit.served import INTEGER, STRING, body_of, kind_of, list_of, of, told

FIRST_TWELVE = "f0, f1, f10, f11, f12, f13, f2, f3, f4, f5, f6, f7"


def wrong(schema: dict[str, Any], value: Any) -> list[str]:
    """Tell what is held against a value under a schema, paths from the value."""
    complaints = check(kind_of(of(a=schema)), body_of({"a": value})).complaints
    return [line.replace(" spec.a", " a", 1) for line in told(complaints)]


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (STRING, 80, ["""MG401 a: 80 is an integer, not a string [write "80" with quotes]"""]),
        (STRING, True, ["""MG401 a: true is a boolean, not a string [write "true" with quotes]"""]),
        (STRING, None, ["MG401 a: null is not a string [write a value, or leave it out]"]),
        (STRING, {}, ["MG401 a: {} is a map, not a string"]),
        (INTEGER, "80", ["MG401 a: '80' is a string, not an integer [write 80 without quotes]"]),
        (INTEGER, "eighty", ["MG401 a: 'eighty' is a string, not an integer"]),
        (INTEGER, 1.5, ["MG401 a: 1.5 is a number, not an integer"]),
        (INTEGER, 1.0, []),
        (INTEGER, True, ["MG401 a: true is a boolean, not an integer"]),
        ({"type": "number"}, 1, []),
        ({"type": "number"}, "0.5", ["MG401 a: '0.5' is a string, not a number [write 0.5 without quotes]"]),
        (
            {"type": "boolean"},
            "true",
            ["MG401 a: 'true' is a string, not a boolean [write true without quotes]"],
        ),
        (
            list_of(STRING),
            "x",
            ["MG401 a: 'x' is a string, not a list [write a list, each entry after '- ']"],
        ),
        (list_of(STRING), ["x", None], ["MG401 a[1]: null is not a string [write a value, or leave it out]"]),
        (of(b=STRING), ["x"], ['MG401 a: ["x"] is a list, not a map']),
        ({"type": ["integer", "string"]}, 80, []),
        ({"type": ["integer", "string"]}, "http", []),
        ({"type": ["integer", "string"]}, 1.5, ["MG401 a: 1.5 is a number, not a string or an integer"]),
        ({"type": ["string", "null"]}, None, []),
        ({"type": ["string", "null"]}, [], ["MG401 a: [] is a list, not a string"]),
    ],
)
def test_a_value_is_of_the_type_of_its_field(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == wrong(schema, value)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (
            of(timeout=STRING),
            {"timout": ""},
            ["MG402 a.timout: unknown field 'timout' [did you mean 'timeout'?]"],
        ),
        (
            of(maxAge=STRING, maxPage=STRING),
            {"max_page": ""},
            ["MG402 a.max_page: unknown field 'max_page' [did you mean 'maxPage'?]"],
        ),
        (
            of(b=STRING, c=STRING),
            {"zzz": 1, "yyy": {"x": 1}},
            [
                "MG402 a.zzz: unknown field 'zzz' [known here: b, c]",
                "MG402 a.yyy: unknown field 'yyy' [known here: b, c]",
            ],
        ),
        (
            of(**{f"f{index}": STRING for index in range(14)}),
            {"x": 1},
            [f"MG402 a.x: unknown field 'x' [known here: {FIRST_TWELVE} and 2 more]"],
        ),
        (of(), {"x": 1}, ["MG402 a.x: unknown field 'x'"]),
        ({"type": "object", "properties": {"b": STRING}}, {"x": 1, "b": ""}, []),
        (
            {"type": "object", "properties": {"b": STRING}},
            {"x": 1, "b": 1},
            ["""MG401 a.b: 1 is an integer, not a string [write "1" with quotes]"""],
        ),
        ({"type": "object", "additionalProperties": STRING}, {"x/y": ""}, []),
        (
            {"type": "object", "additionalProperties": STRING},
            {"x/y": {}},
            ['MG401 a["x/y"]: {} is a map, not a string'],
        ),
    ],
)
def test_a_field_that_the_schema_does_not_know_is_refused_unless_it_keeps_them(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == wrong(schema, value)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (of("b", b=STRING), {}, ["MG403 a: field 'b' is missing [write 'b': a string]"]),
        (of("b", b={}), {}, ["MG403 a: field 'b' is missing [write 'b': a value]"]),
        (
            of("b", b={"type": ["string", "null"], "enum": ["x", "y", None]}),
            {},
            ["MG403 a: field 'b' is missing [write 'b': one of 'x', 'y', null]"],
        ),
        (
            of("b", "c", b=list_of(STRING), c=INTEGER),
            {},
            [
                "MG403 a: field 'b' is missing [write 'b': a list]",
                "MG403 a: field 'c' is missing [write 'c': an integer]",
            ],
        ),
        (
            of("host", host=STRING),
            {"hosst": ""},
            ["MG402 a.hosst: unknown field 'hosst' [did you mean 'host'?]"],
        ),
    ],
)
def test_a_field_that_is_missing_is_told_where_it_would_stand(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == wrong(schema, value)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (
            {"type": "string", "enum": ["STRICT", "PERMISSIVE"]},
            "STRICKT",
            ["MG404 a: 'STRICKT' is not one of 'STRICT', 'PERMISSIVE' [did you mean 'STRICT'?]"],
        ),
        ({"enum": [1, 2]}, 3, ["MG404 a: 3 is not one of 1, 2"]),
        (
            {"type": "string", "enum": ["1", "2"]},
            1,
            ["""MG401 a: 1 is an integer, not a string [write "1" with quotes]"""],
        ),
    ],
)
def test_a_word_is_one_of_those_that_the_field_takes(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == wrong(schema, value)


@pytest.mark.parametrize(
    ("schema", "value", "message"),
    [
        (INTEGER | {"minimum": 1}, 0, "0 is less than 1, the least that is allowed"),
        (INTEGER | {"maximum": 100}, 101, "101 is more than 100, the most that is allowed"),
        ({"type": "number", "exclusiveMinimum": 0}, 0.0, "0.0 is not more than 0"),
        ({"type": "number", "exclusiveMaximum": 1}, 1, "1 is not less than 1"),
        (INTEGER | {"multipleOf": 5}, 7, "7 is no multiple of 5"),
        (INTEGER | {"format": "int32", "minimum": 5}, 4, "4 is less than 5, the least that is allowed"),
        (
            INTEGER | {"format": "int64"},
            -(2**63) - 1,
            "-9223372036854775809 is less than -9223372036854775808, the least that is allowed",
        ),
        (STRING | {"minLength": 1}, "", "'' is empty"),
        (STRING | {"minLength": 1, "pattern": "^a"}, "", "'' is empty"),
        (STRING | {"minLength": 3}, "é", "'é' has 1 character, fewer than 3"),
        (STRING | {"maxLength": 1}, "😀é", "'😀é' has 2 characters, more than 1"),
        (list_of(STRING, minItems=1), [], "[] is empty"),
        (list_of(STRING, maxItems=1), ["x", "y"], '["x", "y"] has 2 entries, more than 1'),
        ({"type": "object", "maxProperties": 0}, {"x": 1}, '{"x": 1} has 1 entry, more than 0'),
        (STRING | {"pattern": "^a+$"}, "b", "'b' does not match ^a+$"),
        (STRING | {"pattern": "^a$"}, "a\n", "'a\\n' does not match ^a$"),
        (STRING | {"pattern": r"^\pL$"}, "1", r"'1' does not match ^\pL$"),
        (STRING | {"format": "ipv4"}, "1.2.3.4.5", "'1.2.3.4.5' is not an IPv4 address such as 10.0.0.1"),
        (STRING | {"not": {"enum": ["*"]}}, "*", "'*' is not allowed"),
        (
            {"anyOf": [{"format": "ipv4"}, {"format": "ipv6"}]},
            "x",
            "'x' is not an IPv4 address such as 10.0.0.1 or an IPv6 address such as 2001:db8::1",
        ),
        (
            {"anyOf": [{"maxLength": 1}, {"enum": ["z"]}]},
            "xy",
            "none of the alternatives holds: 'xy' has 2 characters, more than 1; 'xy' is not one of 'z'",
        ),
        (
            {"anyOf": [of(), {"maxProperties": 0}]},
            {"b": 1},
            """none of the alternatives holds: unknown field 'b'; {"b": 1} has 1 entry, more than 0""",
        ),
        ({"uniqueItems": True}, [1, 1], "[1, 1] is not what the keyword uniqueItems of the schema asks for"),
        (
            {"oneOf": [{"required": ["b"]}, {"required": ["c"]}]},
            1,
            "more than one of the alternatives holds, not exactly one",
        ),
        (
            {"oneOf": [STRING, {"maxLength": 1}]},
            "x",
            "more than one of the alternatives holds, not exactly one",
        ),
    ],
)
def test_a_value_is_within_what_its_field_takes(schema: dict[str, Any], value: object, message: str) -> None:
    assert wrong(schema, value) == [f"MG405 a: {message}"]


def test_a_pattern_that_many_schemas_have_is_explained() -> None:
    assert wrong(STRING | {"pattern": "^([0-9]{1,5}(h|m|s|ms)){1,4}$"}, "5") == [
        (
            "MG405 a: '5' does not match ^([0-9]{1,5}(h|m|s|ms)){1,4}$"
            " [write a duration such as 500ms, 10s or 1m30s]"
        )
    ]


AT_MOST_ONE = {
    "oneOf": [
        {"not": {"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}},
        {"required": ["b"]},
        {"required": ["c"]},
    ]
}
EXACTLY_ONE = {"oneOf": [{"required": ["b"]}, {"required": ["c"]}, {"required": ["d"]}]}
ABCD = of(b=STRING, c=STRING, d=STRING)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (ABCD | AT_MOST_ONE, {}, []),
        (ABCD | AT_MOST_ONE, {"b": ""}, []),
        (
            ABCD | AT_MOST_ONE,
            {"b": "", "c": ""},
            ["MG405 a: at most one of b, c may stand here, not b and c"],
        ),
        (
            ABCD | {"allOf": [AT_MOST_ONE]},
            {"b": "", "c": ""},
            ["MG405 a: at most one of b, c may stand here, not b and c"],
        ),
        (ABCD | EXACTLY_ONE, {"d": ""}, []),
        (ABCD | EXACTLY_ONE, {}, ["MG405 a: exactly one of b, c, d has to stand here, and none does"]),
        (
            ABCD | EXACTLY_ONE,
            {"b": "", "c": "", "d": ""},
            ["MG405 a: exactly one of b, c, d may stand here, not b, c and d"],
        ),
        (
            of(selector=STRING, ref=STRING) | {"oneOf": [{"required": ["selector"]}, {"required": ["ref"]}]},
            {"selectr": ""},
            ["MG402 a.selectr: unknown field 'selectr' [did you mean 'selector'?]"],
        ),
        (
            ABCD | {"type": ["object", "null"], "anyOf": [{"type": "null"}, EXACTLY_ONE]},
            {},
            ["MG405 a: exactly one of b, c, d has to stand here, and none does"],
        ),
    ],
)
def test_a_choice_between_fields_is_told_as_one(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert expected == wrong(schema, value)


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        (
            # kubernetes-sigs/gateway-api: an address of a Gateway
            of(type=STRING, value=STRING)
            | {
                "oneOf": [
                    {"properties": {"type": {"enum": ["IP"]}, "value": {"format": "ipv4"}}},
                    {"properties": {"type": {"not": {"enum": ["IP"]}}}},
                ]
            },
            {"type": "IP", "value": "x"},
            ["MG405 a.value: 'x' is not an IPv4 address such as 10.0.0.1"],
        ),
        (
            of(b=STRING)
            | {"anyOf": [{"properties": {"b": {"enum": ["x"]}}}, {"properties": {"b": {"enum": ["y"]}}}]},
            {"b": 1},
            ["""MG401 a.b: 1 is an integer, not a string [write "1" with quotes]"""],
        ),
        (
            STRING | {"pattern": "^a", "maxLength": 2},
            "bcd",
            ["MG405 a: 'bcd' has 3 characters, more than 2", "MG405 a: 'bcd' does not match ^a"],
        ),
        (
            STRING | {"allOf": [{"maxLength": 2}, {"maxLength": 2}]},
            "bcd",
            ["MG405 a: 'bcd' has 3 characters, more than 2"],
        ),
    ],
)
def test_a_mistake_is_told_once_where_it_is_mended(
    schema: dict[str, Any], value: object, expected: list[str]
) -> None:
    assert sorted(expected) == sorted(wrong(schema, value))


def test_a_long_value_is_cut() -> None:
    assert wrong(INTEGER, "x" * 200) == [f"MG401 a: '{'x' * 76}... is a string, not an integer"]
    assert wrong(INTEGER, ["x" * 40] * 200) == [
        f'MG401 a: ["{"x" * 40}", "{"x" * 31}... is a list, not an integer'
    ]


@pytest.mark.parametrize(
    ("schema", "value", "stops"),
    [
        (STRING, 1, True),
        (of("b", b=STRING), {}, True),
        (STRING | {"enum": ["x"]}, "y", True),
        (STRING | {"maxLength": 1}, "xy", True),
        (list_of(STRING, maxItems=1), ["x", "y"], True),
        ({"type": "object", "maxProperties": 0}, {"x": 1}, True),
        (ABCD | EXACTLY_ONE, {}, True),
        (ABCD | EXACTLY_ONE, {"b": "", "c": ""}, False),
        (of(b=STRING), {"c": 1}, False),
        (STRING | {"pattern": "^a$"}, "b", False),
        (INTEGER | {"minimum": 1}, 0, False),
        (list_of(STRING, minItems=1), [], False),
        (STRING, "x", False),
    ],
)
def test_errors_of_some_types_keep_cel_from_running(
    schema: dict[str, Any], value: object, stops: bool
) -> None:
    assert check(kind_of(of(a=schema)), body_of({"a": value})).stops_cel is stops
