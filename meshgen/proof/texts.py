"""Texts that stand for all others: one of each kind that some conditions tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from meshgen.intent.languages import Alphabet, Beginning, Below, Exactly, Language, Matching, example

MOST_KINDS = 2_000  # of one part of a request
GRPC_PATHS = Alphabet(((0x21, 0x22), (0x24, 0x3E), (0x40, 0x7E)), Matching("/[^/]+/[^/]+"))


class Kinds(NamedTuple):
    """One text of each kind, the shortest first."""

    texts: tuple[str, ...]
    is_whole: bool  # False: a bound was reached, or an expression is not understood


class _Kind(NamedTuple):
    within: tuple[Language, ...]
    outside: tuple[Language, ...]
    text: str


def kinds(languages: Iterable[Language], alphabet: Alphabet) -> Kinds:
    """Split all texts of an alphabet by some languages, and name one text of each part that is not empty.

    A prefix of segments tells three texts apart beside what it covers: itself, one below it, and one that
    only begins alike; what a mesh makes of each is where translations go wrong.
    """
    everything = (alphabet.everything,)
    every = example(everything, (), alphabet)
    assert isinstance(every, str), "an alphabet has texts"
    found = [_Kind(everything, (), every)]
    is_whole = True
    for language in _refined(languages):
        split: list[_Kind] = []
        for kind in found:
            inner = example((*kind.within, language), kind.outside, alphabet)
            outer = example(kind.within, (*kind.outside, language), alphabet)
            is_whole = is_whole and all(text is None or isinstance(text, str) for text in (inner, outer))
            if isinstance(inner, str):
                split.append(_Kind((*kind.within, language), kind.outside, inner))
            if isinstance(outer, str):
                split.append(_Kind(kind.within, (*kind.outside, language), outer))
        if len(split) > MOST_KINDS:
            return Kinds(_ordered(found), False)
        found = split
    return Kinds(_ordered(found), is_whole)


def _refined(languages: Iterable[Language]) -> list[Language]:
    found: dict[Language, None] = {}
    for language in sorted(languages, key=repr):
        found[language] = None
        if isinstance(language, Below) and language.text:
            found |= dict.fromkeys((Exactly(language.text), Beginning(language.text)))
    return list(found)


def _ordered(found: Iterable[_Kind]) -> tuple[str, ...]:
    return tuple(sorted({kind.text for kind in found}, key=lambda text: (len(text), text)))
