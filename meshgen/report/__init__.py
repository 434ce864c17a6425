"""Findings in the form that somebody reads: people, or a program."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import assert_never

from meshgen.diagnostics import Diagnostic


class Format(enum.Enum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"


def report(findings: Iterable[Diagnostic], form: Format, *, is_colored: bool = False) -> str:
    """Write findings in their stable order; without any, a text is empty and the others say so."""
    ordered = sorted(findings, key=lambda found: found.order)
    match form:
        case Format.TEXT:
            from meshgen.report import text

            return text.write(ordered, is_colored=is_colored)
        case Format.JSON:
            from meshgen.report import json

            return json.write(ordered)
        case _:
            assert_never(form)
