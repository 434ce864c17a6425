"""Whether a request is what an intent's conditions describe, and what these tell apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshgen.intent.languages import AnyOf, Beginning, Exactly, Language, holds
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.patterns import Pattern

_ANYTHING = Beginning("")


def is_of(pattern: Pattern, request: Request, *, path: str, host: str) -> bool:
    """Tell whether a request is described; path and host are given as they are to be compared."""
    if pattern.method is not None and not holds(pattern.method, request.method):
        return False
    if pattern.path is not None and not holds(pattern.path, path):
        return False
    if pattern.host is not None and not holds(pattern.host, host):
        return False
    sent = request.headers
    if not all(_is_in(sent.get(name), language) for name, language in pattern.headers.items()):
        return False
    return not pattern.query or _are_in(request.query, pattern.query)


def _is_in(value: str | None, language: Language | None) -> bool:
    if language is None or value is None:
        return language is None and value is None
    return holds(language, value)


def _are_in(query: tuple[tuple[str, str], ...], asked: Mapping[str, Language]) -> bool:
    """Of a parameter that is sent several times the first counts, as meshes read it."""
    sent = dict(reversed(query))
    return all(_is_in(sent.get(name), language) for name, language in asked.items())


def told_apart(pattern: Pattern) -> Conditions:
    """Say which requests are told apart by asking for some."""
    methods = (each.text for each in _parts(pattern.method) if isinstance(each, Exactly))
    return Conditions(
        methods=frozenset(methods),
        paths=frozenset(_parts(pattern.path)),
        hosts=frozenset(_parts(pattern.host)),
        headers=_named(pattern.headers.items()),
        query=_named(pattern.query.items()),
    )


def _parts(language: Language | None) -> Iterator[Language]:
    if isinstance(language, AnyOf):
        yield from language.languages
    elif language is not None:
        yield language


def _named(conditions: Iterable[tuple[str, Language | None]]) -> Mapping[str, frozenset[Language]]:
    """Whether a value is there at all is no set of texts."""
    return {
        name: frozenset() if language is None or language == _ANYTHING else frozenset((language,))
        for name, language in conditions
    }


def bare_host(host: str) -> str:
    """Give a Host header as rules compare it, without port and case."""
    name, _, port = host.lower().rpartition(":")
    return name if name and port.isdecimal() else host.lower()


def resolved_path(path: str) -> str:
    """Resolve the `.` and `..` of a path, leaving `//` and `%2F` as they are."""
    if "/." not in path:
        return path
    # RFC 3986 section 5.2.4, by which an empty segment is one like any other
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    ends_open = segments[-1] in (".", "..")
    return "/" + "/".join([*kept, ""] if ends_open and kept else kept)
