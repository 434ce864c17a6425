"""What filters do to a request: what is sent on, where a redirect leads, which headers change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from meshgen.gatewayapi.conditions import HttpPath, Match
from meshgen.gatewayapi.routing import (
    Filter,
    FullPath,
    HeaderEdits,
    PathChange,
    PrefixPath,
    Redirect,
    Rewrite,
)
from meshgen.intent.outcome import facets
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.facets import Edits

_DEFAULT_PORTS = {"http": 80, "https": 443}


def sent_on(request: Request, match: Match, filters: Iterable[Filter]) -> Request:
    """Give the request as backends see it: rewritten, and with its headers edited."""
    sent = request
    for each in filters:
        match each:
            case Rewrite(hostname=hostname, path=change):
                path = sent.path if change is None else changed_path(request.path, match, change)
                sent = replace(sent, path=path, host=hostname or sent.host)
            case HeaderEdits(is_of_request=True):
                sent = replace(sent, headers=edited(sent.headers, each))
            case _:
                pass
    return sent


def changed_path(path: str, match: Match, change: PathChange | None) -> str:
    """Give a path, without query, as a rewrite or redirect changes it behind the match that picked it.

    A match on anything but a prefix has none to replace, so that the path stays.
    """
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPPathModifier
    match change, match.written:
        case FullPath(text), _:
            return text or "/"
        case PrefixPath(text), HttpPath("PathPrefix", prefix):
            return text.rstrip("/") + path[len(prefix.rstrip("/")) :] or "/"
        case _:
            return path


def location(redirect: Redirect, request: Request, match: Match, *, host: str, port: int) -> str:
    """Give the address that a redirect names; `host` and `port` are those that were called in plain HTTP."""
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRequestRedirectFilter.port
    scheme = redirect.scheme or "http"
    name = redirect.hostname or host.partition(":")[0]
    derived = port if redirect.scheme is None else _DEFAULT_PORTS[scheme]
    target = derived if redirect.port is None else redirect.port
    shown = name if target == _DEFAULT_PORTS[scheme] else f"{name}:{target}"
    moved = replace(request, path=changed_path(request.path, match, redirect.path))
    return f"{scheme}://{shown}{moved.target}"


def header_edits(filters: Iterable[Filter], *, of_request: bool) -> Edits:
    """Join the edits of filters in the order in which they are applied.

    What one sets or removes, nothing before it has a say in.
    """
    every: dict[str, set[tuple[str, str, str]]] = {}
    for each in filters:
        if not isinstance(each, HeaderEdits) or each.is_of_request is not of_request:
            continue
        for edit in facets.edits(set_=dict(each.set), add=dict(each.add), remove=each.remove):
            what, name, _ = edit
            every[name] = {*every.get(name, ()), edit} if what == "add" else {edit}
    return frozenset(edit for edits in every.values() for edit in edits)


def edited(headers: Mapping[str, str], by: HeaderEdits) -> Mapping[str, str]:
    """Give headers after an edit; what is added to a header stands behind a comma."""
    found = {name: value for name, value in headers.items() if name not in by.remove} | dict(by.set)
    for name, value in by.add:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
