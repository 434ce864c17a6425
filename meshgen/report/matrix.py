"""Who can what: a line for each feature, a column for each cluster, in letters or in words."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from meshgen.backend import Backend
from meshgen.catalogue import features
from meshgen.profile import Profile
from meshgen.support import POLARITY, Answer, Approximate, Axis, Full, Row, Unsupported, When

_WIDTH = 100  # of a terminal that is wide enough

_LEGEND = {
    "F": "Full: carried as written",
    "R": "Requires: carried, if something holds outside the manifests",
    "A": "Approximate: carried with a difference",
    "U": "Unsupported: not carried",
    "!": "it would let through what the intent stops",
}
_ORDER = ("F", "R", "A", "U", "A!", "U!")
_NOTE = "Several answers: it depends on what is written; meshgen explain FEATURE says on what, and why."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One answer, and when it holds."""

    letter: str  # of the legend
    when: str  # empty: always
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What each cluster answers for a feature."""

    feature: str
    answers: tuple[tuple[Case, ...], ...]  # a cluster each; of each the best answer first


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The answers of clusters for every feature of the language."""

    profiles: tuple[Profile, ...]
    lines: tuple[Line, ...]


def matrix(clusters: Iterable[tuple[Backend, Profile]]) -> Matrix:
    """Ask each cluster for every feature; what its profile settles is no condition."""
    asked = tuple(clusters)
    return Matrix(
        profiles=tuple(profile for _, profile in asked),
        lines=tuple(
            Line(feature=id, answers=tuple(cases(id, backend, profile) for backend, profile in asked))
            for id in features()
        ),
    )


def cases(feature: str, backend: Backend, profile: Profile) -> tuple[Case, ...]:
    """List what a cluster can answer for a feature, from the best answer to the worst."""
    found = backend.capabilities.on(feature, profile)
    ordered = sorted(found, key=lambda row: _ORDER.index(_letter(row)))
    return tuple(Case(letter=_letter(row), when=_condition(row.when), row=row) for row in ordered)


def _letter(row: Row) -> str:
    return word(row)[0] + ("!" if row.widens else "")


def word(row: Row) -> str:
    """Spell the answer of a row: Full, Requires, Approximate or Unsupported."""
    match row.answer:
        case Full():
            return "Requires" if row.requires else "Full"
        case Approximate():
            return "Approximate"
        case Unsupported():
            return "Unsupported"


def says(answer: Answer) -> str | None:
    """Give the sentence of an answer: what differs, why not, or what is worth knowing."""
    match answer:
        case Full(remark=remark):
            return remark
        case Approximate(how=how):
            return how
        case Unsupported(why=why):
            return why


def _condition(when: When | None) -> str:
    return "; ".join(_asked(axis, values) for axis, values in _by_name(when))


def _by_name(when: When | None) -> list[tuple[Axis, frozenset[str]]]:
    return sorted((when or {}).items(), key=lambda entry: entry[0].name)


def _asked(axis: Axis, chosen: frozenset[str]) -> str:
    """Say an answer to a question: "in deny", "path: wildcard"."""
    values = " or ".join(value for value in axis.values if value in chosen)
    return f"in {values}" if axis is POLARITY else f"{axis.name}: {values}"


def as_table(found: Matrix) -> str:
    """Write letters for a terminal; conditions stand where there is room."""
    head = max(len(line.feature) for line in found.lines)
    width = (_WIDTH - head) // len(found.profiles) - 2
    titles = zip_longest(
        ["feature"], *(textwrap.wrap(profile.name, width) for profile in found.profiles), fillvalue=""
    )
    cells = ((line.feature, *(_short(answer, width) for answer in line.answers)) for line in found.lines)
    table = (
        "  ".join([row[0].ljust(head), *(cell.ljust(width) for cell in row[1:])]) for row in (*titles, *cells)
    )
    legend = (f"{symbol}  {meaning}" for symbol, meaning in _LEGEND.items())
    return "".join(f"{text.rstrip()}\n" for text in (*table, "", *legend, _NOTE))


def _short(answer: tuple[Case, ...], width: int) -> str:
    whole = _whole(answer)
    letters = list(dict.fromkeys(case.letter for case in answer))
    gravest = (letter for letter in letters if f"{letter}!" not in letters)
    forms = (whole, whole.replace(" in ", " "), "/".join(letters))
    return next((form for form in forms if len(form) <= width), "/".join(gravest))


def _whole(answer: tuple[Case, ...]) -> str:
    """Write each letter, with the conditions of all but the best."""
    by_letter: dict[str, dict[str, None]] = {}
    for case in answer:
        by_letter.setdefault(case.letter, {})[case.when] = None
    best, *others = by_letter
    return ", ".join([best, *(f"{symbol} {_told(by_letter[symbol])}" for symbol in others)])


def _told(conditions: Iterable[str]) -> str:
    told = " or ".join(conditions)
    return told if told.startswith("in ") and ":" not in told else f"({told})"


def as_markdown(found: Matrix) -> str:
    """Write a table for a page, with every condition."""
    head = ["feature", *(f"{profile.name} {profile.version}" for profile in found.profiles)]
    rows = ([f"`{line.feature}`", *(_whole(answer) for answer in line.answers)] for line in found.lines)
    table = (f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))
    legend = (f"- **{symbol}** {meaning}" for symbol, meaning in _LEGEND.items())
    return "".join(f"{text}\n" for text in (*table, "", *legend))


def as_json(found: Matrix) -> str:
    """Write every answer whole, for programs."""
    document = {
        "version": 1,  # as that of a report: it goes up when a key changes its meaning or goes away
        "profiles": [
            {"name": profile.name, "mesh": profile.mesh, "version": profile.version}
            for profile in found.profiles
        ],
        "features": {line.feature: dict(_by_profile(found, line)) for line in found.lines},
    }
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"


def _by_profile(found: Matrix, line: Line) -> Iterator[tuple[str, list[Any]]]:
    for profile, answer in zip(found.profiles, line.answers, strict=True):
        yield profile.name, [_object(case.row) for case in answer]


def _object(row: Row) -> dict[str, Any]:
    """Give every key each time; null says that there is nothing to say."""
    return {
        "answer": word(row).lower(),
        "when": {axis.name: sorted(values) for axis, values in _by_name(row.when)},
        "widens": row.widens,
        "says": says(row.answer),
        "hint": row.answer.hint if isinstance(row.answer, Unsupported) else None,
        "facets": list(row.answer.facets) if isinstance(row.answer, Approximate | Full) else [],
        "requires": [
            {"id": required.id, "what": required.what, "severity": required.severity.value}
            for required in row.requires
        ],
        "source": row.source or None,
    }
