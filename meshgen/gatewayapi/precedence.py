"""Which of two overlapping routes gets a request, where routes are ranked by how much they say."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from meshgen.gatewayapi.requests import (
    Alternative,
    Request,
    covers,
    meet,
    overlaps,
    request_of,
)
from meshgen.gatewayapi.values import Relation, path_relation
from meshgen.intent.match import PathExact, PathMatch, PathPrefix, PathRegex


class Rank(enum.Enum):
    """How an alternative fares against another, over all requests that match both."""

    ABOVE = "above"  # it wins each of them
    LEVEL = "level"  # it wins or ties
    BELOW = "below"  # the other wins one of them


Order = Callable[[Alternative, Alternative], Rank]


def by_matched_length(one: Alternative, other: Alternative) -> Rank:
    """Rank by host name, length of the matched path, headers, query parameters, method.

    A regular expression counts as long as the path that it matches.
    """
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs, up to 2.20: the method comes last
    left = (len(one.headers), len(one.query), one.method is not None)
    right = (len(other.headers), len(other.query), other.method is not None)
    return _ranked(_host(one), _host(other), _lengths(one.path, other.path), left, right)


def by_specification(one: Alternative, other: Alternative) -> Rank:
    """Rank as the Gateway API says: exact paths, longer prefixes, method, headers, query parameters.

    Where a regular expression stands among paths is each implementation's own: it is below everything here.
    """
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRouteRule.matches
    left = (one.method is not None, len(one.headers), len(one.query))
    right = (other.method is not None, len(other.headers), len(other.query))
    return _ranked(_host(one), _host(other), _kinds(one.path, other.path), left, right)


def _host(alternative: Alternative) -> tuple[int, int]:
    """No host name is below a wildcard, and that below a name; among each other the longer wins."""
    name = alternative.hostname
    if name is None:
        return (0, 0)
    return (1, len(name)) if name.startswith("*.") else (2, len(name))


def _ranked(
    host: tuple[int, int],
    other_host: tuple[int, int],
    paths: set[int],
    rest: tuple[int, ...],
    other_rest: tuple[int, ...],
) -> Rank:
    """Compare part by part; `paths` are the signs that the comparison of paths can have."""
    if host != other_host:
        return Rank.ABOVE if host > other_host else Rank.BELOW
    signs = {sign or _sign(rest, other_rest) for sign in paths}
    match min(signs):
        case 1:
            return Rank.ABOVE
        case 0:
            return Rank.LEVEL
        case _:
            return Rank.BELOW


def _sign(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    return (left > right) - (left < right)


def _lengths(one: PathMatch, other: PathMatch) -> set[int]:
    match one, other:
        case PathRegex(), PathPrefix():
            return {-sign for sign in _lengths(other, one)}
        case PathRegex(), _:
            return {0}
        case PathExact(), PathRegex():
            return {0}
        case PathPrefix(prefix=prefix), PathRegex():
            at_prefix = path_relation(PathExact(exact=prefix), other)
            if at_prefix is Relation.EQUAL:
                return {0}
            return {-1, 0} if at_prefix is Relation.COVERED else {-1}
        case _:
            return {_sign((len(_literal(one)),), (len(_literal(other)),))}


def _literal(path: PathMatch) -> str:
    match path:
        case PathExact(exact=text) | PathPrefix(prefix=text):
            return text
        case PathRegex():
            raise AssertionError(path)
        case _:
            assert_never(path)


def _kinds(one: PathMatch, other: PathMatch) -> set[int]:
    return {_sign(_kind(one), _kind(other))}


def _kind(path: PathMatch) -> tuple[int, int]:
    match path:
        case PathExact(exact=text):
            return (2, len(text))
        case PathPrefix(prefix=text):
            return (1, len(text))
        case PathRegex():
            return (0, 0)
        case _:
            assert_never(path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A route in the order written."""

    name: str
    alternatives: tuple[Alternative, ...]
    object: object  # routes of equal objects stand in one, where the earlier wins a tie


class Misorder(NamedTuple):
    """Two routes of which the later one gets a request that the earlier one should have."""

    first: str
    second: str
    request: Request
    is_tie: bool  # they rank alike, and stand in two objects whose age and name decide


def misorders(routes: Sequence[Ranked], order: Order) -> Iterator[Misorder]:
    """Yield every pair of routes that does not rank in the order written, with a request that shows it.

    A route ranks, for a request, as its best alternative that matches it.
    """
    for index, first in enumerate(routes):
        for second in routes[index + 1 :]:
            found = _misorder(first, second, order)
            if found is not None:
                yield found


def _misorder(first: Ranked, second: Ranked, order: Order) -> Misorder | None:
    worst = Rank.ABOVE if first.object != second.object else Rank.LEVEL
    for later in second.alternatives:
        for earlier in first.alternatives:
            if not overlaps(earlier, later) or _suffices(order(earlier, later), worst):
                continue
            both = meet(earlier, later)
            if both is not None and any(
                covers(other, both) and _suffices(order(other, later), worst) for other in first.alternatives
            ):
                continue
            request = request_of(earlier, later)
            return Misorder(first.name, second.name, request, order(earlier, later) is Rank.LEVEL)
    return None


def _suffices(rank: Rank, worst: Rank) -> bool:
    return rank is Rank.ABOVE or (rank is Rank.LEVEL and worst is Rank.LEVEL)
