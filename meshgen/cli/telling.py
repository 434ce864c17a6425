"""Findings on stderr and in report files, and whether they let a command succeed."""

from __future__ import annotations

import enum
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.cli.sink import Sink
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.progress import Progress
from meshgen.report import Format, report


class Color(enum.Enum):
    """When stderr is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"

    def is_on(self) -> bool:
        """Ask the terminal and its environment where nobody decided (no-color.org, bixense.com/clicolors)."""
        if self is not Color.AUTO:
            return self is Color.ALWAYS
        if os.environ.get("NO_COLOR"):
            return False
        forced = (os.environ.get(name, "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE"))
        return any(value not in ("", "0") for value in forced) or _is_terminal()


def _write(sink: Sink, text: str, findings: Findings) -> None:
    try:
        sink.write(text)
    except OSError as error:
        from meshgen.folder import UNWRITABLE  # it reads YAML, which TAB has no time for

        findings.add(UNWRITABLE, f"the report {sink.path} cannot be written: {error.strerror}")


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


class Report(NamedTuple):
    """A report that was asked for; `sink` None means stderr."""

    form: Format
    sink: Sink | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How the findings of a command are told."""

    reports: tuple[Report, ...]
    fail_on: Severity
    is_quiet: bool
    color: Color
    inputs: tuple[str, ...] = ()  # as the command was given them

    def fails(self, findings: Iterable[Diagnostic]) -> bool:
        """True where a finding is grave enough to end with exit 1 and without manifests."""
        return any(self._is_grave(found) for found in findings)

    def _is_grave(self, found: Diagnostic) -> bool:
        return found.severity.rank <= self.fail_on.rank

    def tell(self, findings: Findings, *, summary: str) -> None:
        """Write every report: text on stderr unless another form is asked for there, then the summary.

        A file that cannot be written is one finding more, MG704.
        """
        on_stderr = Format.TEXT
        for form, sink in self.reports:
            if sink is None:
                on_stderr = form
            else:
                _write(sink, report(findings, form, inputs=self.inputs), findings)
        told = (found for found in findings if not self.is_quiet or self._is_grave(found))
        is_colored = self.color.is_on()
        sys.stderr.write(report(told, on_stderr, is_colored=is_colored, inputs=self.inputs))
        if _is_terminal() and not self.is_quiet:
            sys.stderr.write(f"{summary}\n")

    def progress(self) -> Progress:
        """Show the stage of long work, on a terminal alone."""
        return Progress(sys.stderr if _is_terminal() and not self.is_quiet else None)
