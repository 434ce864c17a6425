"""The language's page as a table: each sentence that asks for a finding has its code and its case."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

import meshgen.intent
import meshgen.source
from meshgen.diagnostics import Code
from tests.test_rules import ALL, CASES, findings

HERE = Path(__file__).parent
TESTS = HERE.parent
TABLE = yaml.safe_load((HERE / "contract.yaml").read_text("utf-8"))
AREAS = ("reading", "rule", "context", "profile", "fidelity", "mesh", "test")


class Row(NamedTuple):
    """A sentence of the page."""

    section: int
    says: str
    code: str | None
    severity: str
    area: str
    test: str | None = None  # where a case would be too large for a file

    @property
    def id(self) -> str:
        return f"{self.section}: {self.says}"


ROWS = tuple(Row(**row) for row in TABLE["rows"])
CARRIED = tuple(row for row in ROWS if row.area in TABLE["carried"])


def codes() -> dict[str, Code]:
    """Find every code of the reading and rule stages."""
    names = [meshgen.source.__name__]
    names += [info.name for info in pkgutil.walk_packages(meshgen.intent.__path__, "meshgen.intent.")]
    values = (value for name in names for value in vars(importlib.import_module(name)).values())
    return {value.number: value for value in values if isinstance(value, Code)}


CODES = codes()
RULES = sorted(number for number in CODES if number.startswith("MG2") and number < "MG280")
TRIPPED = {
    (found.code.number, found.severity.value)
    for section in ALL
    if section.kind == "trips"
    for found in findings(section)
}


def test_every_row_has_an_area_and_every_area_is_known() -> None:
    assert {row.area for row in ROWS} | set(TABLE["carried"]) <= set(AREAS)


@pytest.mark.parametrize("row", CARRIED, ids=lambda row: row.id)
def test_a_carried_sentence_has_a_case_that_trips_it_and_a_near_miss(row: Row) -> None:
    assert row.code is not None
    if row.test is not None:
        assert row.code in (TESTS / row.test).read_text("utf-8")
        return
    case = CODES[row.code].slug

    assert (row.code, row.severity) in TRIPPED
    assert {"trips"} < {section.kind for section in ALL if section.case == case}


@pytest.mark.parametrize("number", RULES)
def test_a_rule_has_a_case_of_its_own_name(number: str) -> None:
    told = (CASES / f"{CODES[number].slug}.findings.txt").read_text("utf-8")

    assert f" {CODES[number]}: " in told


def test_there_are_sixty_rules_and_every_carried_row_has_a_case(
    record_property: Callable[[str, object], None],
) -> None:
    cases = {section.case for section in ALL}
    record_property(
        "measured",
        f"contract: {len(ROWS)} rows, {len(CARRIED)} carried; {len(RULES)} rules, {len(cases)} cases",
    )

    assert len(RULES) >= 60
