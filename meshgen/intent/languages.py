"""Sets of texts as conditions describe them, and whether one text is in all of some and in none of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, assert_never

from meshgen.grammar import is_re2
from meshgen.intent.match import Method

if TYPE_CHECKING:
    from meshgen.intent.automata import Range, Undecided


@dataclass(frozen=True, slots=True)
class Exactly:
    """One text."""

    text: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """Texts that begin with a text."""

    text: str


@dataclass(frozen=True, slots=True)
class Below:
    """Paths of whole segments: `/a` holds `/a` and `/a/b`, never `/ab`; the empty text holds every path."""

    text: str


@dataclass(frozen=True, slots=True)
class Subdomain:
    """Host names with one label or more before a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Matching:
    """Texts that an RE2 expression covers whole."""

    regex: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Texts of one of several languages."""

    languages: tuple[Language, ...]


Language = Exactly | Beginning | Below | Subdomain | Matching | AnyOf


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Of which characters texts of a kind are, and how a part of one looks to people."""

    ranges: tuple[Range, ...]
    everything: Language


PATHS = Alphabet(((0x21, 0x22), (0x24, 0x3E), (0x40, 0x7E)), Below(""))  # no query, no fragment
HOSTS = Alphabet(((0x2D, 0x2E), (0x30, 0x39), (0x61, 0x7A)), Beginning(""))
VALUES = Alphabet(((0x20, 0x7E), (0x80, 0x10FFFF)), Beginning(""))
# The nine methods, and one that stands for every other.
METHODS = Alphabet((), AnyOf(tuple(map(Exactly, (*(method.value for method in Method), "PROPFIND")))))


def example(
    within: Sequence[Language], outside: Sequence[Language], alphabet: Alphabet
) -> str | Undecided | None:
    """Find a text that is in each of `within` and in none of `outside`; None where there is none."""
    return _example(tuple(within), tuple(outside), alphabet)


@lru_cache(maxsize=10_000)
def _example(
    within: tuple[Language, ...], outside: tuple[Language, ...], alphabet: Alphabet
) -> str | Undecided | None:
    regexes = [regex for language in (*within, *outside) for regex in _regexes(language)]
    if not all(is_re2(regex) for regex in regexes):
        from meshgen.intent.automata import UNDECIDED

        return UNDECIDED
    for candidate in _candidates(within or (alphabet.everything,), outside):
        if _fits(candidate, (alphabet.everything, *within), outside):
            return candidate
    if not regexes or any(isinstance(language, Exactly) for language in within):
        # Of literal languages the candidates leave nothing out: whatever else is in one is in others as its
        # own text is, or as its own text with something new behind it.
        return None
    from meshgen.intent.automata import shortest  # 80 ms, and only needed where a regex is written

    asked = [_regex(language) for language in (alphabet.everything, *within)]
    return shortest(asked, [_regex(language) for language in outside], alphabet=alphabet.ranges)


def holds(language: Language, text: str) -> bool:
    """Tell whether a text is in a language."""
    match language:
        case Exactly(text=exact):
            return text == exact
        case Beginning(text=prefix):
            return text.startswith(prefix)
        case Below(text=path):
            return text == path or text.startswith(f"{path}/")
        case Subdomain(name=name):
            return text.endswith(f".{name}") and len(text) > len(name) + 1
        case Matching(regex=regex):
            import re2  # 30 ms, and only needed where a regex is written

            return re2.fullmatch(regex, text) is not None
        case AnyOf(languages=languages):
            return any(holds(one, text) for one in languages)
    assert_never(language)


def _fits(text: str, within: Sequence[Language], outside: Sequence[Language]) -> bool:
    is_in = all(holds(language, text) for language in within)
    return is_in and not any(holds(language, text) for language in outside)


def _regexes(language: Language) -> tuple[str, ...]:
    match language:
        case Matching(regex=regex):
            return (regex,)
        case AnyOf(languages=languages):
            return tuple(regex for one in languages for regex in _regexes(one))
        case _:
            return ()


def _candidates(within: Sequence[Language], outside: Sequence[Language]) -> tuple[str, ...]:
    """Name the texts that tell literal languages apart: their own, and those with something new added."""
    new = "x"
    while any(new in text for language in outside for text in _texts(language)):
        new += "x"
    found: list[str] = []
    for language in within:
        for one in language.languages if isinstance(language, AnyOf) else (language,):
            found.extend(_own(one, new))
    return tuple(dict.fromkeys(found))


def _own(language: Language, new: str) -> tuple[str, ...]:
    match language:
        case Exactly(text=text):
            return (text,)
        case Beginning(text=text):
            return (text or new, f"{text}{new}", text)
        case Below(text=text):
            return (text or "/", f"{text}/{new}")
        case Subdomain(name=name):
            return (f"{new}.{name}",)
        case Matching() | AnyOf():
            return ()
    assert_never(language)


def _texts(language: Language) -> tuple[str, ...]:
    match language:
        case Exactly(text=text) | Beginning(text=text) | Below(text=text):
            return (text,)
        case Subdomain(name=name):
            return (name,)
        case Matching():
            return ()
        case AnyOf(languages=languages):
            return tuple(text for one in languages for text in _texts(one))
    assert_never(language)


def _regex(language: Language) -> str:
    match language:
        case Exactly(text=text):
            return _literal(text)
        case Beginning(text=text):
            return f"{_literal(text)}.*"
        case Below(text=text):
            return f"{_literal(text)}(/.*)?" if text else "/.*"
        case Subdomain(name=name):
            return f".+\\.{_literal(name)}"
        case Matching(regex=regex):
            return regex
        case AnyOf(languages=languages):
            return "|".join(f"({_regex(one)})" for one in languages)
    assert_never(language)


def _literal(text: str) -> str:
    return "".join(f"\\{char}" if char in "\\[]|(){}.?*+^$" else char for char in text)
