"""Which requests an alternative of a route picks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, assert_never

from meshgen.gatewayapi.routes import Written, within
from meshgen.intent.languages import Below, Exactly, Language, Matching, holds
from meshgen.intent.outcome.call import Request
from meshgen.resources import Path


class HttpPath(NamedTuple):
    """A condition on the path, as it is written."""

    type: Literal["Exact", "PathPrefix", "RegularExpression"]
    text: str


class Rpc(NamedTuple):
    """A condition on the service and method of a gRPC call, as it is written; None is any."""

    type: Literal["Exact", "RegularExpression"]
    service: str | None
    method: str | None


class Condition(NamedTuple):
    """A value that a header or query parameter has."""

    name: str  # of a header in lower case
    value: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Every condition that is set holds; of conditions of equal names the first alone is kept."""

    at: Path
    written: HttpPath | Rpc
    path: Language  # the same, as a set of paths
    method: str | None = None
    headers: tuple[Condition, ...] = ()
    query: tuple[Condition, ...] = ()

    def picks(self, request: Request) -> bool:
        """Tell whether a request fulfils every condition."""
        return (
            (self.method is None or self.method == request.method)
            and holds(self.path, request.path)
            and _fulfil(request.headers, self.headers)
            and (not self.query or _fulfil(first_of_each(request.query), self.query))
        )


def _fulfil(values: Mapping[str, str], conditions: Iterable[Condition]) -> bool:
    for name, language in conditions:
        value = values.get(name)
        if value is None or not holds(language, value):
            return False
    return True


def first_of_each(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Give each parameter its first value, which is the one that counts."""
    first: dict[str, str] = {}
    for name, value in query:
        first.setdefault(name, value)
    return first


def read_match(written: Written, *, is_grpc: bool) -> Match:
    """Read an alternative; what it leaves out is no condition."""
    at, body = written
    headers = _conditions(written, "headers", str.lower)
    if is_grpc:
        rpc = _rpc(body.get("method", {}))
        return Match(at=at, written=rpc, path=_calls(rpc), headers=headers)
    path = _path(body.get("path", {}))
    return Match(
        at=at,
        written=path,
        path=_paths(path),
        method=body.get("method"),
        headers=headers,
        query=_conditions(written, "queryParams", str),
    )


def _path(said: Mapping[str, Any]) -> HttpPath:
    return HttpPath(said.get("type", "PathPrefix"), said.get("value", "/"))


def _paths(path: HttpPath) -> Language:
    match path.type:
        case "Exact":
            return Exactly(path.text)
        case "PathPrefix":
            return Below(path.text.rstrip("/"))
        case "RegularExpression":
            return Matching(path.text)
    assert_never(path.type)


def _rpc(said: Mapping[str, Any]) -> Rpc:
    return Rpc(said.get("type", "Exact"), said.get("service") or None, said.get("method") or None)


def _calls(rpc: Rpc) -> Language:
    match rpc:
        case Rpc(service=None, method=None):
            return Below("")
        case Rpc(type="Exact", service=str(service), method=str(method)):
            return Exactly(f"/{service}/{method}")
        case _:
            return Matching(f"/{_segment(rpc.type, rpc.service)}/{_segment(rpc.type, rpc.method)}")


def _segment(type_: str, text: str | None) -> str:
    if text is None:
        return "[^/]+"
    return re.escape(text) if type_ == "Exact" else f"({text})"


def _conditions(written: Written, key: str, spelling: Callable[[str], str]) -> tuple[Condition, ...]:
    first: dict[str, Language] = {}
    for _, said in within(*written, key):
        is_regex = said.get("type", "Exact") == "RegularExpression"
        value = Matching(said["value"]) if is_regex else Exactly(said["value"])
        first.setdefault(spelling(said["name"]), value)
    return tuple(Condition(name, value) for name, value in first.items())
