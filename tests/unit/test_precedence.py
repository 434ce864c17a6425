"""Routes that are ranked by how much they say: who wins a request that two of them match."""

from __future__ import annotations

import pytest

from meshgen.gatewayapi.precedence import (
    Misorder,
    Order,
    Rank,
    Ranked,
    by_matched_length,
    by_specification,
    misorders,
)
from meshgen.gatewayapi.requests import Alternative, Request, covers, meet, overlaps
from meshgen.intent.match import (
    Exact,
    HeaderMatch,
    Method,
    PathExact,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    Regex,
)


def asks(path: str = "/", *, method: Method | None = None, **headers: HeaderMatch) -> Alternative:
    """A path as people think of it: `/a/` is a prefix, `=/a` exact, `~/a.*` an expression."""
    pairs = tuple(sorted(headers.items(), key=lambda pair: pair[0]))
    match path[0]:
        case "=":
            return Alternative(path=PathExact(exact=path[1:]), method=method, headers=pairs)
        case "~":
            return Alternative(path=PathRegex(regex=path[1:]), method=method, headers=pairs)
        case _:
            prefix = path.removesuffix("/") or "/"
            return Alternative(path=PathPrefix(prefix=prefix), method=method, headers=pairs)


GET, POST = Method.GET, Method.POST
ONE = Exact(exact="1")

WINS = [
    (asks("/a/b/"), asks("/a/"), Rank.ABOVE, Rank.ABOVE),
    (asks("=/a/b"), asks("/a/"), Rank.ABOVE, Rank.ABOVE),
    (asks("=/a"), asks("/a/"), Rank.LEVEL, Rank.ABOVE),
    (asks("=/"), asks("/"), Rank.LEVEL, Rank.ABOVE),
    (asks("/a/", method=GET), asks("/a/"), Rank.ABOVE, Rank.ABOVE),
    (asks("/a/", x=ONE), asks("/a/", method=GET), Rank.ABOVE, Rank.BELOW),
    (asks("/a/", x=ONE), asks("/a/", y=ONE), Rank.LEVEL, Rank.LEVEL),
    (asks("/a/"), asks("/", method=GET, x=ONE), Rank.ABOVE, Rank.ABOVE),
    (asks("~/a.*"), asks("/a/b/"), Rank.LEVEL, Rank.BELOW),
    (asks("~/a/b/c.*"), asks("/a/b/"), Rank.ABOVE, Rank.BELOW),
    (asks("~/a.*"), asks("=/ab"), Rank.LEVEL, Rank.BELOW),
    (asks("~/a"), asks("/a/", method=GET), Rank.BELOW, Rank.BELOW),
    (Alternative(hostname="*.example.com"), asks("=/a", x=ONE, method=GET), Rank.ABOVE, Rank.ABOVE),
    (
        Alternative(hostname="a.example.com"),
        Alternative(hostname="*.example.com"),
        Rank.ABOVE,
        Rank.ABOVE,
    ),
]


@pytest.mark.parametrize(("one", "other", "by_length", "by_words"), WINS)
def test_an_alternative_is_ranked_by_length_or_by_kind(
    one: Alternative, other: Alternative, by_length: Rank, by_words: Rank
) -> None:
    assert by_length is by_matched_length(one, other)
    assert by_words is by_specification(one, other)


def ranked(*alternatives: Alternative, name: str, in_object: int = 0) -> Ranked:
    return Ranked(name=name, alternatives=alternatives, object=in_object)


@pytest.mark.parametrize("order", [by_matched_length, by_specification])
def test_routes_that_no_request_shares_are_in_any_order(order: Order) -> None:
    first = ranked(asks("/"), name="a")
    second = ranked(asks("/", x=Present(present=True)), name="b")
    apart = ranked(asks("=/b"), name="c")

    assert [] == list(misorders([ranked(asks("=/a"), name="a"), apart], order))
    assert [Misorder("a", "b", Request("GET", "/", (("x", "x"),)), False)] == list(
        misorders([first, second], order)
    )


def test_an_alternative_that_joins_both_conditions_keeps_the_order() -> None:
    posts, items = asks(method=POST), asks("/items/")
    joined = asks("/items/", method=POST)

    assert [Misorder("posts", "items", Request("POST", "/items", ()), False)] == list(
        misorders([ranked(posts, name="posts"), ranked(items, name="items")], by_matched_length)
    )
    assert [] == list(
        misorders([ranked(posts, joined, name="posts"), ranked(items, name="items")], by_matched_length)
    )


def test_a_tie_is_in_order_inside_one_object_alone() -> None:
    a, b = asks(x=ONE), asks(y=ONE)
    request = Request("GET", "/", (("x", "1"), ("y", "1")))

    inside = [ranked(a, name="a"), ranked(b, name="b")]
    across = [ranked(a, name="a"), ranked(b, name="b", in_object=1)]

    assert [] == list(misorders(inside, by_matched_length))
    assert [Misorder("a", "b", request, True)] == list(misorders(across, by_matched_length))


RELATED = [
    (asks("/a/"), asks("=/a"), True, True),
    (asks("/a/"), asks("=/ab"), False, False),
    (asks("/a/"), asks("/a/b/", method=GET), True, True),
    (asks("/a/", method=GET), asks("/a/b/"), True, False),
    (asks("/", method=GET), asks("/", method=POST), False, False),
    (asks(x=Prefix(prefix="ab")), asks(x=Exact(exact="abc")), True, True),
    (asks(x=Prefix(prefix="ab")), asks(x=Exact(exact="a")), False, False),
    (asks(x=Regex(regex="a+")), asks(x=Regex(regex="aa+")), True, True),
    (asks("~/a/[0-9]+"), asks("/a/"), True, False),
    (asks("~/[ab]"), asks("~/[bc]"), True, False),
    (asks("~/(a|a/.*)"), asks("/a/"), True, True),
    (Alternative(hostname="*.a.b"), Alternative(hostname="*.b"), True, False),
    (Alternative(hostname="*.b"), Alternative(hostname="b"), False, False),
]


@pytest.mark.parametrize(("one", "other", "overlap", "cover"), RELATED)
def test_requests_overlap_or_are_covered(
    one: Alternative, other: Alternative, overlap: bool, cover: bool
) -> None:
    assert overlap is overlaps(one, other)
    assert overlap is overlaps(other, one)
    assert cover is covers(one, other)


def test_what_two_alternatives_share_is_one_where_it_can_be_said() -> None:
    both = meet(asks("/a/", method=GET, x=Present(present=True)), asks("=/a/b", x=ONE, y=ONE))

    assert asks("=/a/b", method=GET, x=ONE, y=ONE) == both
    assert meet(asks("~/[ab]"), asks("~/[bc]")) is None


def test_languages_of_one_text_are_told_apart() -> None:
    numbers = asks("~/b/[0-9]+")

    assert not overlaps(asks("=/b"), numbers)
    assert overlaps(asks("/b/"), numbers)
    assert not covers(asks(x=Exact(exact="ab")), asks(x=Prefix(prefix="ab")))
    assert covers(asks(x=Prefix(prefix="ab")), asks(x=Exact(exact="ab")))
