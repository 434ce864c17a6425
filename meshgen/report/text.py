"""Findings for people: the place first, as editors and terminals turn it into a link."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Diagnostic, Severity

_COLORS = {Severity.ERROR: "1;31", Severity.WARNING: "1;33", Severity.NOTE: "1;36"}
_BOLD = "1"
_FAINT = "2"

# A value of the intent must neither begin a line of its own (a CI server would take it for a command) nor
# move the cursor nor turn the reading direction; XML knows neither surrogates nor the last two.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def write(findings: Iterable[Diagnostic], *, is_colored: bool = False) -> str:
    """Write one line for each finding, its hint and related places indented below it."""
    lines = (line for found in findings for line in _lines(found, is_colored))
    return "".join(f"{line}\n" for line in lines)


def _lines(found: Diagnostic, is_colored: bool) -> Iterator[str]:
    def paint(text: str, color: str) -> str:
        return f"\x1b[{color}m{printable(text)}\x1b[0m" if is_colored else printable(text)

    place = "" if found.span is None else f"{paint(str(found.span), _BOLD)}: "
    code = paint(f"{found.severity.value}[{found.code}]", _COLORS[found.severity])
    yield f"{place}{code}: {printable(found.message)}"
    for what, span in found.related:
        yield f"  {paint(str(span), _BOLD)}: {printable(what)}"
    if found.hint is not None:
        yield f"  {paint('hint:', _FAINT)} {printable(found.hint)}"


def sentence(found: Diagnostic, *, also: Iterable[str]) -> str:
    """Join a message, other places in the words of the caller, and the hint, for readers of one line."""
    places = ", ".join(also)
    see = (f"See {places}",) if places else ()
    hint = () if found.hint is None else (f"Hint: {found.hint}",)
    return printable(". ".join((found.message, *see, *hint)))


def printable(text: str) -> str:
    """Escape what is no visible character, as Python writes it."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode("ascii")


def count(findings: Iterable[Diagnostic]) -> tuple[str, ...]:
    """Count findings by severity, the gravest first: "1 warning", "3 notes"."""
    counts = Counter(found.severity for found in findings)
    return tuple(counted(counts[severity], severity.value) for severity in Severity if severity in counts)


def counted(number: int, noun: str, *, plural: str | None = None) -> str:
    """Put a number before its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {plural or f'{noun}s'}"
