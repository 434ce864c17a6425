"""Sets of requests that a permission of Consul can name: what two share, and which covers which."""

from __future__ import annotations

import pytest

from meshgen.backends.consul.plan.match import ANY_PATH, OnePath
from meshgen.backends.consul.plan.objects import ValueMatch
from meshgen.backends.consul.plan.requests import ALL, Requests, Shared, covers, shared

A = OnePath(exact="/a")
BELOW_A = OnePath(prefix="/a/")
BELOW_AB = OnePath(prefix="/a/b/")
BELOW_C = OnePath(prefix="/c/")
VOWELS = OnePath(regex="/[aeiou]")
GOLD = ValueMatch(name="x-tier", exact="gold")
SENT = ValueMatch(name="x-tier", present=True)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (ANY_PATH, VOWELS, VOWELS),
        (A, A, A),
        (A, BELOW_A, None),
        (OnePath(exact="/a/b"), BELOW_A, OnePath(exact="/a/b")),
        (A, VOWELS, A),
        (OnePath(exact="/b"), VOWELS, None),
        (BELOW_A, BELOW_AB, BELOW_AB),
        (BELOW_A, BELOW_C, None),
        (VOWELS, VOWELS, VOWELS),
    ],
)
def test_what_two_paths_share_is_a_path_or_nothing(
    one: OnePath, other: OnePath, expected: OnePath | None
) -> None:
    whole = Shared.NOTHING if expected is None else Requests(path=expected)

    assert shared(Requests(path=one), Requests(path=other)) == whole
    assert shared(Requests(path=other), Requests(path=one)) == whole


@pytest.mark.parametrize("other", [BELOW_A, OnePath(regex="/a.*")])
def test_what_an_expression_shares_with_another_cannot_be_said(other: OnePath) -> None:
    assert shared(Requests(path=VOWELS), Requests(path=other)) is Shared.UNSAYABLE


def test_headers_are_joined_and_methods_are_those_of_both() -> None:
    reads = Requests(header=frozenset({GOLD}), methods=frozenset({"GET", "HEAD"}))
    gets = Requests(path=A, header=frozenset({SENT}), methods=frozenset({"GET", "PUT"}))

    assert shared(reads, gets) == Requests(path=A, header=frozenset({GOLD, SENT}), methods=frozenset({"GET"}))


def test_requests_without_a_common_method_share_nothing() -> None:
    reads, writes = Requests(methods=frozenset({"GET"})), Requests(methods=frozenset({"PUT"}))

    assert shared(reads, writes) is Shared.NOTHING


def test_what_covers_is_what_asks_for_less() -> None:
    narrow = Requests(path=BELOW_AB, header=frozenset({GOLD}), methods=frozenset({"GET"}))

    assert covers(ALL, narrow)
    assert covers(Requests(path=BELOW_A, methods=frozenset({"GET", "PUT"})), narrow)
    assert not covers(narrow, ALL)
    assert not covers(Requests(header=frozenset({SENT})), narrow)


def test_requests_are_named_by_what_they_ask_for() -> None:
    requests = Requests(path=BELOW_A, header=frozenset({GOLD, SENT}), methods=frozenset({"PUT", "GET"}))

    assert str(requests) == "prefix '/a/' with methods GET, PUT with headers x-tier"
    assert str(ALL) == "every request"
