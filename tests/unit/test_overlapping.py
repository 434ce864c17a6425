"""Selectors that pick the same pods."""

from __future__ import annotations

from meshgen.intent.overlapping import Selector, overlapping


def selector(**labels: str) -> Selector:
    return frozenset(("shop", *label) for label in labels.items())


def test_selectors_overlap_where_one_holds_all_labels_of_another() -> None:
    selectors = {
        "narrow": selector(app="web", tier="front"),
        "wide": selector(app="web"),
        "same": selector(app="web"),
        "other": selector(app="cart", tier="front"),
        "none": selector(),
    }
    assert sorted(overlapping(selectors)) == [("same", "narrow"), ("wide", "narrow"), ("wide", "same")]
