"""How two conditions on one part of a request relate: equal, one inside the other, apart, or overlapping."""

from __future__ import annotations

import enum
from typing import assert_never

from meshgen.intent.languages import (
    PATHS,
    VALUES,
    Alphabet,
    Beginning,
    Exactly,
    Language,
    Matching,
    example,
)
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
from meshgen.intent.patterns import path_language


class Relation(enum.Enum):
    """How the first of two sets lies to the second."""

    EQUAL = "equal"
    COVERS = "covers"
    COVERED = "covered"
    DISJOINT = "disjoint"
    OVERLAPPING = "overlapping"  # neither holds the other; also what cannot be decided


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
        case (PathRegex(), _) | (_, PathRegex()):
            return _related(path_language(one), path_language(other), PATHS)
        case _:
            return Relation.DISJOINT


def under(path: str, prefix: str) -> bool:
    """Tell whether a path lies under a prefix of whole segments, or is it."""
    return prefix == "/" or path == prefix or path.startswith(f"{prefix}/")


def _related(one: Language, other: Language, alphabet: Alphabet) -> Relation:
    if one == other:
        return Relation.EQUAL
    if example([one, other], [], alphabet) is None:
        return Relation.DISJOINT
    is_inside = example([one], [other], alphabet) is None
    holds_other = example([other], [one], alphabet) is None
    if is_inside and holds_other:
        return Relation.EQUAL
    if is_inside:
        return Relation.COVERED
    return Relation.COVERS if holds_other else Relation.OVERLAPPING


def header_relation(one: HeaderMatch | None, other: HeaderMatch | None) -> Relation:
    """Relate two conditions on one header; None is no condition. A header stands for one value."""
    if one == other:
        return Relation.EQUAL
    if one is None:
        return Relation.COVERS
    if other is None:
        return Relation.COVERED
    left, right = value_language(one), value_language(other)
    return Relation.DISJOINT if left is None or right is None else _related(left, right, VALUES)


def query_relation(one: QueryMatch | None, other: QueryMatch | None) -> Relation:
    """Relate two conditions on one query parameter; None is no condition."""
    return header_relation(one, other)


def value_language(match: HeaderMatch | QueryMatch) -> Language | None:
    """Describe a value as a set of texts; None where it is absent."""
    match match:
        case Exact(exact=text):
            return Exactly(text)
        case Prefix(prefix=text):
            return Beginning(text)
        case Regex(regex=regex):
            return Matching(regex)
        case Present():
            return Beginning("")
        case Absent():
            return None
    assert_never(match)
