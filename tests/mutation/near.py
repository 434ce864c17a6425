"""Requests that differ from others in one part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from meshgen.intent.outcome.call import Call, Request

_Part = tuple[str, str]  # a part of a request, and its name where there are several of that kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What stands in each part of some requests, in the order met."""

    of: Mapping[_Part, Mapping[str, Any]]  # by how a value is written, as tokens cannot be keys

    def beyond(self, known: Values) -> Values:
        """Leave out what others have too."""
        found = {
            part: {text: value for text, value in every.items() if text not in known.of.get(part, {})}
            for part, every in self.of.items()
        }
        return Values(of=found)


def values(calls: Iterable[Call]) -> Values:
    """List what stands in each part of some requests."""
    found: dict[_Part, dict[str, Any]] = {}
    for call in calls:
        for part, value in _parts(call):
            found.setdefault(part, {}).setdefault(repr(value), value)
    return Values(of=found)


def _parts(call: Call) -> Iterator[tuple[_Part, Any]]:
    request = call.request
    yield ("who", ""), (call.caller, None if request is None else request.host)
    if request is not None:
        yield ("method", ""), request.method
        yield ("path", ""), request.path
        yield ("token", ""), request.token
        yield from ((("query", name), value) for name, value in request.query)
        yield from ((("header", name), value) for name, value in request.headers.items())


def near(calls: Iterable[Call], known: Values) -> Iterator[Call]:
    """Yield requests, and each with another value in one part or without one; each once."""
    seen: set[str] = set()
    for call in calls:
        for each in (call, *_neighbours(call, known)):
            key = repr(each)
            if key not in seen:
                seen.add(key)
                yield each


def _neighbours(call: Call, known: Values) -> Iterator[Call]:
    for part, every in known.of.items():
        for value in (*every.values(), *((None,) if part[0] in ("query", "header") else ())):
            yield _with(call, part, value)


def _with(call: Call, part: _Part, value: Any) -> Call:
    kind, name = part
    if kind == "who":
        caller, host = value
        request = None if call.request is None else replace(call.request, host=host)
        return replace(call, caller=caller, request=request)
    assert call.request is not None, "connections have no other parts"
    return replace(call, request=_CHANGES[kind](call.request, name, value))


def _query(request: Request, name: str, value: str | None) -> Request:
    rest = tuple(pair for pair in request.query if pair[0] != name)
    return replace(request, query=rest if value is None else (*rest, (name, value)))


def _headers(request: Request, name: str, value: str | None) -> Request:
    rest = {key: each for key, each in request.headers.items() if key != name}
    return replace(request, headers=rest if value is None else {**rest, name: value})


_CHANGES: Mapping[str, Callable[[Request, str, Any], Request]] = {
    "method": lambda request, _, value: replace(request, method=value),
    "path": lambda request, _, value: replace(request, path=value),
    "token": lambda request, _, value: replace(request, token=value),
    "query": _query,
    "header": _headers,
}
