"""Findings in the form that somebody reads: people, or a program."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import assert_never

from meshgen.diagnostics import Diagnostic


class Format(enum.Enum):
    """The forms of a report."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"


def report(
    findings: Iterable[Diagnostic], form: Format, *, is_colored: bool = False, inputs: Sequence[str] = ()
) -> str:
    """Write findings in their stable order; without any, lines are empty and the others say so.

    Where a form must place each finding in a file, the first of `inputs` takes those that have none.
    """
    ordered = _ordered(findings, form)
    match form:
        case Format.TEXT:
            from meshgen.report import text

            return text.write(ordered, is_colored=is_colored)
        case Format.JSON:
            from meshgen.report import json

            return json.write(ordered)
        case Format.SARIF:
            from meshgen.report import sarif

            return sarif.write(ordered, inputs=inputs)
        case Format.JUNIT:
            from meshgen.report import junit

            return junit.write(ordered)
        case Format.GITHUB:
            from meshgen.report import github

            return github.write(ordered)
        case Format.GITLAB:
            from meshgen.report import gitlab

            return gitlab.write(ordered, inputs=inputs)
        case Format.MARKDOWN:
            from meshgen.report import markdown

            return markdown.write(ordered)
        case _:
            assert_never(form)


def _ordered(findings: Iterable[Diagnostic], form: Format) -> list[Diagnostic]:
    ordered = sorted(findings, key=lambda found: found.order)
    if form in (Format.TEXT, Format.JSON):
        return ordered
    from meshgen.report.places import in_files

    return [in_files(found) for found in ordered]
