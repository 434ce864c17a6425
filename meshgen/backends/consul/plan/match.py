"""Which requests a route takes: each alternative, each path and each half of a prefix for itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.backends.consul.plan.objects import HttpMatch, ValueMatch
from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    Match,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    QueryMatch,
    Regex,
)


class OnePath(NamedTuple):
    """A path as Consul compares it: whole, by how it begins, or by an expression; None is any."""

    exact: str | None = None
    prefix: str | None = None
    regex: str | None = None


ANY_PATH = OnePath()


def alternatives(matches: tuple[Match, ...]) -> Iterator[HttpMatch]:
    """Yield a Consul match for each path of each alternative; none written takes every request."""
    for match in matches:
        for path in paths(match.paths):
            yield _http(path, match)
    if not matches:
        yield HttpMatch(path_prefix="/")


def _http(path: OnePath, match: Match) -> HttpMatch:
    header = tuple(header_match(name, how) for name, how in sorted((match.headers or {}).items()))
    query = tuple(_query_match(name, how) for name, how in sorted((match.query_params or {}).items()))
    methods = tuple(method.value for method in dict.fromkeys(match.methods))
    is_all = path == ANY_PATH and not (header or query or methods)
    return HttpMatch(
        path_exact=path.exact,
        path_prefix="/" if is_all else path.prefix,
        path_regex=path.regex,
        header=header or None,
        query_param=query or None,
        methods=methods or None,
    )


def is_no_method(exact: str | None) -> bool:
    """True of a whole path of one segment, which is no call of gRPC's."""
    # grpc/grpc doc/PROTOCOL-HTTP2.md: a path is the service and its method
    return exact is not None and "/" not in exact[1:]


def paths(written: tuple[PathMatch, ...]) -> tuple[OnePath, ...]:
    """Take a list of paths apart; Consul's prefix is of characters, ours of segments, so it becomes two."""
    return tuple(dict.fromkeys(one for path in written for one in _paths(path))) or (ANY_PATH,)


def _paths(path: PathMatch) -> Iterator[OnePath]:
    match path:
        case PathExact(exact=exact):
            yield OnePath(exact=exact)
        case PathPrefix(prefix="/"):
            yield OnePath(prefix="/")
        case PathPrefix(prefix=prefix):
            yield OnePath(exact=prefix)
            yield OnePath(prefix=f"{prefix}/")
        case PathRegex(regex=regex):
            yield OnePath(regex=_filled(regex))


def header_match(name: str, how: HeaderMatch) -> ValueMatch:
    """Compare a header; an empty text is no condition to Consul, so it is said by expression."""
    match how:
        case Exact(exact=""):
            return ValueMatch(name=name, regex="^$")
        case Exact(exact=exact):
            return ValueMatch(name=name, exact=exact)
        case Prefix(prefix=""):
            return ValueMatch(name=name, present=True)
        case Prefix(prefix=prefix):
            return ValueMatch(name=name, prefix=prefix)
        case Regex(regex=regex):
            return ValueMatch(name=name, regex=_filled(regex))
        case Present():
            return ValueMatch(name=name, present=True)
        case Absent():
            return ValueMatch(name=name, present=True, invert=True)


def _query_match(name: str, how: QueryMatch) -> ValueMatch:
    match how:
        case Exact(exact=""):
            return ValueMatch(name=name, regex="^$")
        case Exact(exact=exact):
            return ValueMatch(name=name, exact=exact)
        case Regex(regex=regex):
            return ValueMatch(name=name, regex=_filled(regex))
        case Present():
            return ValueMatch(name=name, present=True)


def _filled(regex: str) -> str:
    return regex or "^$"
