"""Patterns of schemas are read as Go does, whichever engine reads them."""

from __future__ import annotations

import pytest

from meshgen.crd.patterns import is_read_alike
from meshgen.crd.structural import check
from tests.unit.served import body_of, kind_of


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("b", "abc", True),
        ("^a$", "a\n", False),
        ("^(?i)a$", "A", True),
        ("^[[:alpha:]]+$", "a", True),
        (r"^\d$", "१", False),
        (r"^\w$", "é", False),
        (r"^\pL$", "é", True),
        (r"^\z", "", True),
        (r"^[!-~]+([\t ]?[!-~]+)*$", "a" * 4000 + "é", False),
        ("(a*)*c", "a" * 4000, False),
    ],
)
def test_patterns_are_searched_for_as_go_does(pattern: str, text: str, *, matches: bool) -> None:
    kind = kind_of({"type": "string", "pattern": pattern})

    assert matches == (check(kind, body_of(text)).complaints == ())


@pytest.mark.parametrize(
    "pattern",
    [
        *("(?i)a", "[[:alpha:]]", r"\d", "a**", "a++", "[a&&b]", "[a--b]", "[a~~b]", "[]a]", r"\pL", r"\<a"),
        *("a{,3}", "^*", "(*a)", "é", "(?P<n>a)", r"\x{41}", "a{999}{999}", "(a{99}){99}", "a{1001}"),
    ],
)
def test_what_the_engine_may_read_otherwise_is_not_left_to_it(pattern: str) -> None:
    assert not is_read_alike(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["^$|^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", r"^[+\-.^_\x60|~]+$", "^([0-9]{1,5}(h|m)){1,4}$", "(?:a|b)+?"],
)
def test_plain_patterns_are_left_to_the_engine(pattern: str) -> None:
    assert is_read_alike(pattern)


def test_a_pattern_says_nothing_of_numbers() -> None:
    kind = kind_of({"type": ["integer", "string"], "pattern": r"^\pL$"})

    assert check(kind, body_of(5)).complaints == ()
