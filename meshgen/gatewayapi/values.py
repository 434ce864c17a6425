"""How two conditions on one part of a request relate: equal, one inside the other, apart, or undecided."""

from __future__ import annotations

import enum
import functools
from typing import Any, assert_never

from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    QueryMatch,
    Regex,
)


class Relation(enum.Enum):
    """How the first of two sets lies to the second."""

    EQUAL = "equal"
    COVERS = "covers"
    COVERED = "covered"
    DISJOINT = "disjoint"
    UNDECIDED = "undecided"  # they may overlap without nesting

    @property
    def turned(self) -> Relation:
        """The same relation seen from the second set."""
        return {Relation.COVERS: Relation.COVERED, Relation.COVERED: Relation.COVERS}.get(self, self)


def hostname_relation(one: str | None, other: str | None) -> Relation:
    """Relate two host names; None is any, and `*.` in front one label or more."""
    if one == other:
        return Relation.EQUAL
    if one is None or (other is not None and _is_below(other, one)):
        return Relation.COVERS
    return Relation.COVERED if other is None or _is_below(one, other) else Relation.DISJOINT


def _is_below(name: str, wildcard: str) -> bool:
    return wildcard.startswith("*.") and name.endswith(wildcard[1:])


def path_relation(one: PathMatch, other: PathMatch) -> Relation:
    """Relate two paths; a prefix is one of whole segments, `/` covers everything."""
    match one, other:
        case PathExact(exact=left), PathExact(exact=right):
            return Relation.EQUAL if left == right else Relation.DISJOINT
        case PathPrefix(prefix=left), PathPrefix(prefix=right) if left == right:
            return Relation.EQUAL
        case PathPrefix(prefix=left), PathExact(exact=right) | PathPrefix(prefix=right) if under(right, left):
            return Relation.COVERS
        case PathExact(exact=left) | PathPrefix(prefix=left), PathPrefix(prefix=right) if under(left, right):
            return Relation.COVERED
        case PathRegex(regex=left), PathRegex(regex=right):
            return Relation.EQUAL if left == right else Relation.UNDECIDED
        case PathRegex(regex=regex), PathExact(exact=text):
            return Relation.COVERS if accepts(regex, text) else Relation.DISJOINT
        case PathExact(exact=text), PathRegex(regex=regex):
            return Relation.COVERED if accepts(regex, text) else Relation.DISJOINT
        case PathRegex(regex=regex), PathPrefix(prefix=prefix):
            return _regex_to_prefix(regex, prefix)
        case PathPrefix(prefix=prefix), PathRegex(regex=regex):
            return _regex_to_prefix(regex, prefix).turned
        case _:
            return Relation.DISJOINT


def under(path: str, prefix: str) -> bool:
    """Tell whether a path lies under a prefix of whole segments, or is it."""
    return prefix == "/" or path == prefix or path.startswith(f"{prefix}/")


def _regex_to_prefix(regex: str, prefix: str) -> Relation:
    if prefix == "/":
        return Relation.COVERED
    least, most = _range(regex)
    inside = f"{prefix}/".encode()
    if least.startswith(inside) and most.startswith(inside):
        return Relation.COVERED
    is_apart = most < prefix.encode() or least > inside + b"\xff" or prefix.encode() < least <= most < inside
    return Relation.DISJOINT if is_apart and not accepts(regex, prefix) else Relation.UNDECIDED


@functools.cache
def _compiled(regex: str) -> Any:
    import re2  # 10 ms, and only needed where somebody writes a regex

    return re2.compile(regex)


def accepts(regex: str, text: str) -> bool:
    """Tell whether an RE2 expression covers the whole text."""
    return _compiled(regex).fullmatch(text) is not None


def _range(regex: str) -> tuple[bytes, bytes]:
    """Bound what an expression matches; only one that begins with text has bounds of any use."""
    least, most = _compiled(f"^(?:{regex})$").possiblematchrange(1024)
    return least, most


def header_relation(one: HeaderMatch | None, other: HeaderMatch | None) -> Relation:
    """Relate two conditions on one header; None is no condition. A header stands for one value."""
    if one == other:
        return Relation.EQUAL
    if one is None:
        return Relation.COVERS
    if other is None:
        return Relation.COVERED
    if isinstance(one, Absent) or isinstance(other, Absent):
        return Relation.DISJOINT
    return _value_relation(one, other)


def query_relation(one: QueryMatch | None, other: QueryMatch | None) -> Relation:
    """Relate two conditions on one query parameter; None is no condition."""
    return header_relation(one, other)


def _value_relation(one: HeaderMatch, other: HeaderMatch) -> Relation:
    match one, other:
        case Present(), _:
            return Relation.COVERS
        case _, Present():
            return Relation.COVERED
        case Exact(exact=text), _:
            return Relation.COVERED if _holds(other, text) else Relation.DISJOINT
        case _, Exact(exact=text):
            return Relation.COVERS if _holds(one, text) else Relation.DISJOINT
        case Prefix(prefix=left), Prefix(prefix=right):
            if right.startswith(left):
                return Relation.COVERS
            return Relation.COVERED if left.startswith(right) else Relation.DISJOINT
        case _:
            return Relation.UNDECIDED


def _holds(match: HeaderMatch, text: str) -> bool:
    match match:
        case Exact(exact=exact):
            return exact == text
        case Prefix(prefix=prefix):
            return text.startswith(prefix)
        case Regex(regex=regex):
            return accepts(regex, text)
        case Present():
            return True
        case Absent():
            return False
        case _:
            assert_never(match)
