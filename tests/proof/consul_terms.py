"""The words that clauses of consul.md 3 are made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .grammar import HTTP_METHODS, duration_ns

PATHS = ("pathExact", "pathPrefix", "pathRegex")


class Complaint(NamedTuple):
    """One clause that an object breaks."""

    clause: int | str
    why: str


def paths(clause: int, where: str, match: Mapping[str, Any]) -> Iterator[Complaint]:
    """Ask for at most one kind of path, and a slash in front of what is no regex."""
    written = [field for field in PATHS if match.get(field)]
    if len(written) > 1:
        yield Complaint(clause, f"{where}: {' beside '.join(written)}")
    for field in ("pathExact", "pathPrefix"):
        if match.get(field) and not match[field].startswith("/"):
            yield Complaint(clause, f"{where}.{field}: {match[field]!r} does not start with a slash")


def methods(clause: int, where: str, listed: list[str]) -> Iterator[Complaint]:
    """Ask for methods of HTTP, none twice."""
    for method, times in Counter(listed).items():
        if method not in HTTP_METHODS:
            yield Complaint(clause, f"{where}: {method!r} is not a method")
        if times > 1:
            yield Complaint(clause, f"{where}: {method!r} stands twice")


def matchers(
    clause: int, where: str, listed: list[Mapping[str, Any]], kinds: Iterable[str]
) -> Iterator[Complaint]:
    """Ask each for a name and exactly one kind of comparison."""
    for index, matcher in enumerate(listed):
        if not matcher.get("name"):
            yield Complaint(clause, f"{where}[{index}]: no name")
        if sum(bool(matcher.get(kind)) for kind in kinds) != 1:
            yield Complaint(clause, f"{where}[{index}]: not exactly one of {', '.join(kinds)}")


def duration(clause: int | str, where: str, text: str, *, may_be_negative: bool) -> Iterator[Complaint]:
    """Ask for a duration that Go reads."""
    length = duration_ns(text)
    if length is None or (length < 0 and not may_be_negative):
        yield Complaint(clause, f"{where}: {text!r} is not a duration")


def enterprise(
    clause: int, where: str, fields: Mapping[str, Any], names: Iterable[str]
) -> Iterator[Complaint]:
    """Refuse what only the enterprise edition takes."""
    for name in names:
        if fields.get(name):
            yield Complaint(clause, f"{where}.{name}: of the enterprise edition")


def unjudged(fields: Mapping[str, Any], judged: Iterable[str], where: str) -> Iterator[Complaint]:
    """Say which fields no clause here speaks of, so that none passes unread."""
    for field in sorted(fields.keys() - set(judged)):
        yield Complaint("-", f"{where}.{field}: no clause judges this field yet")
