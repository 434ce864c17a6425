"""A Code Quality report, as GitLab shows it beside a merge request."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import assert_never

from meshgen.diagnostics import Diagnostic, Severity
from meshgen.report import places
from meshgen.report.fingerprints import fingerprints
from meshgen.report.text import printable, sentence


def write(findings: Sequence[Diagnostic], *, inputs: Sequence[str]) -> str:
    """Write one object for each finding; GitLab drops one without a file and a line."""
    known = zip(findings, fingerprints(findings, inputs), strict=True)
    document = [_entry(found, fingerprint, inputs) for found, fingerprint in known]
    return f"{json.dumps(document, indent=2)}\n"


def _entry(found: Diagnostic, fingerprint: str, inputs: Sequence[str]) -> dict[str, object]:
    span = places.shown_at(found, inputs)
    return {
        "description": sentence(found, also=(f"{what} at {place}" for what, place in found.related)),
        "check_name": str(found.code),
        "fingerprint": fingerprint,
        "severity": _severity(found.severity),
        "location": {"path": printable(places.path(span.file)), "lines": {"begin": span.line}},
    }


def _severity(severity: Severity) -> str:
    match severity:
        case Severity.ERROR:
            return "major"
        case Severity.WARNING:
            return "minor"
        case Severity.NOTE:
            return "info"
        case _:
            assert_never(severity)
