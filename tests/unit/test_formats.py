"""Formats are checked as an API server checks them, and those that it does not know are nothing."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.crd.formats import STRINGS
from meshgen.crd.structural import check
from tests.unit.served import body_of, kind_of, told

SOUND = {
    "byte": ["YQ==", "YWI=", "YWJj", "YWJjZA==", "+/+/"],
    "cidr": ["10.0.0.0/8", "2001:db8::/32", "1.2.3.4/0", "10.0.0.0/08"],
    "date": ["2026-01-31", "2024-02-29", "0000-02-29"],
    "datetime": ["2026-01-31T12:00:00Z", "2026-01-31t23:59:59.123+02:00", "2026-01-31T00:00:00z"],
    "duration": [
        "1m30s",
        "0",
        "-1.5h",
        "22 ns",
        "3 days",
        " 1 week 2 hours ",
        "5 Sec",
        "1x 2s",
        "10µs",
        "PT5S",
        "1.5 days",
    ],
    "ipv4": ["10.0.0.1", "01.002.3.0", "::ffff:1.2.3.4"],
    "ipv6": ["2001:db8::1", "::", "::ffff:1.2.3.4"],
    "uri": ["https://example.com/a?b=c", "/a", "http://[::1]:80/"],
    "uuid": ["3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0", "3E7F0A521D3C4C529D436C2F7A1BE8D0"],
    "uuid3": ["3e7f0a52-1d3c-3c52-0d43-6c2f7a1be8d0"],
    "uuid4": ["3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0"],
    "uuid5": ["3e7f0a52-1d3c-5c52-Bd43-6c2f7a1be8d0"],
}
BROKEN = {
    "byte": ["", "Y", "YQ=", "YQ==\n", "YQ-_", "YQ==YQ=="],
    "cidr": ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/", "x/8"],
    "date": ["2026-02-29", "20260131", "2026-1-31", "2026-W01-1", "2026-01-31\n"],
    "datetime": ["2026-01-31", "2026-01-31T24:00:00Z", "2026-01-31 12:00:00Z", "2026-01-31T12:00:00"],
    "duration": ["", "1", "s", "1x", "9999999999999999999 days", "P1Y"],
    "ipv4": ["1.2.3", "1.2.3.4.5", "0256.2.3.4", "::1", "1.2.3.4%eth0"],
    "ipv6": ["1.2.3.4", ":::", "fe80::1%eth0", "g::"],
    "uri": ["", "a", "http://a b/", "/%zz"],
    "uuid": ["3e7f0a52", "3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d", "3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8dg"],
    "uuid3": ["3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0"],
    "uuid4": ["3e7f0a52-1d3c-4c52-0d43-6c2f7a1be8d0"],
    "uuid5": ["3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0"],
}


def test_every_format_has_its_cases() -> None:
    assert set(SOUND) == set(BROKEN) == set(STRINGS)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in SOUND for text in SOUND[name]])
def test_text_of_a_format_passes(name: str, text: str) -> None:
    assert STRINGS[name].check(text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name in BROKEN for text in BROKEN[name]])
def test_other_text_does_not(name: str, text: str) -> None:
    assert not STRINGS[name].check(text)


@pytest.mark.parametrize(
    ("name", "text"), [("uuid", "f" * 10**6), ("byte", "A" * 10**6 + "!"), ("duration", "1" * 10**6)]
)
def test_text_of_any_length_is_read_once(name: str, text: str) -> None:
    assert not STRINGS[name].check(text)


@pytest.mark.parametrize("name", ["email", "int-or-string", "hostname", "regex", "password", "binary"])
def test_a_format_that_is_not_checked_refuses_nothing(name: str) -> None:
    kind = kind_of({"type": "string", "format": name})

    assert told(check(kind, body_of("(x")).complaints) == []


def test_a_format_is_the_same_with_and_without_dashes() -> None:
    kind = kind_of({"type": "string", "format": "date-time"})

    assert told(check(kind, body_of("now")).complaints) == [
        "MG405 spec: 'now' is not a time such as 2026-01-31T12:00:00Z"
    ]


@pytest.mark.parametrize(
    ("schema", "number", "expected"),
    [
        ({"type": "number", "format": "float"}, 3.4e38, []),
        (
            {"type": "number", "format": "float"},
            3.5e38,
            ["MG417 spec: 3.5e+38 is more than the format float holds"],
        ),
        ({"type": "number", "format": "double"}, 1.7e308, []),
        ({"type": "integer", "format": "int32"}, -(2**31), []),
        (
            {"type": "integer", "format": "int32"},
            -(2**31) - 1,
            ["MG417 spec: -2147483649 is less than the format int32 holds"],
        ),
        (
            {"type": "integer", "format": "int32", "minimum": 0},
            2**31,
            ["MG417 spec: 2147483648 is more than the format int32 holds"],
        ),
        (
            {"type": "integer", "format": "int32", "maximum": 9},
            10,
            ["MG405 spec: 10 is more than 9, the most that is allowed"],
        ),
        ({"type": "number"}, 2**63, []),
        *(
            (schema, 2**63, [f"MG405 spec: {2**63} is more than {2**63 - 1}, the most that is allowed"])
            for schema in (
                *({"type": "integer"}, {"type": "integer", "format": "int64"}),
                {"type": ["integer", "string"]},
            )
        ),
    ],
)
def test_a_number_is_within_its_format(schema: dict[str, Any], number: float, expected: list[str]) -> None:
    assert expected == told(check(kind_of(schema), body_of(number)).complaints)
