"""What Consul rejects in a match of requests, and the regular expressions that Envoy cannot read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from meshgen.backends.consul.admission.terms import (
    Ground,
    apart,
    at_most_one,
    exactly_one,
    required,
    twice,
    unknown_word,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.grammar import RE2_SYNTAX, re2_refusal
from meshgen.resources import Complaint, Path

MATCH = Code(
    number="MG483",
    slug="consul-match",
    meaning="Consul refuses a match that says two things at once or none, and Envoy a regex that is not RE2.",
)

PATHS = ("pathExact", "pathPrefix", "pathRegex")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE")

# Neither the webhook nor the server compiles an expression; Envoy rejects all of its configuration for one.
_ENVOY = Ground(MATCH, "envoyproxy/envoy source/common/common/regex.cc")


def path_kinds(source: str, http: Part) -> Iterator[Complaint]:
    """Ask for at most one kind of path, a slash in front, and a regex that RE2 reads."""
    ground = Ground(MATCH, source)
    yield from at_most_one(ground, http, PATHS)
    for key in ("pathExact", "pathPrefix"):
        yield from rooted(ground, http, key)
    yield from regex(http, "pathRegex")


def rooted(ground: Ground, part: Part, key: str) -> Iterator[Complaint]:
    """Ask a path that is written to begin with a slash."""
    path = part.text(key)
    if path and not path.startswith("/"):
        yield ground.against(part.at(key), f"path {path!r} does not begin with a slash", f"write /{path}")


def regex(part: Part, key: str) -> Iterator[Complaint]:
    """Ask for an expression that RE2 reads, where one is written."""
    why = re2_refusal(part.text(key))
    if why is not None:
        message = f"{part.text(key)!r} is no RE2 expression, and Envoy rejects it: {why}"
        yield _ENVOY.against(part.at(key), message, RE2_SYNTAX)


def comparisons(source: str, matchers: Iterable[Part], kinds: tuple[str, ...]) -> Iterator[Complaint]:
    """Ask each matcher for a name and exactly one kind of comparison."""
    ground = Ground(MATCH, source)
    for matcher in matchers:
        yield from required(ground, matcher, "name")
        yield from exactly_one(ground, matcher, kinds)
        yield from regex(matcher, "regex")


def letter_case(source: str, matchers: Iterable[Part]) -> Iterator[Complaint]:
    """Refuse to ignore the case of what is not compared by letters."""
    for matcher in matchers:
        yield from apart(Ground(MATCH, source), matcher, "ignoreCase", ("present", "regex"))


def methods(source: str, path: Path, written: Sequence[str]) -> Iterator[Complaint]:
    """Ask for methods of HTTP, none of them twice."""
    ground = Ground(MATCH, source)
    for index, method in enumerate(written):
        yield from unknown_word(ground, (*path, index), method, "method", METHODS)
    known = [(index, method) for index, method in enumerate(written) if method in METHODS]
    yield from twice(ground, (((*path, index), method, method) for index, method in known))
