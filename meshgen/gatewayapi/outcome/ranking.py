"""Which of several matches that pick one request is followed."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, assert_never

from meshgen.gatewayapi.conditions import HttpPath, Match, Rpc
from meshgen.gatewayapi.routing import Route, Rule


class Candidate(NamedTuple):
    """A match, and the rule that is followed where it picks a request."""

    route: Route
    rule: Rule
    match: Match


Rank = tuple[int | str, ...]
Order = Callable[[Candidate], Rank]  # the least is followed; equals as they are written


def by_specificity(candidate: Candidate) -> Rank:
    """Rank as the Gateway API says, where equals are of one route.

    Where a regular expression stands is each implementation's own: here below all else of its part.
    """
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRouteRule.matches
    # kubernetes-sigs/gateway-api apis/v1/grpcroute_types.go, GRPCRouteRule.matches
    match = candidate.match
    rest = (match.method is None, -len(match.headers), -len(match.query))
    return (*_path(match.written), *rest, *candidate.route.seniority)


def _path(written: HttpPath | Rpc) -> tuple[int, ...]:
    match written:
        case HttpPath(type="Exact"):
            return (0, 0)
        case HttpPath(type="PathPrefix", text=text):
            return (1, -len(text))
        case HttpPath():
            return (2, 0)
        case Rpc(type="Exact", service=service, method=method):
            return (-len(service or ""), -len(method or ""))
        case Rpc():
            return (0, 0)
    assert_never(written)
