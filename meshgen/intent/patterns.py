"""Requests as matches describe them: whether one exists that some match and others do not, and which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, assert_never

from meshgen.intent.access import Operation, To
from meshgen.intent.languages import (
    HOSTS,
    METHODS,
    PATHS,
    VALUES,
    Alphabet,
    AnyOf,
    Beginning,
    Below,
    Exactly,
    Language,
    Matching,
    Subdomain,
    example,
)
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
    Regex,
)
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import Request, ServicePort
from meshgen.intent.traffic import Route

if TYPE_CHECKING:
    from meshgen.intent.automata import Undecided

MOST_PIECES = 512  # into which what is left of a pattern may fall apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Requests that one alternative matches: every condition that is written holds."""

    method: Language | None = None
    port: Language | None = None  # by name
    path: Language | None = None
    host: Language | None = None
    headers: Mapping[str, Language | None] = field(default_factory=dict)  # by small name; None: it is absent
    query: Mapping[str, Language] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A request that shows what a pattern covers; what is left out is of no account."""

    method: str
    path: str
    port: str | None = None
    host: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in sorted(self.query.items()))
        host = "" if self.host is None else f" to {self.host}"
        headers = ", ".join(f"{name}: {value}" for name, value in sorted(self.headers.items()))
        target = f"{self.method} {self.path}{'?' if query else ''}{query}{host}"
        return f"{target} with {headers}" if headers else target


def pattern_of(match: Match | To | Operation | Request, ports: Iterable[str] | None = None) -> Pattern:
    """Read an alternative; `ports` names those on which it holds (None: it does not say)."""
    hosts = () if isinstance(match, Match) else match.hostnames
    query = match.query_params if isinstance(match, Match) else None
    return Pattern(
        method=_any([Exactly(method.value) for method in match.methods]),
        port=None if ports is None else AnyOf(tuple(Exactly(name) for name in sorted(ports))),
        path=_any([path_language(path) for path in match.paths]),
        host=_any([_host(name) for name in hosts]),
        headers={name.lower(): _value(header) for name, header in (match.headers or {}).items()},
        query={name: _present(value) for name, value in (query or {}).items()},
    )


def patterns_of(route: Route, ports: Iterable[ServicePort]) -> tuple[Pattern, ...]:
    """Read the alternatives of a route; `ports` are those of its service, which it may name."""
    known = tuple(ports)
    if not route.match:
        return (Pattern(),)
    return tuple(
        pattern_of(
            match, [port.name for word in match.ports for port in known if word in port_names(port)] or None
        )
        for match in route.match
    )


def _any(languages: Sequence[Language]) -> Language | None:
    if len(languages) < 2:
        return languages[0] if languages else None
    return AnyOf(tuple(languages))


def path_language(path: PathMatch) -> Language:
    """Describe a path as a set of texts."""
    match path:
        case PathExact(exact=text):
            return Exactly(text)
        case PathPrefix(prefix=text):
            return Below(text.rstrip("/"))
        case PathRegex(regex=regex):
            return Matching(regex)
    assert_never(path)


def _host(name: str) -> Language:
    return Subdomain(name.removeprefix("*.")) if name.startswith("*.") else Exactly(name)


def _value(match: HeaderMatch) -> Language | None:
    return None if isinstance(match, Absent) else _present(match)


def _present(match: Exact | Prefix | Regex | Present) -> Language:
    match match:
        case Exact(exact=text):
            return Exactly(text)
        case Prefix(prefix=text):
            return Beginning(text)
        case Regex(regex=regex):
            return Matching(regex)
        case Present():
            return Beginning("")
    assert_never(match)


class _Part(NamedTuple):
    """What one part of a request may be."""

    alphabet: Alphabet
    within: tuple[Language, ...] = ()
    outside: tuple[Language, ...] = ()
    may_be_absent: bool = False
    may_be_present: bool = True

    def both(self, wanted: Language | None) -> _Part:
        if wanted is None:
            return self._replace(may_be_present=False)
        return self._replace(within=(*self.within, wanted), may_be_absent=False)

    def less(self, unwanted: Language | None) -> _Part:
        if unwanted is None:
            return self._replace(may_be_absent=False)
        return self._replace(outside=(*self.outside, unwanted))

    def example(self) -> str | Undecided | None:
        """Give a text; None where there is none, which may mean that it is absent."""
        return example(self.within, self.outside, self.alphabet) if self.may_be_present else None

    @property
    def is_left(self) -> bool:
        """True unless nothing remains; what is undecided may."""
        return self.may_be_absent or self.example() is not None


_Piece = Mapping[str, _Part]  # by what it is about: method, port, path, host, header x, query x


def sample(
    all_of: Sequence[Pattern], none_of: Sequence[Pattern] = (), *, ports: Iterable[str] = ()
) -> Sample | Undecided | None:
    """Find a request that all of `all_of` and none of `none_of` match; None where there is none.

    `ports` names those that a request may come to. UNDECIDED where a bound was reached, or a regular
    expression is not understood: then nothing may be concluded.
    """
    known = tuple(Exactly(name) for name in sorted(ports))
    piece: _Piece = {"method": _Part(METHODS), "path": _Part(PATHS)}
    if known:
        piece = {**piece, "port": _Part(Alphabet((), AnyOf(known)))}
    for pattern in all_of:
        for key, wanted in _conditions(pattern):
            piece = {**piece, key: _part(piece, key).both(wanted)}
    pieces = [piece] if all(part.is_left for part in piece.values()) else []
    for pattern in (pattern for pattern in none_of if _meets(piece, pattern)):
        pieces = [rest for one in pieces for rest in _less(one, pattern)]
        if len(pieces) > MOST_PIECES:
            from meshgen.intent.automata import UNDECIDED

            return UNDECIDED
    return _first(pieces)


def _conditions(pattern: Pattern) -> Iterator[tuple[str, Language | None]]:
    parts = (
        ("method", pattern.method),
        ("port", pattern.port),
        ("path", pattern.path),
        ("host", pattern.host),
    )
    yield from ((key, language) for key, language in parts if language is not None)
    yield from ((f"header {name}", language) for name, language in pattern.headers.items())
    yield from ((f"query {name}", language) for name, language in pattern.query.items())


def _part(piece: _Piece, key: str) -> _Part:
    known = piece.get(key)
    if known is not None:
        return known
    return _Part(HOSTS) if key == "host" else _Part(VALUES, may_be_absent=key != "port")


def _meets(piece: _Piece, pattern: Pattern) -> bool:
    return all(_part(piece, key).both(wanted).is_left for key, wanted in _conditions(pattern))


def _less(piece: _Piece, pattern: Pattern) -> Iterator[_Piece]:
    """Yield what is left of a piece: for each condition, what fails it and meets those before."""
    inside = piece
    for key, unwanted in _conditions(pattern):
        part = _part(inside, key)
        rest, met = part.less(unwanted), part.both(unwanted)
        if rest.is_left:
            yield {**inside, key: rest}
        if not met.is_left:
            return
        inside = {**inside, key: met}


def _first(pieces: Iterable[_Piece]) -> Sample | Undecided | None:
    undecided: Undecided | None = None
    for piece in pieces:
        found = {key: part.example() for key, part in piece.items()}
        unsure = [key for key, text in found.items() if not isinstance(text, str | None)]
        if not unsure or all(piece[key].may_be_absent for key in unsure):
            return _sample({key: text for key, text in found.items() if isinstance(text, str)}, piece)
        undecided = next(text for text in found.values() if not isinstance(text, str | None))
    return undecided


def _sample(texts: Mapping[str, str], piece: _Piece) -> Sample:
    """A part that may be absent is left out, so that the request is no longer than it must be."""
    shown = {key: text for key, text in texts.items() if not piece[key].may_be_absent}
    return Sample(
        method=shown["method"],
        path=shown["path"],
        port=shown.get("port"),
        host=shown.get("host"),
        headers=_named(shown, "header "),
        query=_named(shown, "query "),
    )


def _named(texts: Mapping[str, str], kind: str) -> Mapping[str, str]:
    return {key.removeprefix(kind): text for key, text in texts.items() if key.startswith(kind)}
