"""Requests cut along conditions, so that the best ranked route of each has what holds for it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.backends.linkerd.plan.cells import UncuttableError, cut
from meshgen.backends.linkerd.plan.rest import rest_of
from meshgen.gatewayapi.requests import Alternative, covers
from meshgen.intent.match import Exact, Method, PathExact, PathPrefix, PathRegex

Cut = list[tuple[str, str, str]]


def prefix(path: str, method: Method | None = None) -> Alternative:
    return Alternative(path=PathPrefix(prefix=path), method=method)


def exact(path: str, method: Method | None = None) -> Alternative:
    return Alternative(path=PathExact(exact=path), method=method)


def cells(**conditions: Alternative) -> Cut:
    """Cut along named conditions; a cell holds the names of those that cover it."""

    def held(cell: Alternative) -> str:
        return " ".join(name for name, condition in conditions.items() if covers(condition, cell))

    return [
        (
            path(cell.requests),
            "" if cell.requests.method is None else cell.requests.method.value,
            cell.content,
        )
        for cell in cut(conditions.values(), held)
    ]


def path(alternative: Alternative) -> str:
    match alternative.path:
        case PathExact(exact=text):
            return f"={text}"
        case PathPrefix(prefix=text):
            return text
        case PathRegex(regex=text):
            return f"~{text}"


def test_without_conditions_there_is_one_cell() -> None:
    assert [("/", "", "")] == cells()


def test_conditions_that_overlap_meet_in_a_cell_of_their_own() -> None:
    assert [
        ("/a", "GET", "gets a"),
        ("/a", "", "a"),
        ("/", "GET", "gets"),
        ("/", "", ""),
    ] == cells(gets=prefix("/", Method.GET), a=prefix("/a"))


def test_a_cell_that_says_what_the_next_wider_one_says_is_left_out() -> None:
    assert [("/a", "", "a"), ("/", "", "")] == [
        (path(cell.requests), "", cell.content)
        for cell in cut(
            [prefix("/a"), exact("/a/b"), prefix("/a/c", Method.GET)],
            lambda cell: "a" if covers(prefix("/a"), cell) else "",
        )
    ]


def test_a_prefix_beside_an_exact_path_of_its_length_becomes_what_is_left_of_it() -> None:
    assert [
        ("=/a", "", "prefix exact"),
        ("~/a/.*", "", "prefix"),
        ("/", "", ""),
    ] == cells(prefix=prefix("/a"), exact=exact("/a"))


def test_a_method_breaks_the_tie_by_itself() -> None:
    assert [
        ("=/a", "GET", "prefix exact"),
        ("/a", "", "prefix"),
        ("/", "", ""),
    ] == cells(prefix=prefix("/a"), exact=exact("/a", Method.GET))


def test_what_lies_below_a_prefix_that_is_parted_keeps_its_own_cells() -> None:
    assert [
        ("=/", "", "root"),
        ("/a", "POST", "posts"),
        ("/a", "", ""),
        ("~(?:[^/].*||/(?:[^a].*|a[^/].*))", "", ""),
    ] == cells(root=exact("/"), posts=prefix("/a", Method.POST))


def test_an_exact_path_that_an_expression_covers_cannot_be_told_apart() -> None:
    numbers = Alternative(path=PathRegex(regex="/[0-9]+"))

    with pytest.raises(UncuttableError):
        cells(numbers=numbers, seven=exact("/7"))


def test_expressions_that_overlap_in_part_cannot_be_told_apart() -> None:
    with pytest.raises(UncuttableError):
        cells(ab=Alternative(path=PathRegex(regex="/[ab]")), bc=Alternative(path=PathRegex(regex="/[bc]")))


def test_conditions_that_overlap_in_every_way_are_refused_before_they_are_too_many() -> None:
    headers = {f"h{index}": Alternative(headers=((f"x-{index}", Exact(exact="1")),)) for index in range(12)}

    with pytest.raises(UncuttableError):
        cells(**headers)


segment = st.text("ab.", min_size=1, max_size=2)
paths = st.lists(segment, min_size=1, max_size=3).map(lambda words: "/" + "/".join(words))


@given(paths, st.lists(paths, max_size=3), st.lists(paths, max_size=3), paths)
def test_the_rest_of_a_prefix_is_what_lies_below_it_and_is_not_taken(
    base: str, exacts: list[str], prefixes: list[str], asked: str
) -> None:
    taken: list[PathExact | PathPrefix] = [
        *(PathExact(exact=base + text) for text in exacts),
        *(PathPrefix(prefix=base + text) for text in prefixes),
    ]
    regex = re.compile(rest_of(base, taken).regex)

    def is_under(text: str, top: str) -> bool:
        return text == top or text.startswith(f"{top}/")

    for text in (asked, base, base + asked, f"{base}/", f"{base}{asked}/"):
        is_taken = any(text == base + each for each in exacts) or any(
            is_under(text, base + each) for each in prefixes
        )
        expected = is_under(text, base) and text != base and not is_taken

        assert expected == (regex.fullmatch(text) is not None)


def test_an_exact_path_with_a_condition_leaves_a_cell_for_those_who_do_not_meet_it() -> None:
    header = (("x-a", Exact(exact="1")),)
    conditions = {
        "both": Alternative(path=PathExact(exact="/"), headers=header),
        "header": Alternative(headers=header),
    }

    found = cut(
        conditions.values(),
        lambda cell: " ".join(name for name, each in conditions.items() if covers(each, cell)),
    )

    assert [
        ("=/", 1, "both header"),
        ("=/", 0, ""),
        ("~(?:[^/].*||/.+)", 1, "header"),
        ("~(?:[^/].*||/.+)", 0, ""),
    ] == [(path(cell.requests), len(cell.requests.headers), cell.content) for cell in found]
