"""A report that cannot be written is told, and the command fails for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen.cli.sink import open_sink
from meshgen.cli.telling import Color, Report, Telling
from meshgen.diagnostics import Findings, Severity
from meshgen.report import Format


def test_a_report_that_cannot_be_written_is_a_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path("reports")
    folder.mkdir()
    telling = Telling(
        reports=(Report(Format.JSON, open_sink("reports/report.json")),),
        fail_on=Severity.ERROR,
        is_quiet=False,
        color=Color.NEVER,
    )
    folder.rmdir()
    findings = Findings()

    telling.tell(findings, summary="")

    assert telling.fails(findings)
    assert capsys.readouterr().err == (
        "error[MG704 unwritable-file]: the report reports/report.json cannot be written:"
        " No such file or directory\n"
    )
