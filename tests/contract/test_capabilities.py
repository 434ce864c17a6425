"""The table of every backend is whole: each feature, each condition, a source for each answer."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator

import pytest

from meshgen.backend import backend, backend_names
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.support import NOT_BUILT, Axis, Row

BACKENDS = backend_names()


def states(rows: tuple[Row, ...]) -> Iterator[dict[Axis, str]]:
    """Yield every combination of answers to the questions that the rows ask."""
    axes = sorted({axis for row in rows for axis in row.when or {}}, key=lambda axis: axis.name)
    for values in itertools.product(*(axis.values for axis in axes)):
        yield dict(zip(axes, values, strict=True))


def holds(row: Row, state: dict[Axis, str]) -> bool:
    return all(state[axis] in values for axis, values in (row.when or {}).items())


@pytest.mark.parametrize("mesh", BACKENDS)
def test_every_declared_feature_has_rows_and_no_other(mesh: str) -> None:
    rows = backend(mesh).capabilities.by_feature
    named = {feature for row in backend(mesh).capabilities.rows for feature in row.features}
    ids = declared(MeshIntent)

    assert {id for id, found in rows.items() if found} == ids
    assert {name for name in named if not name.endswith(".*")} - ids == set()
    assert {
        name for name in named if name.endswith(".*") and not any(id.startswith(name[:-1]) for id in ids)
    } == set()


@pytest.mark.parametrize("mesh", BACKENDS)
def test_the_rows_of_a_feature_overlap_nowhere_and_leave_nothing_open(mesh: str) -> None:
    wrong = {
        id: (count, {axis.name: value for axis, value in state.items()})
        for id, rows in backend(mesh).capabilities.by_feature.items()
        for state in states(rows)
        if (count := sum(holds(row, state) for row in rows)) != 1
    }

    assert wrong == {}


@pytest.mark.parametrize("mesh", BACKENDS)
def test_axes_of_one_name_are_one_axis(mesh: str) -> None:
    by_name = defaultdict(set)
    for row in backend(mesh).capabilities.rows:
        for axis in row.when or {}:
            by_name[axis.name].add(id(axis))

    assert {name for name, axes in by_name.items() if len(axes) > 1} == set()


@pytest.mark.parametrize("mesh", BACKENDS)
def test_every_answer_but_not_built_yet_cites_a_source(mesh: str) -> None:
    without = [
        row.features
        for row in backend(mesh).capabilities.rows
        if row.answer is not NOT_BUILT and not row.source
    ]

    assert without == []


@pytest.mark.parametrize("mesh", BACKENDS)
def test_a_requirement_says_the_same_on_each_row(mesh: str) -> None:
    said = defaultdict(set)
    for row in backend(mesh).capabilities.rows:
        for requirement in row.requires:
            said[requirement.id].add(requirement.what)

    assert {requirement: found for requirement, found in said.items() if len(found) > 1} == {}


@pytest.mark.parametrize("mesh", BACKENDS)
def test_how_much_is_not_built_yet_is_told(mesh: str, record_property: Callable[[str, object], None]) -> None:
    missing = sorted(
        id
        for id, rows in backend(mesh).capabilities.by_feature.items()
        if any(row.answer is NOT_BUILT for row in rows)
    )
    record_property("measured", f"{mesh}: {len(missing)} features are not built yet {missing[:5]}")

    assert set(missing) < declared(MeshIntent)
