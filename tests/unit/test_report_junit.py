"""JUnit XML: whole reports, read back by a parser."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from meshgen.diagnostics import Severity, Span
from meshgen.report import Format, report
from tests.unit.reported import ERROR, NOWHERE, WARNING

# https://www.w3.org/TR/xml/#NT-Char
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_errors_fail_and_the_others_pass() -> None:
    assert (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="meshgen" tests="3" failures="1" errors="0" skipped="0">\n'
        '  <testsuite name="meshgen" tests="3" failures="1" errors="0" skipped="0">\n'
        '    <testcase classname="meshgen" name="MG202 split-sum: there is no file \'x\'">\n'
        "      <system-out>note[MG202 split-sum]: there is no file 'x'\n"
        "</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="shop" name="MG302 approximated-feature: carried nearly"'
        ' file="shop.yaml" line="1">\n'
        "      <system-out>shop.yaml:1:1: warning[MG302 approximated-feature]: carried nearly\n"
        "</system-out>\n"
        "    </testcase>\n"
        '    <testcase classname="shop" name="MG202 split-sum: the shares of split sum to 90, not 100"'
        ' file="shop.yaml" line="3">\n'
        '      <failure type="MG202 split-sum" message="the shares of split sum to 90, not 100">'
        "shop.yaml:3:3: error[MG202 split-sum]: the shares of split sum to 90, not 100\n"
        "  shop.yaml:2:1: the versions [v1]\n"
        "  hint: give what is missing to one version\n"
        "</failure>\n"
        "    </testcase>\n"
        "  </testsuite>\n"
        "</testsuites>\n"
    ) == report([ERROR, WARNING, NOWHERE], Format.JUNIT)


def test_without_findings_one_case_passes() -> None:
    assert (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<testsuites name="meshgen" tests="1" failures="0" errors="0" skipped="0">\n'
        '  <testsuite name="meshgen" tests="1" failures="0" errors="0" skipped="0">\n'
        '    <testcase classname="meshgen" name="nothing found" />\n'
        "  </testsuite>\n"
        "</testsuites>\n"
    ) == report([], Format.JUNIT)


def test_cases_of_one_file_have_names_of_their_own() -> None:
    elsewhere = replace(ERROR, span=Span("deploy/shop.v1.yaml", 1, 1))

    assert [
        ("deploy/shop.v1", "MG202 split-sum: the shares of split sum to 90, not 100"),
        ("shop", "MG202 split-sum: the shares of split sum to 90, not 100"),
        ("shop", "MG202 split-sum: the shares of split sum to 90, not 100 (2)"),
    ] == [
        (case.get("classname"), case.get("name"))
        for case in ElementTree.fromstring(report([ERROR, elsewhere, ERROR], Format.JUNIT)).iter("testcase")
    ]


def test_characters_that_xml_forbids_are_shown_and_the_others_arrive() -> None:
    awkward = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF)))
    sly = replace(
        ERROR,
        message=f"{awkward}<a b='\"&]]>\U0001f600",
        span=Span(f"{awkward}.yaml", 1, 1),
        severity=Severity.ERROR,
    )
    text = report([sly], Format.JUNIT)
    (failure,) = ElementTree.fromstring(text).iter("failure")

    assert FORBIDDEN.search(text) is None
    assert f"{awkward.encode('unicode_escape').decode()}<a b='\"&]]>\U0001f600" == failure.get("message")
