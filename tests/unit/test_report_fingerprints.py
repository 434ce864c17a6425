"""Fingerprints: the same finding keeps its own, and no two findings share one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from meshgen.diagnostics import Diagnostic, Span
from meshgen.report.fingerprints import fingerprints, line_hashes
from tests.unit.reported import ERROR, NOWHERE, WARNING

END = "c129715d7a2bc9a3:1"
GREETINGS = [
    "e9496ae3ebfced30:1",
    "fb7c023a8b9ccb3f:1",
    "ce8ba1a563dcdaca:1",
    "e20e36e16fcb0cc8:1",
    "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1",
    END,
]
LOREM = "a7f2ff13bc495cf2"


# The values of github/codeql-action src/fingerprints.test.ts.
@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", [END]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETINGS),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETINGS),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETINGS),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETINGS),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                *(f"{LOREM}:{count}" for count in range(1, 7)),
                "a7f2ff1481e87703:1",
                "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1",
                "cc97dc7b1d7d8f7b:1",
                END,
            ],
        ),
    ],
)
def test_a_line_is_hashed_as_the_upload_of_github_does(text: str, hashes: list[str]) -> None:
    lines = re.split("\r\n|\r|\n", text)

    assert hashes == list(line_hashes(lines, range(1, len(lines) + 1)).values())


def test_only_lines_that_are_wanted_are_hashed() -> None:
    assert {3: f"{LOREM}:3"} == line_hashes(["Lorem ipsum dolor sit amet."] * 10, {3, 11})


def test_a_fingerprint_stays_when_lines_shift() -> None:
    shifted = [replace(found, span=_below(found)) for found in (ERROR, WARNING)]

    assert _known(ERROR, WARNING) == _known(*shifted)


def _known(*findings: Diagnostic) -> list[str]:
    return list(fingerprints(findings, ()))


def _below(found: Diagnostic) -> Span:
    assert found.span is not None
    return found.span._replace(line=found.span.line + 7, column=1)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(ERROR, id="the same twice"),
        pytest.param(replace(ERROR, code=WARNING.code), id="code"),
        pytest.param(replace(ERROR, message="the shares of split sum to 80, not 100"), id="message"),
        pytest.param(replace(ERROR, field="spec.services.ratings.split"), id="field"),
        pytest.param(replace(ERROR, mesh="istio"), id="mesh"),
        pytest.param(replace(ERROR, span=Span("other.yaml", 3, 3)), id="file"),
        pytest.param(NOWHERE, id="no place"),
    ],
)
def test_another_finding_has_another_fingerprint(other: Diagnostic) -> None:
    assert 2 == len(set(_known(ERROR, other)))


def test_a_finding_without_a_place_is_known_by_the_input_that_shows_it() -> None:
    (first,) = fingerprints([NOWHERE], ["a.yaml", "b.yaml"])
    (again,) = fingerprints([NOWHERE], ["./a.yaml"])
    (other,) = fingerprints([NOWHERE], ["b.yaml"])

    assert first == again != other


def test_what_no_encoding_writes_has_a_fingerprint_too() -> None:
    assert 1 == len(_known(replace(ERROR, message="\udcff", span=Span("\udcff.yaml", 1, 1))))
