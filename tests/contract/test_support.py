"""What each mesh carries, row by row, against the tables in `support/`, written before the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from meshgen.backend import backend, backend_names
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.proof.excuses import is_known
from meshgen.support import NOT_BUILT, Approximate, Full, Row, Unsupported, stand_in

TABLES = Path(__file__).parent / "support"
BACKENDS = backend_names()
MOST_WEAKER = 9


class Line(NamedTuple):
    """One row as the table spells it."""

    when: frozenset[tuple[str, frozenset[str]]]
    answer: str  # full, unasked, approximate, unsupported, not-built
    widens: bool
    requires: frozenset[tuple[str, str]]  # (id, severity)
    remark: str | None  # severity of what a full row tells
    facets: frozenset[str]


def read(mesh: str) -> list[dict[str, Any]]:
    table: list[dict[str, Any]] = yaml.safe_load((TABLES / f"{mesh}.yaml").read_text(encoding="utf-8"))
    return table


def written(table: list[dict[str, Any]]) -> dict[str, set[Line]]:
    """Read a table: `features` are ids or `x.*`; keys that are left out say no.

    `weaker` says, with its source, why a mesh does less than it is known to be able to.
    """
    ids = declared(MeshIntent)
    own: dict[str, set[Line]] = {}
    for row in table:
        line = Line(
            when=frozenset((axis, frozenset(values)) for axis, values in row.get("when", {}).items()),
            answer=row["answer"],
            widens=row.get("widens", False),
            requires=frozenset(row.get("requires", {}).items()),
            remark=row.get("remark"),
            facets=frozenset(row.get("facets", ())),
        )
        for feature in row["features"]:
            for id in expanded(feature, ids):
                own.setdefault(id, set()).add(line)
    return {id: own.get(id, own.get(stand_in(id), set())) for id in ids}


def expanded(feature: str, ids: frozenset[str]) -> Iterator[str]:
    if not feature.endswith(".*"):
        assert feature in ids, f"{feature} is no feature"
        yield feature
        return
    below = [id for id in ids if id.startswith(feature[:-1])]
    assert below, f"{feature} is no feature"
    yield from below


def declared_by(row: Row) -> Line:
    return Line(
        when=frozenset((axis.name, values) for axis, values in (row.when or {}).items()),
        answer=answer(row),
        widens=row.widens,
        requires=frozenset((each.id, each.severity.value) for each in row.requires),
        remark=row.answer.severity.value if isinstance(row.answer, Full) and row.answer.remark else None,
        facets=frozenset(row.answer.facets) if isinstance(row.answer, Approximate | Full) else frozenset(),
    )


def answer(row: Row) -> str:
    match row.answer:
        case Full(is_unasked=True):
            return "unasked"
        case Full():
            return "full"
        case Approximate():
            return "approximate"
        case Unsupported():
            return "not-built" if row.answer is NOT_BUILT else "unsupported"


@pytest.mark.parametrize("mesh", BACKENDS)
def test_a_mesh_carries_what_its_table_says(mesh: str) -> None:
    table = written(read(mesh))
    rows = {
        id: {declared_by(row) for row in found} for id, found in backend(mesh).capabilities.by_feature.items()
    }

    differing = {id: (table[id], rows[id]) for id in sorted(rows) if table[id] != rows[id]}

    assert differing == {}


@pytest.mark.parametrize("mesh", BACKENDS)
def test_a_mesh_answers_weaker_than_it_could_in_few_places_and_says_why(
    mesh: str, record_property: Callable[[str, object], None]
) -> None:
    weaker = [row for row in read(mesh) if "weaker" in row]
    for row in weaker:
        record_property("measured", f"{mesh}, weaker: {row['features'][0]}: {row['weaker']}")

    assert len(weaker) <= MOST_WEAKER
    assert [row for row in weaker if row["answer"] == "unsupported"] == []


@pytest.mark.parametrize("mesh", BACKENDS)
def test_a_row_says_in_known_words_what_differs(mesh: str) -> None:
    rows = backend(mesh).capabilities.rows
    answers = (row.answer for row in rows if isinstance(row.answer, Approximate | Full))

    assert [words for answer in answers for words in answer.facets if not is_known(words)] == []


def test_every_table_is_of_a_mesh() -> None:
    assert {path.stem for path in TABLES.glob("*.yaml")} == set(backend_names())
