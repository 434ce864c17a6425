"""One route of HTTP: what it does with a request, and which topics its parts are held against."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import (
    cors,
    destinations,
    durations,
    faults,
    headers,
    matches,
    mirrors,
    redirects,
    retries,
    rewrites,
)
from meshgen.backends.istio.admission.terms import ROUTES, Body, Rule, each
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

ACTION = Code(
    number="MG432",
    slug="istio-route-action",
    meaning="A route says nothing of what becomes of a request, or two things that exclude each other.",
)
_RULE = Rule(ACTION, ROUTES)
_ENDS = ("route", "redirect", "directResponse")
_EXCLUDED = (
    ("redirect", ("route", "fault", "rewrite", "directResponse")),
    ("directResponse", ("route", "fault", "rewrite")),
    ("mirror", ("mirrors",)),
)


def refused(path: Path, route: Body, *, is_delegate: bool) -> Iterator[Complaint]:
    """Hold a route against clauses 7 to 18."""
    yield from _actions(path, route, is_delegate=is_delegate)
    for at, match in each(route, path, "match"):
        yield from matches.refused(at, match)
    yield from headers.refused(path, route)
    yield from headers.refused_authority(path, route)
    yield from cors.refused(path, route)
    yield from faults.refused(path, route)
    yield from mirrors.refused(path, route)
    yield from redirects.refused(path, route)
    yield from retries.refused(path, route)
    yield from rewrites.refused(path, route)
    yield from destinations.refused(path, route)
    for at, target in each(route, path, "route"):
        yield from headers.refused(at, target)
    yield from durations.refused(path, route, "timeout")


def _actions(path: Path, route: Body, *, is_delegate: bool) -> Iterator[Complaint]:
    if "delegate" in route and not is_delegate:
        yield from _excluded(path, route, "delegate", ("redirect", "route"))
        return
    if "delegate" in route:
        yield _RULE.broken(
            (*path, "delegate"),
            "a VirtualService without hosts delegates further",
            "delegates go one level deep",
        )
    if not any(_is_written(route, key) for key in _ENDS):
        yield _RULE.broken(
            path, "the route has none of route, redirect and directResponse", "write one of them"
        )
    for key, others in _EXCLUDED:
        yield from _excluded(path, route, key, others)


def _excluded(path: Path, route: Body, key: str, others: tuple[str, ...]) -> Iterator[Complaint]:
    for other in others:
        if key in route and _is_written(route, other):
            yield _RULE.broken(
                (*path, other), f"{other} stands beside {key}, which excludes it", "keep one of them"
            )


def _is_written(route: Body, key: str) -> bool:
    return bool(route.get(key)) if key in ("route", "mirrors") else key in route
