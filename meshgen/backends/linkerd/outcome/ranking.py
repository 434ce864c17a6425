"""Which route a request falls under: the one that says most of it, by Linkerd's own measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Generic, NamedTuple, TypeVar
from urllib.parse import unquote_plus

from meshgen.gatewayapi.conditions import Condition, HttpPath, Match, Rpc
from meshgen.gatewayapi.routing import Route, Rule
from meshgen.grammar import is_re2
from meshgen.intent.languages import Exactly, Language, Matching

T = TypeVar("T")
Rank = tuple[int, ...]
_NO_HOST: Rank = (0, 0)
_NO_CONDITION: Rank = (1, 0, 0, 0)
_NO_CALL: Rank = (0, 0, 0)


class Asked(NamedTuple):
    """A request as a proxy compares it."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]  # as sent
    headers: Mapping[str, str]
    host: str  # without port, in lower case


Ranks = Callable[[Asked], Rank | None]  # None: it is not matched
Test = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """A route that a request may fall under."""

    hosts: tuple[Callable[[str], Rank | None], ...]  # empty: every one
    rules: tuple[tuple[tuple[Ranks, ...], T], ...]
    is_dated: bool  # it is known since when it is there

    def best(self, asked: Asked) -> tuple[tuple[Rank, Rank], T] | None:
        """Find the rule that says most, and how much; of equals the first. None where none matches."""
        host = _first_max(hosts(asked.host) for hosts in self.hosts) if self.hosts else _NO_HOST
        if host is None:
            return None
        top: Rank | None = None
        for matches, rule in self.rules:
            rank = _first_max(match(asked) for match in matches)
            if rank is not None and (top is None or rank > top):
                top, found = rank, rule
        return None if top is None else ((host, top), found)


def best(candidates: Iterable[Candidate[T]], asked: Asked) -> T | None:
    """Find the rule that says most; of equals the first has it. None where none matches."""
    return next(iter(foremost(candidates, asked)), None)


def foremost(candidates: Iterable[Candidate[T]], asked: Asked) -> list[T]:
    """Find the rule that says most; of equals the older route's, so several where nobody knows ages."""
    # linkerd/linkerd2-proxy linkerd/http/route/src/lib.rs
    # linkerd/linkerd2 policy-controller/grpc/src/inbound/http.rs, to_route_list
    top: tuple[Rank, Rank] | None = None
    found: list[T] = []
    is_dated = False
    for candidate in candidates:
        own = candidate.best(asked)
        if own is None:
            continue
        rank, rule = own
        if top is None or rank > top:
            top, found, is_dated = rank, [rule], candidate.is_dated
        elif rank == top and not is_dated and not candidate.is_dated:
            found.append(rule)
    return found


def _first_max(ranks: Iterable[Rank | None]) -> Rank | None:
    return max((rank for rank in ranks if rank is not None), default=None)


def candidate(route: Route, of: Callable[[Rule], T]) -> Candidate[T]:
    """Compile a route; `of` says what each of its rules comes to."""
    return Candidate(
        hosts=tuple(map(_host, route.hostnames)),
        rules=tuple(
            (
                tuple(_match(each, is_said=bool(rule.written.get("matches"))) for each in rule.matches),
                of(rule),
            )
            for rule in route.rules
        ),
        is_dated="creationTimestamp" in route.resource.body["metadata"],
    )


def _host(pattern: str) -> Callable[[str], Rank | None]:
    """Compile a host name, in which `*.` is one label or more; names outrank those."""
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match/host.rs
    name = pattern.lower()
    if name.startswith("*."):
        end, rank = name[1:], (1, len(name) - 1)
        return lambda asked: rank if asked.endswith(end) and len(asked) > len(end) else None
    return lambda asked: (2, len(name)) if asked == name else None


def _match(written: Match, *, is_said: bool) -> Ranks:
    """Compile an alternative; one that nobody wrote holds for everything and ranks last."""
    if isinstance(written.written, Rpc):
        return _call(written, written.written) if is_said else lambda _: _NO_CALL
    return _request(written, written.written) if is_said else lambda _: _NO_CONDITION


def _request(written: Match, said: HttpPath) -> Ranks:
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs, up to 2.20: the method counts least
    path, method = _path(said), written.method
    headers, query = _headers(written.headers), _query(written.query)
    rest = (len(written.headers), len(written.query), int(method is not None))

    def rank(asked: Asked) -> Rank | None:
        if method is not None and asked.method != method:
            return None
        length = path(asked.path)
        if length is None or not headers(asked.headers) or not query(asked.query):
            return None
        return (length, *rest)

    return rank


def _call(written: Match, said: Rpc) -> Ranks:
    # linkerd/linkerd2-proxy linkerd/http/route/src/grpc/match.rs
    headers = _headers(written.headers)
    rank = (len(said.service or ""), len(said.method or ""), len(written.headers))

    def ranks(asked: Asked) -> Rank | None:
        first, *called = asked.path.split("/")
        if asked.method != "POST" or first or len(called) < 2:
            return None
        if said.service not in (None, called[0]) or said.method not in (None, called[1]):
            return None
        return rank if headers(asked.headers) else None

    return ranks


def _path(said: HttpPath) -> Callable[[str], int | None]:
    """Compile a path to the length of what it matches."""
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match/path.rs
    text = said.text
    match said.type:
        case "Exact":
            return lambda path: len(text) if path == text else None
        case "PathPrefix" if text == "/":
            return lambda _: 1
        case "PathPrefix":
            prefix = text.rstrip("/")
            return lambda path: len(prefix) if _is_under(path.rstrip("/"), prefix) else None
        case "RegularExpression":
            covers = regex(text)
            return lambda path: len(path) if covers(path) else None


def _is_under(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


@cache
def regex(pattern: str) -> Test:
    """Compile an expression of which the leftmost match has to be the whole text."""
    if not is_re2(pattern):
        return lambda _: False  # nothing is proved of it: `unmodelled` says so
    import re2  # 30 ms, and only needed where a regex is written

    compiled = re2.compile(pattern)

    def covers(text: str) -> bool:
        found = compiled.search(text)
        return found is not None and found.span() == (0, len(text))

    return covers


def _headers(conditions: Sequence[Condition]) -> Callable[[Mapping[str, str]], bool]:
    tests = tuple((name, _header(value)) for name, value in conditions)

    def holds(headers: Mapping[str, str]) -> bool:
        return all(name in headers and test(headers[name]) for name, test in tests)

    return holds


def _header(value: Language) -> Test:
    # linkerd/linkerd2-proxy linkerd/http/route/src/http/match/header.rs: regexes see visible ASCII alone
    test = _value(value)
    if isinstance(value, Exactly):
        return test
    return lambda text: text.isascii() and text.replace("\t", " ").isprintable() and test(text)


def _query(conditions: Sequence[Condition]) -> Callable[[tuple[tuple[str, str], ...]], bool]:
    tests = tuple((name, _value(value)) for name, value in conditions)

    def holds(query: tuple[tuple[str, str], ...]) -> bool:
        if not tests:
            return True
        decoded = [(unquote_plus(name), unquote_plus(value)) for name, value in query]
        return all(any(name == wanted and test(value) for name, value in decoded) for wanted, test in tests)

    return holds


def _value(value: Language) -> Test:
    match value:
        case Exactly(text=exact):
            return lambda text: text == exact
        case Matching(regex=pattern):
            return regex(pattern)
        case _:
            raise AssertionError(value)  # routes know no others
