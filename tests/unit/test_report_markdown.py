"""Markdown: what changed, a table of findings, and no markup that a value brings along."""

from __future__ import annotations

from dataclasses import replace

from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.folder import OUT_OF_DATE
from meshgen.report import Format, report
from meshgen.report.markdown import MOST_SHOWN
from tests.unit.reported import ERROR, NOWHERE, WARNING

MISSING = Diagnostic(code=OUT_OF_DATE, message="deploy/a_b.yaml is missing", severity=Severity.ERROR)
DIFFERENT = replace(MISSING, message="c.yaml differs", span=Span("deploy/istio/c.yaml", 3, 1))


def test_changed_objects_come_first_and_then_the_gravest_findings() -> None:
    text = report([NOWHERE, WARNING, MISSING, DIFFERENT, ERROR], Format.MARKDOWN)

    assert (
        "**meshgen**: 3 errors, 1 warning, 1 note\n"
        "\n"
        "### Changed objects\n"
        "\n"
        "- deploy/a&#95;b.yaml is missing\n"
        "- deploy/istio/c.yaml:3: c.yaml differs\n"
        "\n"
        "### Findings\n"
        "\n"
        "| severity | code | place | message |\n"
        "|---|---|---|---|\n"
        "| error | MG202 split-sum | shop.yaml:3 | the shares of split sum to 90, not 100"
        "<br>give what is missing to one version |\n"
        "| warning | MG302 approximated-feature | shop.yaml:1 | carried nearly |\n"
        "| note | MG202 split-sum |  | there is no file 'x' |\n"
    ) == text


def test_without_findings_it_says_so() -> None:
    assert "**meshgen**: nothing found\n" == report([], Format.MARKDOWN)


def test_a_value_is_never_markup() -> None:
    sly = replace(
        ERROR,
        message="a|b\n# c <img src=x> [d](e) `f` **g** @h \\ ~~i~~ $j$ &amp; \u202e",
        span=Span("k|l.yaml", 1, 1),
        hint="<script>",
    )

    row = report([sly], Format.MARKDOWN).splitlines()[-1]

    assert (
        "| error | MG202 split-sum | k&#124;l.yaml:1 | a&#124;b&#92;n&#35; c &#60;img src=x&#62; "
        "&#91;d&#93;(e) &#96;f&#96; &#42;&#42;g&#42;&#42; &#64;h &#92; &#126;&#126;i&#126;&#126; "
        "&#36;j&#36; &#38;amp; &#92;u202e<br>&#60;script&#62; |"
    ) == row


def test_a_summary_is_bounded() -> None:
    long = replace(ERROR, message="x" * 100_000, hint=None)

    text = report([long, MISSING] * (MOST_SHOWN + 2), Format.MARKDOWN)

    assert len(text.encode()) < 1024 * 1024
    assert [["- and 2 more"], ["and 2 more"]] == [
        [line for line in text.splitlines() if line == more] for more in ("- and 2 more", "and 2 more")
    ]
