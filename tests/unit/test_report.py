"""Reports: whole texts, for people and for programs."""

from __future__ import annotations

import json

from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.report import Format, report
from meshgen.report.text import count, counted
from tests.unit.reported import ERROR, NOWHERE, SUM, WARNING


def test_a_text_begins_with_the_place_and_indents_what_belongs_to_a_finding() -> None:
    text = report([ERROR, WARNING, NOWHERE], Format.TEXT)

    assert (
        "note[MG202 split-sum]: there is no file 'x'\n"
        "shop.yaml:1:1: warning[MG302 approximated-feature]: carried nearly\n"
        "shop.yaml:3:3: error[MG202 split-sum]: the shares of split sum to 90, not 100\n"
        "  shop.yaml:2:1: the versions [v1]\n"
        "  hint: give what is missing to one version\n"
    ) == text


def test_colour_adds_nothing_but_colour() -> None:
    text = report([ERROR], Format.TEXT, is_colored=True)

    assert (
        "\x1b[1mshop.yaml:3:3\x1b[0m: \x1b[1;31merror[MG202 split-sum]\x1b[0m: "
        "the shares of split sum to 90, not 100\n"
        "  \x1b[1mshop.yaml:2:1\x1b[0m: the versions [v1]\n"
        "  \x1b[2mhint:\x1b[0m give what is missing to one version\n"
    ) == text


def test_a_value_cannot_begin_a_line_of_its_own_or_move_the_cursor() -> None:
    sly = Diagnostic(
        code=SUM,
        message="'a\n::error::b' \x1b[2J \u202e",
        span=Span("a\nb.yaml", 1, 1),
        severity=Severity.ERROR,
        hint="c\r",
        related=(("d\x00", Span("e\t", 2, 2)),),
    )
    text = report([sly], Format.TEXT)

    assert (
        "a\\nb.yaml:1:1: error[MG202 split-sum]: 'a\\n::error::b' \\x1b[2J \\u202e\n"
        "  e\\t:2:2: d\\x00\n"
        "  hint: c\\r\n"
    ) == text


def test_a_json_report_holds_every_field_of_every_finding() -> None:
    document = json.loads(report([ERROR, NOWHERE], Format.JSON))

    assert {
        "version": 1,
        "findings": [
            {
                "code": "MG202",
                "slug": "split-sum",
                "severity": "note",
                "message": "there is no file 'x'",
                "file": None,
                "line": None,
                "column": None,
                "field": None,
                "feature": None,
                "mesh": None,
                "hint": None,
                "source": None,
                "related": [],
            },
            {
                "code": "MG202",
                "slug": "split-sum",
                "severity": "error",
                "message": "the shares of split sum to 90, not 100",
                "file": "shop.yaml",
                "line": 3,
                "column": 3,
                "field": "spec.services.reviews.split",
                "feature": None,
                "mesh": None,
                "hint": "give what is missing to one version",
                "source": None,
                "related": [{"message": "the versions [v1]", "file": "shop.yaml", "line": 2, "column": 1}],
            },
        ],
    } == document


def test_silence_is_an_empty_text_and_an_empty_list() -> None:
    assert "" == report([], Format.TEXT)
    assert '{\n  "version": 1,\n  "findings": []\n}\n' == report([], Format.JSON)


def test_counts_name_the_gravest_first_and_leave_out_what_is_not_there() -> None:
    assert ("1 error", "1 note") == count([NOWHERE, ERROR])
    assert ("2 warnings",) == count([WARNING, WARNING])
    assert "0 objects" == counted(0, "object")
