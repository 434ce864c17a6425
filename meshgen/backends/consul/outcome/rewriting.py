"""Requests as the caller's proxy sees them, and as it sends them on."""

from __future__ import annotations

from meshgen.backends.consul.outcome.matching import Asked
from meshgen.backends.consul.read.chain import Route
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.facets import Edits


def asked_of(request: Request | None) -> Asked | None:
    """Take what is compared out of a request; of a parameter that is sent several times the first counts."""
    if request is None:
        return None
    query = dict(reversed(request.query)) if request.query else {}
    return Asked(request.method, request.path, query, request.headers, request.token)


def path_sent(route: Route | None, path: str, *, joins_slashes: bool) -> str:
    """Rewrite a path as a route says; the query is no part of it.

    `joins_slashes`: `/foo` by `/` makes `/bar` of `/foo/bar`, where older proxies make `//bar`.
    """
    # hashicorp/consul issue 11000: a rewrite by expression since 1.22.1
    if route is None or not route.rewrite:
        return path
    if not route.prefix:
        return route.rewrite
    rest = path[len(route.prefix) :]
    if joins_slashes and route.rewrite.endswith("/") and rest.startswith("/"):
        rest = rest[1:]
    return route.rewrite + rest


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
