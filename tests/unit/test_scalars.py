"""How values are written, and which plain scalars readers take differently."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from meshgen.scalars import Json, dump, is_ambiguous, scalar

WRITTEN: list[tuple[Any, str]] = [
    ("reviews", "reviews"),
    ("networking.istio.io/v1", "networking.istio.io/v1"),
    ("app.kubernetes.io/part-of", "app.kubernetes.io/part-of"),
    ("/api/v1", "/api/v1"),
    ("_name", "_name"),
    ("two words", "two words"),
    ("true story", "true story"),
    ("", '""'),
    (" a", '" a"'),
    ("a ", '"a "'),
    ("two  spaces", '"two  spaces"'),
    ("80", '"80"'),
    ("1.10", '"1.10"'),
    ("12e4567", '"12e4567"'),
    ("1e3", '"1e3"'),
    ("0o10", '"0o10"'),
    ("5s", '"5s"'),
    ("12:30", '"12:30"'),
    ("2024-01-01", '"2024-01-01"'),
    ("10.0.0.0/8", '"10.0.0.0/8"'),
    ("yes", '"yes"'),
    ("No", '"No"'),
    ("oN", '"oN"'),
    ("Y", '"Y"'),
    ("TRUE", '"TRUE"'),
    ("Null", '"Null"'),
    ("none", '"none"'),
    ("NaN", '"NaN"'),
    ("inf", '"inf"'),
    (".inf", '".inf"'),
    ("~", '"~"'),
    ("=", '"="'),
    ("<<", '"<<"'),
    ("*", '"*"'),
    ("&a", '"&a"'),
    ("!a", '"!a"'),
    ("-", '"-"'),
    ("- a", '"- a"'),
    ("?", '"?"'),
    ("a: b", '"a: b"'),
    ("a:", '"a:"'),
    ("a #b", '"a #b"'),
    ("{a}", '"{a}"'),
    ("[a]", '"[a]"'),
    ("a,b", '"a,b"'),
    ("%a", '"%a"'),
    ("@a", '"@a"'),
    ("`a`", '"`a`"'),
    ("'a'", "\"'a'\""),
    ('say "a"', r'"say \"a\""'),
    (r"\d+", r'"\\d+"'),
    ("{{ plan }}", '"{{ plan }}"'),
    ("a\nb\n", r'"a\nb\n"'),
    ("a\tb", r'"a\tb"'),
    ("---", '"---"'),
    ("...", '"..."'),
    ("grün", '"grün"'),
    ("名前", '"名前"'),
    ("🎉", '"🎉"'),
    ("\N{NO-BREAK SPACE}", '"\N{NO-BREAK SPACE}"'),
    ("\u2028\u2029\ufeff", r'"\u2028\u2029\uFEFF"'),
    ("١٢", '"١٢"'),  # digits to Python, not to YAML
    (0, "0"),
    (-1, "-1"),
    (2**63, "9223372036854775808"),
    (True, "true"),
    (False, "false"),
    (None, "null"),
    (1.0, "1.0"),
    (0.1, "0.1"),
    (-0.0, "-0.0"),
    (1e16, "1.0e+16"),
    (1.5e-7, "1.5e-07"),
    ([], "[]"),
    ((), "[]"),
    ({}, "{}"),
    (["a", 1, True, None, "1"], '[a, 1, true, null, "1"]'),
    (("a b", "c,d"), '[a b, "c,d"]'),
    ({"a": 1, "on": {"b c": []}}, '{a: 1, "on": {b c: []}}'),
]


@pytest.mark.parametrize(("value", "expected"), WRITTEN, ids=[ascii(value) for value, _ in WRITTEN])
def test_a_scalar_is_plain_only_where_no_reader_can_err(value: Any, expected: str) -> None:
    assert scalar(value) == expected


@pytest.mark.parametrize(
    "char",
    [*map(chr, (*range(9), *range(0x0B, 0x20), *range(0x7F, 0xA0))), *"\ud800\udfff\ufffe\uffff"],
    ids=ascii,
)
def test_a_control_character_cannot_be_written(char: str) -> None:
    text = f"a{char}b"
    message = f"{text!r} cannot be written to YAML: it holds U+{ord(char):04X}"

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scalar(text)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_a_number_that_is_not_finite_cannot_be_written(number: float) -> None:
    with pytest.raises(ValueError, match=f"^{number} cannot be written to JSON$"):
        scalar(number)


class Mode(enum.StrEnum):
    STRICT = "strict"


class Port(enum.IntEnum):
    HTTP = 80


@pytest.mark.parametrize("value", [Mode.STRICT, Port.HTTP, Decimal(1), b"a", {"a"}, object])
@pytest.mark.parametrize("around", [lambda value: value, lambda value: [value], lambda value: {"a": value}])
def test_another_type_is_our_bug(value: Any, around: Callable[[Any], Any]) -> None:
    message = f"{value!r} is no value of YAML and JSON but a {type(value).__name__}"

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        scalar(around(value))


@pytest.mark.parametrize("key", [1, None, True, Mode.STRICT])
def test_a_key_is_a_string(key: Any) -> None:
    message = f"{key!r} is no key of YAML and JSON but a {type(key).__name__}"

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        dump({key: 1})


def test_a_key_is_at_most_as_long_as_readers_bear() -> None:
    longest = "k" * 1024
    message = "a key of 1025 characters cannot be written to YAML: 'kkkkkkkkkkkkkkkkkkkk'..."

    assert scalar({longest: 1}) == f"{{{longest}: 1}}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scalar({longest + "k": 1})


def test_a_document_is_written_in_blocks() -> None:
    document: Json = {
        "kind": "Kustomization",
        "resources": ["a.yaml", "b.yaml"],
        "patches": [{"path": "p.yaml", "target": {"kind": "Deployment", "name": "on"}}, {"patch": "- a\n"}],
        "nested": [[1, [2, 3]], [], {}, ()],
        "empty": {"list": [], "mapping": {}},
        "deep": {"deeper": [{"deepest": [True, None]}]},
    }

    assert dump(document) == (
        """\
kind: Kustomization
resources:
- a.yaml
- b.yaml
patches:
- path: p.yaml
  target:
    kind: Deployment
    name: "on"
- patch: "- a\\n"
nested:
- - 1
  - - 2
    - 3
- []
- {}
- []
empty:
  list: []
  mapping: {}
deep:
  deeper:
  - deepest:
    - true
    - null
"""
    )


@pytest.mark.parametrize(
    ("value", "expected"), [({}, "{}\n"), ([], "[]\n"), ("on", '"on"\n'), ([1], "- 1\n")]
)
def test_a_document_may_be_any_value(value: Any, expected: str) -> None:
    assert dump(value) == expected


BOOLEAN = "a boolean to YAML 1.1 readers, text to others"
OCTAL = "an octal number or text to YAML 1.1 readers, a decimal number to others"
NEW_OCTAL = "an octal number to YAML 1.2 readers, text to others"
BINARY = "a binary number to YAML 1.1 readers, text to others"
HEXADECIMAL = "a hexadecimal number to YAML 1.1 readers, text to others"
OLD_NUMBER = "a number to YAML 1.1 readers, text to others"
NEW_NUMBER = "a number to YAML 1.2 readers, text to others"
SEXAGESIMAL = "a number in base 60 to YAML 1.1 readers, text to others"
DATE = "a date to YAML 1.1 readers, text to others"

AMBIGUOUS = {
    BOOLEAN: "y Y yes Yes YES n N no No NO on On ON off Off OFF",
    OCTAL: "010 -010 +010 0755 08 09 00 007 0_7 0100644",
    NEW_OCTAL: "0o10 -0o10 0o7_7 0O17",
    BINARY: "0b11 -0b1 0b1_0 0B1",
    HEXADECIMAL: "-0x1F +0xa 0x1_F 0X1F",
    OLD_NUMBER: "1_000 -1_000 1_ 1_0.5 1.5_0 1._5 +_1 1_0e3 ._ +_",
    NEW_NUMBER: "1e3 1E3 12e03 12e4567 1e+3 1e-3 -1e3 1.5e3 1.e3 .5e3 -.5 +.5 -.5e+3",
    SEXAGESIMAL: "12:30 1:30 12:30:45 12:30:45.5 -1:30 0:30.5 190:20:30 1_0:30",
    DATE: "2024-01-01 2024-1-1 2024-01-01T00:00:00Z 2024-01-01t1:2:3.4+01:00 2024-13-99",
    "the default value of a mapping to YAML 1.1 readers, text to others": "=",
    "a merge of mappings to YAML 1.1 readers, text to others": "<<",
}
CLEAR = (
    "true True FALSE tRue yEs null ~ NULL nULL .inf -.Inf +.INF .nan .Nan 0 12 -12 +12 1.10 1. -1.5 "
    ".5 .5e+3 1.5e+3 1.5e-3 01.5 0x1F 0xff 1.2.3 10.0.0.0/8 1:2:99 80:90 12:30: 2024-01 24-01-01 v1 _1"
    " _ - + . e3 1e 0x 0o8 0b2 == <<< yes! no. on/off 5s GET * reviews-v1 12:30pm 1e3s"
)


@pytest.mark.parametrize(
    ("text", "reason"), [(text, reason) for reason, texts in AMBIGUOUS.items() for text in texts.split()]
)
def test_what_readers_take_differently_is_told_with_the_reason(text: str, reason: str) -> None:
    assert is_ambiguous(text) == reason


@pytest.mark.parametrize("text", ["2024-01-01 10:00:00", "2024-01-01 \t10:00:00 -5", "2024-1-1 1:2:3.5 Z"])
def test_a_date_may_hold_spaces(text: str) -> None:
    assert is_ambiguous(text) == DATE


@pytest.mark.parametrize("text", ["", "true story", "no way", "1 000", *CLEAR.split()])
def test_what_readers_agree_on_is_not_ambiguous(text: str) -> None:
    assert is_ambiguous(text) is None


@pytest.mark.parametrize("repeated", ["1", "0", "_", "1_", "1:", "1.", "0x1", "1e", "2024-01-01 ", "\t", "."])
@pytest.mark.parametrize("start", ["", "1", "0", "-", "+.", "0x", "2024-01-01"])
def test_a_long_text_is_judged_in_linear_time(start: str, repeated: str) -> None:
    assert is_ambiguous(start + repeated * 200_000 + "x") is None
