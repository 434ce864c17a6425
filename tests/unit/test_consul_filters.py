"""Filters of subsets are read as far as both of Consul's parsers read them."""

from __future__ import annotations

import pytest

from meshgen.backends.consul.admission.filters import Reading, read


@pytest.mark.parametrize(
    ("expression", "selectors"),
    [
        ('Service.Meta.version == "v1"', ["Service.Meta.version"]),
        ("Service.Meta.version!=`v1`", ["Service.Meta.version"]),
        ('Service.Meta["k8s-namespace"] == shop', ['Service.Meta["k8s-namespace"]']),
        ('Service.Meta[ "a" ].b == "\\u00e9\\n\\x41\\101\\U0001F600"', ['Service.Meta[ "a" ].b']),
        ("Service.Port == 80", ["Service.Port"]),
        ("(Service.Port == -0.5)", ["Service.Port"]),
        ('"v2" in Service.Tags', ["Service.Tags"]),
        ("v2 not in Service.Tags", ["Service.Tags"]),
        ('Service.Tags contains "v2"', ["Service.Tags"]),
        ('Service.Tags not contains "v2"', ["Service.Tags"]),
        ('Service.ID matches "^r"', ["Service.ID"]),
        ('Service.ID not matches "^r"', ["Service.ID"]),
        ("Service.Tags is empty", ["Service.Tags"]),
        (" Service.Tags is not empty\n", ["Service.Tags"]),
        ("not not Service.Port == 1", ["Service.Port"]),
        ("not (a == 1 or (b == 2 and c == 3))", ["a", "b", "c"]),
        ("a == 1\tor\nb == 2", ["a", "b"]),
    ],
)
def test_a_filter_is_read_to_its_end(expression: str, selectors: list[str]) -> None:
    assert read(expression) == Reading(tuple(selectors), None)


@pytest.mark.parametrize(
    ("expression", "misread_at"),
    [
        ("", 0),
        ("Service.Port", 0),
        ('Service.Port = "1"', 0),
        ("Service.Meta.version == 1.2.3", 0),
        ("Service.Meta.version == v1-beta", 26),
        ("Service.Meta.version == 01", 0),
        ('Service.Meta.version == "v1', 0),
        ('Service.Meta.version == "\\z"', 0),
        ('Service.Meta.version == "\\ud800"', 0),
        ("Service.Meta.k8s-namespace == 1", 0),
        ("Service.Tags.0 == 1", 0),
        ('"/Service/Port" == 1', 0),
        ("Service/Port == 1", 0),
        ("Service.Port is nil", 0),
        ("any Service.Tags as t { t == 1 }", 0),
        ("a == 1 and", 7),
        ("a == 1 AND b == 2", 7),
        ("a == 1 b == 2", 7),
        ("not(a == 1)", 0),
        ("(a == 1)and(b == 2)", 8),
        ("(a == 1", 7),
        ("a == 1)", 6),
        ("a == 1 ))", 7),
    ],
)
def test_a_filter_is_read_up_to_what_consul_does_not_know(expression: str, misread_at: int) -> None:
    assert read(expression).misread_at == misread_at


@pytest.mark.parametrize(
    ("expression", "misread_at"),
    [
        ("(" * 100_000 + "a == 1" + ")" * 100_000, None),
        ("not " * 100_000 + "a == 1", None),
        ("a[`b`" * 100_000, 0),
    ],
    ids=["parentheses", "negations", "indexes"],
)
def test_a_filter_of_any_depth_is_read(expression: str, misread_at: int | None) -> None:
    assert read(expression).misread_at == misread_at
