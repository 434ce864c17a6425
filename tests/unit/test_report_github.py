"""Workflow commands: whole reports, and what may not break out of one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.report import Format, report
from tests.unit.reported import ERROR, NOWHERE, SHOP, SUM, WARNING


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(SHOP)


def test_a_finding_is_one_line_and_the_gravest_comes_first() -> None:
    assert (
        "::error file=shop.yaml,line=3,col=3,endColumn=18,title=MG202 split-sum"
        "::the shares of split sum to 90, not 100%0Ashop.yaml:2:1: the versions [v1]"
        "%0Ahint: give what is missing to one version\n"
        "::warning file=shop.yaml,line=1,col=1,endColumn=9,title=MG302 approximated-feature::carried nearly\n"
        "::notice title=MG202 split-sum::there is no file 'x'\n"
    ) == report([NOWHERE, WARNING, ERROR], Format.GITHUB)


def test_without_findings_nothing_is_written() -> None:
    assert "" == report([], Format.GITHUB)


def test_no_value_breaks_out_of_its_command() -> None:
    sly = Diagnostic(
        code=SUM,
        message="100%\n::error::a\r%0A\x1b[2J\u202e\udcff",
        span=Span("a,b:c%\n=d.yaml", 1, 1),
        severity=Severity.ERROR,
        hint="x\ny",
    )

    assert (
        "::error file=a%2Cb%3Ac%25\\n=d.yaml,line=1,col=1,endColumn=1,title=MG202 split-sum"
        "::100%25\\n::error::a\\r%250A\\x1b[2J\\u202e\\udcff%0Ahint: x\\ny\n"
    ) == report([sly], Format.GITHUB)


def test_what_github_does_not_annotate_is_counted_behind_the_commands() -> None:
    errors = [replace(NOWHERE, severity=Severity.ERROR, message=str(index)) for index in range(12)]
    warnings = [replace(each, severity=Severity.WARNING) for each in errors[:11]]
    notes = [replace(each, severity=Severity.NOTE) for each in errors[:10]]

    lines = report([*notes, *warnings, *errors], Format.GITHUB).splitlines()

    assert ["error"] * 12 + ["warning"] * 11 + ["notice"] * 10 == [
        line.split(" ")[0].removeprefix("::") for line in lines[:-1]
    ]
    assert (
        "GitHub annotates 10 findings of each kind in a step; in this log alone: 2 errors, 1 warning"
        == lines[-1]
    )
