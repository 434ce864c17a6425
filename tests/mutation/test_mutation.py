"""What is rendered says nothing that `verify` does not hold it to: a field put wrong is told, or counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from meshgen.backend import backend_names
from tests.mutation.asking import Fate, fates
from tests.mutation.survivors import Entry, entries, ratchet


@pytest.mark.long
@pytest.mark.parametrize("mesh", backend_names())
def test_mutants_that_nothing_catches_are_listed_or_counted_and_do_not_grow(
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
        f"{survived - len(unlisted)} listed, {len(unlisted)} not yet; {counts[Fate.REFUSED]} are refused "
        f"as objects, of the rest {survived / (total - counts[Fate.REFUSED]):.1%} survive",
    )

    held = ratchet(mesh)
    assert [entry for entry in listed if entry not in needed] == [], "nothing needs these"
    assert 100 * len(unlisted) / total <= held.unlisted, "\n".join(unlisted)
    assert 100 * survived / total <= held.survived
