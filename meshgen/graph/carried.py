"""How clusters carry what a set asks for: of each feature in use the worst answer, and for which services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from meshgen.backend import Backend
from meshgen.gaps import uses
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile
from meshgen.report.matrix import says, word
from meshgen.support import Row, Use

_WORST_LAST = ("Full", "Requires", "Approximate", "Unsupported")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """The answer of a cluster for a feature in use."""

    word: str  # Full, Requires, Approximate or Unsupported
    says: str  # what differs, why not, or what must hold; empty: nothing
    services: tuple[str, ...]  # that use it so; empty: whole namespaces


def carried(resolved: ResolvedSet, backend: Backend, profile: Profile) -> Mapping[str, Carried]:
    """Answer for every feature that a set uses, by id."""
    asked: dict[str, list[tuple[Row, Use]]] = {}
    for use in uses(resolved, profile):
        row = backend.capabilities.answer(use)
        left = tuple(required for required in row.requires if required.id not in profile.holds)
        asked.setdefault(use.usage.feature, []).append((replace(row, requires=left), use))
    return {feature: _worst(asked[feature]) for feature in sorted(asked)}


def _worst(answers: Iterable[tuple[Row, Use]]) -> Carried:
    by_word: dict[str, list[tuple[Row, Use]]] = {}
    for row, use in answers:
        by_word.setdefault(word(row), []).append((row, use))
    worst = max(by_word, key=_WORST_LAST.index)
    row, first = by_word[worst][0]
    service = "" if first.service is None else first.service.key.name
    required = (each.what.format(service=service, value=first.usage.value) for each in row.requires)
    told = (says(row.answer) or "", *required)
    return Carried(
        word=worst,
        says="; ".join(part for part in told if part),
        services=tuple(
            dict.fromkeys(str(use.service.key) for _, use in by_word[worst] if use.service is not None)
        ),
    )
