"""Overlap and cover of requests: decided, with a request that shows it, or honestly undecided."""

from __future__ import annotations

import itertools

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from meshgen.intent.access import To
from meshgen.intent.automata import UNDECIDED, shortest
from meshgen.intent.match import (
    Absent,
    Exact,
    Match,
    Method,
    PathExact,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    Regex,
)
from meshgen.intent.patterns import Pattern, Sample, pattern_of, sample

GET, POST = Method.GET, Method.POST
ALL = Pattern()


def exact(*paths: str, **more: object) -> Pattern:
    return pattern_of(Match(paths=tuple(PathExact(exact=path) for path in paths), **more))  # type: ignore[arg-type]


def prefix(*paths: str, **more: object) -> Pattern:
    return pattern_of(Match(paths=tuple(PathPrefix(prefix=path) for path in paths), **more))  # type: ignore[arg-type]


def regex(*paths: str) -> Pattern:
    return pattern_of(Match(paths=tuple(PathRegex(regex=path) for path in paths)))


def methods(*names: Method) -> Pattern:
    return pattern_of(Match(methods=names))


def header(match: Exact | Prefix | Regex | Present | Absent) -> Pattern:
    return pattern_of(Match(headers={"x": match}))


def hosts(*names: str) -> Pattern:
    return pattern_of(To(hostnames=names))


PRESENT, ABSENT = Present(present=True), Absent(absent=True)

FOUND = [
    ("a prefix and what is below it", [prefix("/a"), prefix("/a/b")], [], "GET /a/b"),
    ("a prefix beyond what is below it", [prefix("/a")], [prefix("/a/b"), exact("/a")], "GET /a/x"),
    ("everything beyond a prefix", [ALL], [prefix("/a")], "GET /"),
    ("a path that only looks alike", [exact("/ab")], [prefix("/a")], "GET /ab"),
    ("another method", [prefix("/a")], [prefix("/a", methods=(GET,))], "HEAD /a"),
    ("a method beyond the nine", [ALL], [methods(*Method)], "PROPFIND /"),
    ("a header with another value", [header(PRESENT)], [header(Exact(exact="x"))], "GET / with x: xx"),
    ("a header that is absent", [ALL], [header(PRESENT)], "GET /"),
    ("a header that is there", [ALL], [header(ABSENT)], "GET / with x: x"),
    (
        "a value that begins alike",
        [header(Prefix(prefix="a")), header(Prefix(prefix="ab"))],
        [],
        "GET / with x: ab",
    ),
    ("a path of a regex", [regex("/v[0-9]+/.*")], [prefix("/v0"), prefix("/v1")], "GET /v2/"),
    ("a value of a regex", [header(Regex(regex="[a-c]+"))], [header(Exact(exact="a"))], "GET / with x: b"),
    ("any of several paths", [exact("/a", "/b")], [exact("/a")], "GET /b"),
    ("a name below a domain", [hosts("*.a.b")], [hosts("x.a.b")], "GET / to xx.a.b"),
]

NOTHING = [
    ("a path below a prefix", [exact("/a/b")], [prefix("/a")]),
    ("everything below /", [ALL], [prefix("/")]),
    ("methods that others take together", [methods(GET, POST)], [methods(GET), methods(POST)]),
    ("a header that is there or not", [ALL], [header(PRESENT), header(ABSENT)]),
    ("two values of one header", [header(Exact(exact="a")), header(Exact(exact="b"))], []),
    ("a prefix below a regex", [prefix("/v1")], [regex("/v[0-9](/.*)?")]),
    ("a regex below prefixes", [regex("/v[12]/.*")], [prefix("/v1"), prefix("/v2")]),
    ("a regex that no path can match", [regex("api/.*")], []),
    ("a name that is no name below itself", [hosts("a.b"), hosts("*.a.b")], []),
    ("names two domains down", [hosts("*.a.b.c")], [hosts("*.b.c")]),
]


@pytest.mark.parametrize(
    ("all_of", "none_of", "shown"), [case[1:] for case in FOUND], ids=[case[0] for case in FOUND]
)
def test_what_is_left_is_shown_by_a_request(
    all_of: list[Pattern], none_of: list[Pattern], shown: str
) -> None:
    assert str(sample(all_of, none_of)) == shown


@pytest.mark.parametrize(
    ("all_of", "none_of"), [case[1:] for case in NOTHING], ids=[case[0] for case in NOTHING]
)
def test_nothing_is_left(all_of: list[Pattern], none_of: list[Pattern]) -> None:
    assert sample(all_of, none_of) is None


BRANCHES = "(a|b)" * 40  # after a branching start, automata of these have 2^40 states


@pytest.mark.parametrize(
    "texts",
    [
        ["(?i)/a"],
        [r"/\pL"],
        ["/(?P<a"],
        [r"/\bx"],
        ["/(a{100}){100}"],
        [f"/(a|b)*a{BRANCHES}", f"/(a|b)*b{BRANCHES}"],
    ],
)
def test_a_regex_that_is_not_understood_or_too_large_is_undecided(texts: list[str]) -> None:
    assert sample([regex(text) for text in texts], [regex("/zz.*")]) is UNDECIDED


def test_ports_are_those_that_are_asked_about() -> None:
    one, other = pattern_of(Match(ports=("80",)), ["http-80"]), pattern_of(Match(ports=("81",)), ["http-81"])

    assert sample([ALL], [one], ports=["http-80", "http-81"]) == Sample(
        method="GET", path="/", port="http-81"
    )
    assert sample([ALL], [one, other], ports=["http-80", "http-81"]) is None
    assert sample([one, other], ports=["http-80", "http-81"]) is None


def test_a_query_and_a_header_show_in_the_request() -> None:
    match = Match(query_params={"q": Exact(exact="1")}, headers={"X-A": Prefix(prefix="v")}, methods=(POST,))

    assert str(sample([pattern_of(match)])) == "POST /?q=1 with x-a: v"


PIECES = st.sampled_from(
    ["a", "b", ".", "[ab]", "[^a]", r"\w", "(a|b)", "(ab)?", "a*", "b+", "(a|bb)*", "a{2,3}"]
)
REGEXES = st.lists(PIECES, min_size=1, max_size=4).map("".join)
TEXTS = ["".join(letters) for length in range(6) for letters in itertools.product("ab", repeat=length)]


@given(within=st.lists(REGEXES, min_size=1, max_size=2), outside=st.lists(REGEXES, max_size=2))
def test_the_shortest_text_is_what_trying_them_all_finds(within: list[str], outside: list[str]) -> None:
    def fits(text: str) -> bool:
        is_within = all(re2.fullmatch(one, text) for one in within)
        return is_within and not any(re2.fullmatch(one, text) for one in outside)

    found = shortest(within, outside, alphabet=[(ord("a"), ord("b"))])
    tried = next((text for text in TEXTS if fits(text)), None)

    assert found is not UNDECIDED
    if found is None or len(str(found)) < 6:
        assert found == tried
    else:
        assert (fits(str(found)), tried) == (True, None)


@pytest.mark.parametrize("text", ["a{,3}", "a{}", "a{b}", "a{1,b}", "{a", "a}"])
def test_a_brace_that_repeats_nothing_is_itself(text: str) -> None:
    assert shortest([text], [], alphabet=[(0x21, 0x7E)]) == text


CLASSES = [
    "[a-]",
    "[-a]",
    "[]a]",
    "[^]a]",
    r"[\]a]",
    r"[\w-]",
    r"[.\-/]",
    r"\.",
    r"\-",
    r"\/",
    "é",
    "[[a]",
    r"[\\a]",
]


@pytest.mark.parametrize("text", CLASSES)
def test_characters_are_read_as_re2_reads_them(text: str) -> None:
    alphabet = [(0x21, 0x7E), (0xE9, 0xE9)]
    points = [point for low, high in alphabet for point in range(low, high + 1)]
    expected = [point for point in points if re2.fullmatch(text, chr(point))]

    assert [point for point in points if shortest([text], [], alphabet=[(point, point)])] == expected
