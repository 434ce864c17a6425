"""Requests as the caller's proxy sees them, and as it sends them on."""

from __future__ import annotations

from typing import NamedTuple

from meshgen.backends.consul.outcome.matching import Asked
from meshgen.backends.consul.profiles import loses_prefixes
from meshgen.backends.consul.read.chain import Route
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.facets import Edits
from meshgen.profile import Profile


def asked_of(request: Request | None) -> Asked | None:
    """Take what is compared out of a request; of a parameter that is sent several times the first counts."""
    if request is None:
        return None
    query = dict(reversed(request.query)) if request.query else {}
    return Asked(request.method, request.path, query, request.headers, request.token)


class Habits(NamedTuple):
    """What some versions do to a path that others do not."""

    joins_slashes: bool  # `/foo` by `/` makes `/bar` of `/foo/bar`, where older proxies make `//bar`
    loses_prefixes: bool  # as by `/`, where a route to somewhere has a prefix and no rewrite

    @classmethod
    def of(cls, profile: Profile) -> Habits:
        """Say what the version of a profile does."""
        # hashicorp/consul issue 11000: a rewrite by expression since 1.22.1
        return cls(joins_slashes=profile.version != "1.8", loses_prefixes=loses_prefixes(profile))


def path_sent(route: Route | None, path: str, habits: Habits) -> str:
    """Rewrite a path as a route says; the query is no part of it."""
    if route is None:
        return path
    rewrite = route.rewrite
    if habits.loses_prefixes and route.prefix and route.has_destination:
        rewrite = rewrite or "/"
    if not rewrite:
        return path
    if not route.prefix:
        return rewrite
    rest = path[len(route.prefix) :]
    if habits.joins_slashes and rewrite.endswith("/") and rest.startswith("/"):
        rest = rest[1:]
    return rewrite + rest


def passed_on(asked: Asked, path: str, edits: Edits) -> Asked:
    """Give a request its new path, and apply the edits of its headers: removals first, then the others."""
    if not edits:
        return asked if path == asked.path else asked._replace(path=path)
    headers = dict(asked.headers)
    for what, name, value in sorted(edits, key=lambda edit: _ORDER.index(edit[0])):
        if what == "remove":
            headers.pop(name, None)
        elif what == "add" and name in headers:
            headers[name] = f"{headers[name]},{value}"
        else:
            headers[name] = value
    return asked._replace(path=path, headers=headers)


# envoyproxy/envoy source/common/router/header_parser.cc: evaluateHeaders removes before it adds
_ORDER = ("remove", "set", "add")
