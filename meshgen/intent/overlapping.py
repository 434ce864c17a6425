"""Selectors that pick the same pods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import TypeVar

Selector = frozenset[tuple[str, str, str]]  # namespace, key and value of each label
_Of = TypeVar("_Of", bound=Hashable)


def overlapping(selectors: Mapping[_Of, Selector]) -> Iterator[tuple[_Of, _Of]]:
    """Yield whose labels are all among those of another, with that one; in linear time, the wider first.

    Each is filed under its rarest label, where a selector that holds all its labels must look. Of equal ones
    the one that comes first is the wider.
    """
    uses = Counter(label for labels in selectors.values() for label in labels)
    filed: dict[tuple[str, str, str], list[_Of]] = {}
    for of, labels in selectors.items():
        if labels:
            filed.setdefault(min(labels, key=lambda label: (uses[label], label)), []).append(of)
    order = {of: index for index, of in enumerate(selectors)}
    for of, labels in selectors.items():
        shared = (label for label in sorted(labels) if uses[label] > 1)
        for other in (other for label in shared for other in filed.get(label, ())):
            is_wider = selectors[other] < labels or (selectors[other] == labels and order[other] < order[of])
            if other != of and is_wider:
                yield other, of
