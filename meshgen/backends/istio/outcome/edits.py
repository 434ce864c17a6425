"""Headers that a route or destination changes, and the host that it sends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from meshgen.intent.outcome.facets import Edits, edits

_AUTHORITY = frozenset((":authority", "host"))


class Changes(NamedTuple):
    """What happens to requests and answers on one way."""

    request: Edits = frozenset()
    response: Edits = frozenset()
    host: str | None = None  # None: the one that came


def changes(body: Mapping[str, Any]) -> Changes:
    """Read `headers` of a route or destination, where Host is the authority.

    istio/istio pilot/pkg/networking/core/route/route.go: one that is set comes before one that is added.
    """
    request = body.get("request") or {}
    host = None
    for key in ("add", "set"):
        for name, value in (request.get(key) or {}).items():
            host = value if name.lower() in _AUTHORITY else host
    return Changes(_edits(request), _edits(body.get("response") or {}), host)


def _edits(body: Mapping[str, Any]) -> Edits:
    kept = {
        key: {
            name: _literal(value)
            for name, value in (body.get(key) or {}).items()
            if name.lower() not in _AUTHORITY and not name.startswith(":")
        }
        for key in ("set", "add")
    }
    removed = [name for name in body.get("remove") or () if name.lower() not in _AUTHORITY]
    return edits(set_=kept["set"], add=kept["add"], remove=removed)


def _literal(value: str) -> str:
    """Envoy reads `%NAME%` as a command and `%%` as a percent sign."""
    text = value.replace("%%", "")
    return f"formatted {value}" if "%" in text else value.replace("%%", "%")


def joined(route: Changes, destination: Changes) -> Changes:
    """Apply the edits of a destination behind those of its route, whose host stands."""
    return Changes(
        _behind(route.request, destination.request),
        _behind(route.response, destination.response),
        route.host or destination.host,
    )


def _behind(first: Edits, second: Edits) -> Edits:
    """What is set or removed later leaves nothing of what was done before."""
    final = {name for what, name, _ in second if what in ("set", "remove")}
    return frozenset(edit for edit in first if edit[1] not in final) | second
