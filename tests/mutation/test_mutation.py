"""Manifests say nothing that `verify` does not hold them to: a field put wrong is told, or does nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from meshgen.backend import backend_names
from tests.mutation.asking import Fate, fates
from tests.mutation.survivors import Entry, entries

MOST_THAT_SURVIVE = 0.05


@pytest.mark.long
@pytest.mark.parametrize("mesh", backend_names())
def test_a_mutant_that_nothing_catches_is_listed_with_its_reason(
    mesh: str, record_property: Callable[[str, object], None]
) -> None:
    listed = entries(mesh)
    counts = Counter[Fate]()
    needed: set[Entry] = set()
    unlisted: list[str] = []
    for told in fates(mesh):
        counts[told.fate] += 1
        if told.fate is Fate.SURVIVED:
            fitting = [entry for entry in listed if told.is_told_by(entry)]
            needed.update(fitting)
            unlisted += [] if fitting else [str(told)]
    survived = counts[Fate.SURVIVED]
    total = counts.total() - counts[Fate.SAME]
    record_property(
        "measured",
        f"{mesh}: {survived} of {total} mutants survive ({survived / total:.1%}), "
        f"{counts[Fate.REFUSED]} are refused as objects, "
        f"of the rest {survived / (total - counts[Fate.REFUSED]):.1%} survive",
    )

    assert [entry for entry in listed if entry not in needed] == [], "nothing needs these"
    assert unlisted == []
    assert survived / total <= MOST_THAT_SURVIVE
