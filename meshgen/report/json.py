"""Findings for programs; docs/reports.md says what each field means, and fields are only ever added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from meshgen.diagnostics import Diagnostic, Span
from meshgen.scalars import Json

_VERSION = 1  # goes up when a field changes its meaning or goes away


def write(findings: Iterable[Diagnostic]) -> str:
    """Write one object, every field of every finding present, `null` where it says nothing."""
    document = {"version": _VERSION, "findings": [_entry(found) for found in findings]}
    return json.dumps(document, indent=2) + "\n"


def _entry(found: Diagnostic) -> Mapping[str, Json]:
    return {
        "code": found.code.number,
        "slug": found.code.slug,
        "severity": found.severity.value,
        "message": found.message,
        **_place(found.span),
        "field": found.field,
        "feature": found.feature,
        "mesh": found.mesh,
        "hint": found.hint,
        "source": found.source,
        "related": [{"message": what, **_place(span)} for what, span in found.related],
    }


def _place(span: Span | None) -> Mapping[str, Json]:
    if span is None:
        return dict.fromkeys(Span._fields)
    return span._asdict() if span.is_in_text else {**dict.fromkeys(Span._fields), "file": span.file}
