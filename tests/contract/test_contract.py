"""The language's page as a table: each sentence that asks for a finding has its code and its case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from meshgen.catalogue import codes
from tests.test_rules import ALL, CASES, findings

HERE = Path(__file__).parent
TESTS = HERE.parent
TABLE = yaml.safe_load((HERE / "contract.yaml").read_text("utf-8"))
AREAS = {"reading", "rule", "context", "profile", "fidelity", "mesh"}


class Row(NamedTuple):
    """A sentence of the page."""

    section: int
    says: str
    code: str
    severity: str
    area: str
    tells: str = ""  # a part of the finding: of its case, field or message
    test: str | None = None  # where no case could hold it

    @property
    def id(self) -> str:
        return f"{self.section}: {self.says}"


ROWS = tuple(Row(**row) for row in TABLE["rows"])
CODES = {code.number: code for code in codes()}
RULES = sorted(number for number in CODES if number.startswith("MG2"))
ELSEWHERE = {row.code: row.test for row in ROWS if row.test is not None}
TRIPPED = tuple(
    (found, f"{section.case}: {found.field}: {found.message}")
    for section in ALL
    if section.kind == "trips"
    for found in findings(section)
)


def test_every_area_is_known_and_has_rows() -> None:
    assert {row.area for row in ROWS} == AREAS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_a_sentence_has_a_case_that_trips_it_and_a_near_miss(row: Row) -> None:
    if row.test is not None:
        assert row.code in (TESTS / row.test).read_text("utf-8")
        return
    case = CODES[row.code].slug

    assert any(
        (found.code.number, found.severity.value) == (row.code, row.severity) and row.tells in told
        for found, told in TRIPPED
    )
    assert {"trips"} < {section.kind for section in ALL if section.case == case}


def test_no_two_sentences_are_shown_by_one_finding() -> None:
    shown = [(row.code, row.severity, row.tells, row.test) for row in ROWS]
    shared = {key[:2] for key in shown if sum(other[:2] == key[:2] for other in shown) > 1}

    assert [key for key in shown if shown.count(key) > 1] == []
    assert [row.says for row in ROWS if (row.code, row.severity) in shared and not row.tells] == []


def test_every_code_of_reading_and_of_the_intent_is_tripped() -> None:
    known = {number for number in CODES if number.startswith(("MG1", "MG2"))}

    assert known - {found.code.number for found, _ in TRIPPED} - ELSEWHERE.keys() == set()


@pytest.mark.parametrize("number", RULES)
def test_a_rule_has_a_case_of_its_own_name(number: str) -> None:
    told = (CASES / f"{CODES[number].slug}.findings.txt").read_text("utf-8")

    assert f" {CODES[number]}: " in told


def test_there_are_sixty_rules_and_every_row_has_a_case(
    record_property: Callable[[str, object], None],
) -> None:
    cases = {section.case for section in ALL}
    record_property(
        "measured",
        f"contract: {len(ROWS)} rows of {len(AREAS)} areas, {len(RULES)} rules, "
        f"{len(cases)} cases with {len(ALL)} parts",
    )

    assert len(RULES) >= 60
