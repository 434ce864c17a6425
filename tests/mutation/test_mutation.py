"""What is rendered says nothing that `verify` does not hold it to: a field put wrong is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from meshgen.backend import backend_names
from tests.mutation.asking import Fate, fates
from tests.mutation.survivors import entries

LISTED_AT_MOST = 0.05


@pytest.mark.long
@pytest.mark.parametrize("mesh", backend_names())
def test_a_mutant_is_caught_or_nothing_can_tell_it(
    mesh: str, record_property: Callable[[str, object], None]
) -> None:
    listed = entries(mesh)
    counts = Counter[Fate]()
    needed = Counter[str]()
    unlisted: list[str] = []
    for told in fates(mesh):
        counts[told.fate] += 1
        if told.fate is Fate.SURVIVED:
            fitting = [entry for entry in listed if told.is_told_by(entry)]
            needed.update(map(str, fitting))
            unlisted += [] if fitting else [str(told)]
    total = counts[Fate.CAUGHT] + counts[Fate.SURVIVED]
    beside = f"{counts[Fate.REFUSED]} refused, {counts[Fate.SAME]} the same by defaults"
    record_property("measured", f"{mesh}: {counts[Fate.SURVIVED]} of {total} mutants listed; {beside}")

    assert unlisted == []
    assert [str(entry) for entry in listed if not needed[str(entry)]] == [], "nothing needs these"
    assert counts[Fate.SURVIVED] <= LISTED_AT_MOST * total
