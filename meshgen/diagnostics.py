"""What is told to the user: codes, severities, places, and findings in a stable order."""

from __future__ import annotations

import enum
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple


class Severity(enum.Enum):
    """How much a finding weighs; only errors end with exit 1, unless `--fail-on` says otherwise."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for an error, 1 for a warning, 2 for a note."""
        return _RANKS[self]


_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Span(NamedTuple):
    """Where something is written; lines and columns count from 1, columns in Unicode characters."""

    file: str
    line: int  # 0: no text but an object of a cluster, which `file` names
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.is_in_text else self.file

    @property
    def is_in_text(self) -> bool:
        """False where there is no file to open."""
        return self.line > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One kind of finding: `MG301` and `unsupported-feature` name the same one everywhere.

    Families: MG1xx reading, MG2xx the intent, MG3xx translation, MG4xx manifests, MG5xx import,
    MG6xx proof and tests, MG7xx files and integrations, MG9xx our own bugs.
    """

    number: str
    slug: str
    meaning: str  # one sentence: what is wrong and why it matters
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.number} {self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding: what is wrong, with which value, where, and what to write instead."""

    code: Code
    message: str  # no full stop; names the value
    span: Span | None = None  # None: no line of a file is to blame (a missing argument, a whole folder)
    severity: Severity
    field: str | None = None  # as the file spells it: services.reviews.routes[0].timeout
    feature: str | None = None  # the feature id, where a mesh is asked to carry it
    mesh: str | None = None  # the profile's name, where one is asked
    hint: str | None = None  # what to write or do
    source: str | None = None  # where the fact comes from: repository and path
    related: tuple[tuple[str, Span], ...] = ()  # (what is there, where): the other place of a contradiction

    @property
    def order(self) -> tuple[object, ...]:
        """By place, gravity and text, so that two runs print the same lines."""
        span = self.span or Span("", 0, 0)
        return (span, self.severity.rank, self.code.number, self.message)


class Findings:
    """Collects all findings of a stage; the one value that is added to while a stage runs."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def add(
        self,
        code: Code,
        message: str,
        *,
        span: Span | None = None,
        severity: Severity | None = None,
        field: str | None = None,
        hint: str | None = None,
        related: tuple[tuple[str, Span], ...] = (),
    ) -> None:
        """Report a finding of `code`; its severity is the code's unless another is given."""
        self._found.append(
            Diagnostic(
                code=code,
                message=message,
                span=span,
                severity=severity or code.severity,
                field=field,
                hint=hint,
                related=related,
            )
        )

    def extend(self, found: Iterable[Diagnostic]) -> None:
        """Take over the findings of a part."""
        self._found.extend(found)

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def has_errors(self) -> bool:
        """True when a later stage has nothing sound to work on."""
        return any(found.severity is Severity.ERROR for found in self._found)


_MOST_COMPARED = 300  # else as many unknown names as known ones would take minutes


def near_miss(word: str, known: Iterable[str]) -> str:
    """Say "did you mean 'x'?" for the known word nearest to `word`, or an empty string."""
    from difflib import get_close_matches  # 8 ms, and only needed once something is wrong

    by_fold = {name.casefold(): name for name in sorted(known)}
    compared = _beside(word.casefold(), sorted(by_fold)) if len(by_fold) > _MOST_COMPARED else by_fold
    match get_close_matches(word.casefold(), compared, n=1, cutoff=0.6):
        case [nearest]:
            return f"did you mean {by_fold[nearest]!r}?"
        case _:
            return ""


def _beside(word: str, ordered: list[str]) -> list[str]:
    """List the words that begin most like a word."""
    at = bisect_left(ordered, word)
    return ordered[max(0, at - _MOST_COMPARED // 2) : at + _MOST_COMPARED // 2]
