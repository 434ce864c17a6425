"""Which values of an intent a policy of Istio compares as they are."""

from __future__ import annotations

import pytest

from meshgen.backends.istio.plan.literals import beginning, is_literal, is_literal_path


@pytest.mark.parametrize(
    ("regex", "expected"),
    [
        (".*", ""),
        ("/static/.*", "/static/"),
        (r"/a\.b/.*", "/a.b/"),
        (r"/a\*.*", "/a*"),
        ("/static/.+", None),
        ("/static/", None),
        ("/a|/b.*", None),
        ("/a.b.*", None),
        (r"/\d.*", None),
        ("", None),
    ],
)
def test_an_expression_is_a_beginning_if_it_asks_for_nothing_else(regex: str, expected: str | None) -> None:
    assert beginning(regex) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", True), ("a*b", True), ("*a", False), ("a*", False), ("*", False), ("", False)],
)
def test_a_value_is_literal_unless_a_star_stands_at_an_end(value: str, expected: bool) -> None:
    assert is_literal(value) is expected


@pytest.mark.parametrize(
    ("path", "expected"), [("/a", True), ("/a/*/b", True), ("/a*", False), ("/{*}/b", False), ("/{b}", False)]
)
def test_a_path_with_braces_is_not_literal(path: str, expected: bool) -> None:
    assert is_literal_path(path) is expected
