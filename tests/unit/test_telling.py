"""A report that cannot be written is told, and the command fails for it."""

from __future__ import annotations

import io

import pytest

from meshgen.cli.telling import Color, Report, Telling
from meshgen.diagnostics import Findings, Severity
from meshgen.report import Format


class FullDisk(io.StringIO):
    """A file on a disk that has no room left."""

    name = "report.json"

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def test_a_report_that_cannot_be_written_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    telling = Telling(
        reports=(Report(Format.JSON, FullDisk()),),
        fail_on=Severity.ERROR,
        is_quiet=False,
        color=Color.NEVER,
    )
    findings = Findings()

    telling.tell(findings, summary="")

    assert telling.fails(findings)
    assert capsys.readouterr().err == (
        "error[MG704 unwritable-file]: the report report.json cannot be written: No space left on device\n"
    )
