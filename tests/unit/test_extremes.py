"""Whatever stands in a body, structure is judged and nothing stumbles."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from meshgen.crd.defaults import prepared
from meshgen.crd.structural import check
from tests.unit.served import INTEGER, STRING, body_of, kind_of, of, told


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"": {"b": 1}}, 'spec[""].b'),
        ({"5": {"b": 1}}, 'spec["5"].b'),
        ({"05": {"b": 1}, "5": {}}, 'spec["05"].b'),
        ({"+5": {"b": 1}}, 'spec["+5"].b'),
        ({"\0": {"b": 1}}, 'spec["\0"].b'),
        ({"~1/a": {"b": 1}}, 'spec["~1/a"].b'),
    ],
)
def test_a_key_is_found_however_it_is_spelt(spec: dict[str, Any], path: str) -> None:
    kind = kind_of({"type": "object", "additionalProperties": of(b=STRING)})
    expected = [f'MG401 {path}: 1 is an integer, not a string [write "1" with quotes]']

    assert told(check(kind, body_of(spec)).complaints) == expected


def test_a_field_may_be_named_by_digits() -> None:
    kind = kind_of(of("05", **{"05": INTEGER, "5": STRING}))

    assert told(check(kind, body_of({"05": 1, "5": ""})).complaints) == []
    assert told(check(kind, body_of({"5": 1, "6": 1})).complaints) == [
        """MG402 spec["6"]: unknown field '6' [known here: 05, 5]""",
        """MG401 spec["5"]: 1 is an integer, not a string [write "1" with quotes]""",
        "MG403 spec: field '05' is missing [write '05': an integer]",
    ]


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (deep(190), None),
        (deep(300), "MG405 : a value is nested more than 200 levels deep"),
        (deep(100_000), "MG405 : a value is nested more than 200 levels deep"),
        (float("inf"), "MG405 spec.a: inf is no number that JSON has"),
        (float("nan"), "MG405 spec.a: nan is no number that JSON has"),
        (10**4000, "MG405 spec.a: an integer of 13288 bits is more than any field holds"),
        (-(10**400), "MG405 spec.a: an integer of 1329 bits is more than any field holds"),
        ("x\ud800", r"MG405 spec.a: 'x\ud800' holds '\ud800' at 1, half of a character"),
        ({"\udfff": 1}, r"MG405 spec.a: '\udfff' holds '\udfff' at 0, half of a character"),
        ([1, None, "é", 0.5, float("inf")], "MG405 spec.a[4]: inf is no number that JSON has"),
        ("é😀", None),
        (10**300, None),
        (None, None),
    ],
)
def test_what_no_api_server_reads_is_refused_before_anything_stumbles_over_it(
    value: object, message: str | None
) -> None:
    kind = kind_of({"type": "object"})
    structure = check(kind, prepared(kind, body_of({"a": value})))

    assert told(structure.complaints) == ([] if message is None else [message])
    assert structure.stops_cel is (message is not None)


def test_what_is_judged_stays_as_it_was() -> None:
    body = body_of({"a": {"x": None, "5": 1}})
    before = copy.deepcopy(body)
    check(kind_of(of()), body)

    assert body == before
