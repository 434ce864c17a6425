"""Findings as Markdown, for the summary of a run: changed objects first, then a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from meshgen.diagnostics import Diagnostic
from meshgen.folder import OUT_OF_DATE
from meshgen.report import places
from meshgen.report.text import count, printable

# GitHub takes a summary of at most 1 MiB a step.
MOST_SHOWN = 500
_LONGEST = 1000

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#!|~$&@]")


def write(findings: Sequence[Diagnostic]) -> str:
    """Write a line that counts, a list of what differs from what is written, and a table of the rest."""
    changed = [found for found in findings if found.code is OUT_OF_DATE]
    others = [found for found in findings if found.code is not OUT_OF_DATE]
    counted = ", ".join(count(findings)) or "nothing found"
    blocks = (f"**meshgen**: {counted}", *_changed(changed), *_table(others))
    return "\n\n".join(blocks) + "\n"


def _changed(changed: Sequence[Diagnostic]) -> Iterator[str]:
    if changed:
        lines = (f"- {literal(_place(found))}{literal(found.message)}" for found in changed[:MOST_SHOWN])
        yield "### Changed objects"
        yield "\n".join((*lines, *_unshown(changed, "- ")))


def _table(findings: Sequence[Diagnostic]) -> Iterator[str]:
    if findings:
        rows = (_row(found) for found in sorted(findings, key=lambda each: each.severity.rank)[:MOST_SHOWN])
        yield "### Findings"
        head = ("| severity | code | place | message |", "|---|---|---|---|")
        yield "\n".join((*head, *rows))
        yield from _unshown(findings, "")


def _unshown(findings: Sequence[Diagnostic], before: str) -> Iterator[str]:
    if len(findings) > MOST_SHOWN:
        yield f"{before}and {len(findings) - MOST_SHOWN} more"


def _place(found: Diagnostic) -> str:
    return "" if found.span is None else f"{places.path(found.span.file)}:{found.span.line}: "


def _row(found: Diagnostic) -> str:
    place = _place(found).removesuffix(": ")
    hint = "" if found.hint is None else f"<br>{literal(found.hint)}"
    return f"| {found.severity.value} | {found.code} | {literal(place)} | {literal(found.message)}{hint} |"


def literal(text: str) -> str:
    """Keep text from being read as markup."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return _SPECIAL.sub(lambda found: f"&#{ord(found.group())};", printable(short))
