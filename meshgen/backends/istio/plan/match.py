"""Which requests a route takes, as alternatives of which each holds one path and one port."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    Match,
    Method,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    QueryMatch,
    Regex,
)
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedRoute, ServicePort
from meshgen.scalars import Json

StringMatch = dict[str, Json]  # one of exact, prefix, regex; empty: whatever the value


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpMatch:
    """One entry of `http[].match`: its conditions are ANDed, and there is one at least."""

    conditions: tuple[tuple[str, Json], ...]

    @property
    def first(self) -> tuple[tuple[str, Json], ...]:
        """The one condition that begins the entry."""
        return self.conditions[:1]

    @property
    def others(self) -> tuple[tuple[str, Json], ...]:
        """The conditions below it."""
        return self.conditions[1:]

    @property
    def is_any(self) -> bool:
        """True where it asks for nothing but a port."""
        return all(field == "port" for field, _ in self.conditions)


def http_matches(
    route: ResolvedRoute, port: ServicePort, *, is_port_written: bool
) -> tuple[HttpMatch, ...] | None:
    """Write the alternatives of a route that hold on a port.

    None: no condition, every request. Empty: the route does not hold on this port.
    """
    number = (("port", port.number),) if is_port_written else ()
    everything = (HttpMatch(conditions=number),) if number else None
    if not route.matches:
        return everything
    found = [
        (*_conditions(match, uri), *number)
        for match in route.matches
        if _holds_on(match, port)
        for uri in _uris(match.paths, port.protocol)
    ]
    if number in found:
        return everything
    return tuple(HttpMatch(conditions=conditions) for conditions in found)


def _holds_on(match: Match, port: ServicePort) -> bool:
    return not match.ports or port.name in match.ports or str(port.number) in match.ports


def _uris(paths: tuple[PathMatch, ...], protocol: Protocol) -> Iterator[StringMatch | None]:
    if not paths:
        yield None
    for path in paths:
        if _is_below_another(path, paths):
            continue
        match path:
            case PathExact(exact=exact):
                yield {"exact": exact}
            case PathPrefix(prefix="/"):
                yield None
            case PathPrefix(prefix=prefix):
                # istio/istio pilot/pkg/networking/core/route/route.go: a prefix is one of characters
                is_grpc, is_service = protocol is Protocol.GRPC, "/" not in prefix[1:]
                if not is_grpc or not is_service:
                    yield {"exact": prefix}
                if not is_grpc or is_service:  # a gRPC path is a service and its method, and nothing more
                    yield {"prefix": f"{prefix}/"}
            case PathRegex(regex=regex):
                yield {"regex": regex}
            case _:
                assert_never(path)


def _is_below_another(path: PathMatch, paths: tuple[PathMatch, ...]) -> bool:
    """Tell whether a wider prefix takes whatever a prefix takes."""
    if not isinstance(path, PathPrefix):
        return False
    wider = (each.prefix for each in paths if isinstance(each, PathPrefix) and each != path)
    return any(path.prefix.startswith(f"{prefix.rstrip('/')}/") for prefix in wider)


def _conditions(match: Match, uri: StringMatch | None) -> tuple[tuple[str, Json], ...]:
    headers = dict(sorted((name.lower(), how) for name, how in (match.headers or {}).items()))
    present = {name: _string(how) for name, how in headers.items() if not isinstance(how, Absent)}
    absent: Json = {name: {} for name, how in headers.items() if isinstance(how, Absent)}
    query = {name: _string(how) for name, how in sorted((match.query_params or {}).items())}
    fields: tuple[tuple[str, Json | None], ...] = (
        ("uri", uri),
        ("method", _method(match.methods)),
        ("headers", present),
        ("withoutHeaders", absent),
        ("queryParams", query),
    )
    return tuple((field, value) for field, value in fields if value)


def _method(methods: tuple[Method, ...]) -> StringMatch | None:
    match methods:
        case ():
            return None
        case (method,):
            return {"exact": method.value}
        case _:
            return {"regex": "|".join(method.value for method in methods)}


def _string(how: HeaderMatch | QueryMatch) -> StringMatch:
    match how:
        case Exact(exact=exact):
            return {"exact": exact}
        case Prefix(prefix=prefix):
            return {"prefix": prefix} if prefix else {}  # every value begins with nothing
        case Regex(regex=regex):
            return {"regex": regex} if regex else {"exact": ""}  # the webhook refuses an empty one
        case Present() | Absent():
            return {}
        case _:
            assert_never(how)
