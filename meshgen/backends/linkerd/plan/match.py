"""Conditions on requests as a route of the Gateway API writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import TypeVar, assert_never

from meshgen.backends.linkerd.plan.objects import Compared, GrpcMatch, RouteMatch
from meshgen.gatewayapi.requests import ANY_PATH, Alternative
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
from meshgen.intent.resolved import Request

_M = TypeVar("_M")

# What is admitted as a literal path: kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPPathMatch
_PLAIN_PATH = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+")
_NOT_PLAIN = re.compile(r"//|/\.\.?/|/\.\.?$|%2[fF]")


def of_match(match: Match) -> Iterator[Alternative]:
    """Yield the alternatives of one entry of a route's `match`: each path with each method."""
    for path, method in product(match.paths or (ANY_PATH,), match.methods or (None,)):
        yield Alternative(
            path=_admitted(path),
            headers=_sorted({name.lower(): header for name, header in (match.headers or {}).items()}),
            query=_sorted(match.query_params or {}),
            method=method,
        )


def of_request(request: Request) -> Iterator[Alternative]:
    """Yield the alternatives of what a rule covers: each host name with each path and method."""
    hostnames = request.hostnames or (None,)
    for hostname, path, method in product(
        hostnames, request.paths or (ANY_PATH,), request.methods or (None,)
    ):
        yield Alternative(
            hostname=hostname, path=_admitted(path), headers=_sorted(request.headers), method=method
        )


def _sorted(conditions: Mapping[str, _M]) -> tuple[tuple[str, _M], ...]:
    return tuple(sorted(conditions.items(), key=lambda pair: pair[0]))


def route_match(alternative: Alternative) -> RouteMatch:
    """Write an alternative without its host name, which stands on the route."""
    return RouteMatch(
        path=_path(alternative.path),
        headers=_compared(alternative.headers),
        query=_compared(alternative.query),
        method=None if alternative.method is None else alternative.method.value,
    )


def longest_value(alternative: Alternative) -> int:
    """Count the characters of the path as it is written."""
    return len(_path(alternative.path).value)


def grpc_match(alternative: Alternative) -> GrpcMatch | None:
    """Write an alternative for calls, of which the path names service and method; None for every call."""
    match alternative.path:
        case PathExact(exact=text) | PathPrefix(prefix=text) if text != "/":
            service, _, method = text.removeprefix("/").partition("/")
            return GrpcMatch(service=service, method=method or None, headers=_compared(alternative.headers))
        case _:
            return None


def is_of_grpc(alternative: Alternative) -> bool:
    """Tell whether a gRPC call can match: POST, to a service or one of its methods, without a query."""
    if alternative.query or alternative.method not in (None, Method.POST):
        return False
    match alternative.path:
        case PathPrefix(prefix=text) if text.count("/") == 1:
            return True
        case PathExact(exact=text) | PathPrefix(prefix=text):
            return text.count("/") == 2 and not text.endswith("/")
        case PathRegex():
            return False
        case _:
            assert_never(alternative.path)


def _path(path: PathMatch) -> Compared:
    """Write a path."""
    match path:
        case PathExact(exact=text):
            return Compared(type="Exact", name=None, value=text)
        case PathPrefix(prefix=text):
            return Compared(type="PathPrefix", name=None, value=text)
        case PathRegex(regex=regex):
            return Compared(type="RegularExpression", name=None, value=_whole(regex))
        case _:
            assert_never(path)


def _admitted(path: PathMatch) -> PathMatch:
    """Turn a literal that the Gateway API does not admit into an expression that says the same."""
    match path:
        case PathExact(exact=text) if not _is_plain(text):
            return PathRegex(regex=re.escape(text))
        case PathPrefix(prefix=text) if not _is_plain(text):
            return PathRegex(regex=f"{re.escape(text)}(?:/.*)?")
        case _:
            return path


def _is_plain(path: str) -> bool:
    return _PLAIN_PATH.fullmatch(path) is not None and _NOT_PLAIN.search(path) is None


def _whole(regex: str) -> str:
    """Anchor an expression, so that it covers the whole value."""
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match/path.rs: the leftmost match has to be the whole
    # value, which for `a|ab` and the value `ab` it is not
    return f"^(?:{regex})$"


def _compared(conditions: Iterable[tuple[str, HeaderMatch | QueryMatch]]) -> tuple[Compared, ...] | None:
    compared = tuple(_value(name, match) for name, match in conditions)
    return compared or None


def _value(name: str, match: HeaderMatch | QueryMatch) -> Compared:
    match match:
        case Exact(exact=text):
            return Compared(type="Exact", name=name, value=text)
        case Prefix(prefix=text):
            return Compared(type="RegularExpression", name=name, value=_whole(f"{re.escape(text)}.*"))
        case Regex(regex=regex):
            return Compared(type="RegularExpression", name=name, value=_whole(regex))
        case Present():
            return Compared(type="RegularExpression", name=name, value=_whole(".*"))
        case Absent():
            raise AssertionError(f"{name}: Linkerd cannot ask for an absent header")
        case _:
            assert_never(match)
