"""Sets of requests, as one alternative of a route picks them: overlap, cover, and a request that shows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.gatewayapi.values import (
    Relation,
    header_relation,
    hostname_relation,
    path_relation,
    query_relation,
    value_language,
)
from meshgen.intent.languages import PATHS, VALUES, Language, example
from meshgen.intent.match import HeaderMatch, Method, PathMatch, PathPrefix, QueryMatch
from meshgen.intent.patterns import path_language

ANY_PATH = PathPrefix(prefix="/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """One alternative of a route's match: every condition that is set holds."""

    hostname: str | None = None  # `*.` in front is one label or more
    path: PathMatch = ANY_PATH
    headers: tuple[tuple[str, HeaderMatch], ...] = ()  # by name in lower case, sorted
    query: tuple[tuple[str, QueryMatch], ...] = ()  # by name, sorted
    method: Method | None = None


EVERY_REQUEST = Alternative()


def overlaps(one: Alternative, other: Alternative) -> bool:
    """Tell whether a request can match both; what cannot be decided counts as an overlap."""
    return Relation.DISJOINT not in _relations(one, other)


def covers(wide: Alternative, narrow: Alternative) -> bool:
    """Tell whether every request of `narrow` is one of `wide`; what cannot be decided is not covered."""
    return set(_relations(wide, narrow)) <= {Relation.EQUAL, Relation.COVERS}


def _relations(one: Alternative, other: Alternative) -> list[Relation]:
    """Relate two alternatives condition by condition."""
    relations = [
        hostname_relation(one.hostname, other.hostname),
        path_relation(one.path, other.path),
        _method_relation(one.method, other.method),
    ]
    headers, other_headers = dict(one.headers), dict(other.headers)
    query, other_query = dict(one.query), dict(other.query)
    relations += [
        header_relation(headers.get(name), other_headers.get(name))
        for name in sorted({*headers, *other_headers})
    ]
    relations += [
        query_relation(query.get(name), other_query.get(name)) for name in sorted({*query, *other_query})
    ]
    return relations


def _method_relation(one: Method | None, other: Method | None) -> Relation:
    if one is other:
        return Relation.EQUAL
    if one is None:
        return Relation.COVERS
    return Relation.COVERED if other is None else Relation.DISJOINT


def meet(one: Alternative, other: Alternative) -> Alternative | None:
    """Give what two overlapping alternatives have in common; None where one alternative cannot say it."""
    if Relation.OVERLAPPING in _relations(one, other):
        return None
    hosts = hostname_relation(one.hostname, other.hostname)
    paths = path_relation(one.path, other.path)
    headers = dict(other.headers)
    for name, match in one.headers:
        if header_relation(match, headers.get(name)) is not Relation.COVERS:
            headers[name] = match
    return Alternative(
        hostname=one.hostname if hosts in (Relation.EQUAL, Relation.COVERED) else other.hostname,
        path=one.path if paths in (Relation.EQUAL, Relation.COVERED) else other.path,
        headers=tuple(sorted(headers.items(), key=lambda pair: pair[0])),
        query=tuple(sorted({**dict(other.query), **dict(one.query)}.items(), key=lambda pair: pair[0])),
        method=one.method or other.method,
    )


class Request(NamedTuple):
    """A request that shows something, as people write it."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        said = ", ".join(f"{name}: {value}" for name, value in self.headers)
        return f"{self.method} {self.path}" + (f" with {said}" if said else "")


def request_of(one: Alternative, other: Alternative) -> Request:
    """Name a request that matches two overlapping alternatives."""
    headers, query = _values(one.headers, other.headers), _values(one.query, other.query)
    asked = "&".join(f"{name}={value}" for name, value in query)
    method = one.method or other.method
    paths = [path_language(one.path), path_language(other.path)]
    return Request(
        method="GET" if method is None else method.value,
        path=_shown(example(paths, [], PATHS)) + (f"?{asked}" if asked else ""),
        headers=headers,
    )


def _values(
    one: Iterable[tuple[str, HeaderMatch]], other: Iterable[tuple[str, HeaderMatch]]
) -> tuple[tuple[str, str], ...]:
    languages: dict[str, list[Language]] = {}
    for name, match in (*one, *other):
        language = value_language(match)
        if language is not None:
            languages.setdefault(name, []).append(language)
    return tuple((name, _shown(example(found, [], VALUES))) for name, found in sorted(languages.items()))


def _shown(text: object) -> str:
    return text if isinstance(text, str) else "..."  # the search for one was given up
