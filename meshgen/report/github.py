"""Workflow commands, which GitHub Actions turns into annotations of files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import assert_never

from meshgen.diagnostics import Diagnostic, Severity
from meshgen.report import places
from meshgen.report.places import Sources
from meshgen.report.text import counted, printable

# actions/toolkit docs/problem-matchers.md: of each kind, in one step.
MOST_SHOWN = 10


def write(findings: Sequence[Diagnostic]) -> str:
    """Write a line for each finding, the gravest first: only the first of each kind become annotations."""
    sources = Sources()
    gravest = sorted(findings, key=lambda found: found.severity.rank)
    lines = (*(_command(found, sources) for found in gravest), *_unshown(findings))
    return "".join(f"{line}\n" for line in lines)


def _command(found: Diagnostic, sources: Sources) -> str:
    properties = ",".join(f"{name}={_property(value)}" for name, value in _properties(found, sources))
    hint = () if found.hint is None else (f"hint: {found.hint}",)
    related = (f"{span}: {what}" for what, span in found.related)
    message = "\n".join(printable(line) for line in (found.message, *related, *hint))
    return f"::{_kind(found.severity)} {properties}::{_data(message)}"


def _properties(found: Diagnostic, sources: Sources) -> Iterator[tuple[str, str]]:
    if found.span is not None:
        line, start, end = sources.region(found.span)
        yield "file", printable(places.path(found.span.file))
        yield "line", str(line)
        yield "col", str(start)
        yield "endColumn", str(end)
    yield "title", str(found.code)


def _kind(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "error"
        case Severity.WARNING:
            return "warning"
        case Severity.NOTE:
            return "notice"
        case _:
            assert_never(severity)


# actions/runner src/Runner.Common/ActionCommand.cs reads them back.
def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _unshown(findings: Sequence[Diagnostic]) -> Iterator[str]:
    counts = Counter(found.severity for found in findings)
    left = {severity: counts[severity] - MOST_SHOWN for severity in Severity if counts[severity] > MOST_SHOWN}
    if left:
        told = ", ".join(counted(number, severity.value) for severity, number in left.items())
        yield f"GitHub annotates {MOST_SHOWN} findings of each kind in a step; in this log alone: {told}"
