"""Which requests fare otherwise after a change: one row a class of requests, the gravest first."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Facet, Step, Value, Verdict
from meshgen.intent.outcome.world import World
from meshgen.proof.comparing import Contrast, contrasts
from meshgen.proof.places import Place, places
from meshgen.proof.verify import size
from meshgen.proof.witnesses import Bounds, witnesses


class Change(enum.Enum):
    """What a change does to requests, the gravest first."""

    ALLOWED = "newly allowed"
    EXPOSED = "newly in plain text"
    DENIED = "newly denied"
    UNROUTED = "newly without a route"
    UNDECIDED = "verdict now left to the mesh"
    DECIDED = "verdict no longer left to the mesh"
    MOVED = "moved"
    SLOWER = "may take longer"
    FASTER = "cut off sooner"
    ENCRYPTED = "newly in mTLS"
    RETRIED = "retried otherwise"
    OTHER = "changed"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Change).index(self)


_MOVED = frozenset((Facet.BACKENDS, Facet.REDIRECT, Facet.PATH, Facet.HOST, Facet.MIRROR))
_TIMES = frozenset((Facet.TIMEOUT, Facet.RETRY_TRY, Facet.CONNECT_TIMEOUT))


class Row(NamedTuple):
    """Requests to one service that fare otherwise in the same way."""

    change: Change
    service: ServiceKey | None  # None: pods that no service picks
    facet: Facet
    before: Step | None  # None: nobody says so
    after: Step | None
    classes: int  # of requests
    example: Call  # the smallest


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """All rows, and how much was asked."""

    rows: tuple[Row, ...]
    classes: int
    is_exhaustive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """The old rules and the new ones, over a world that holds the services of both."""

    old: Evaluator
    new: Evaluator
    world: World
    of: frozenset[ServiceKey] | None = field(default=None)  # the services to ask about; None: all


def changes(ages: Ages, bounds: Bounds) -> Changes:
    """Ask old and new rules about every class of requests that either tells apart."""
    rows: dict[tuple[object, ...], Row] = {}
    classes, is_exhaustive = 0, True
    for place in places(ages.world, ages.of):
        conditions = ages.old.conditions(place.to) | ages.new.conditions(place.to)
        found = witnesses(ages.world, place, conditions, bounds)
        classes += found.classes
        is_exhaustive = is_exhaustive and found.is_exhaustive
        for call in found.calls:
            for row in _rows(ages, place, call):
                key = _key(row)
                rows[key] = _joined(rows[key], row) if key in rows else row
    return Changes(
        rows=tuple(sorted(rows.values(), key=_order)), classes=classes, is_exhaustive=is_exhaustive
    )


def _rows(ages: Ages, place: Place, call: Call) -> Iterable[Row]:
    compared = contrasts(ages.old.outcome(call), ages.new.outcome(call), may_be_silent=False)
    for contrast in compared:
        if not contrast.is_equal:
            kind = _kind(contrast)
            yield Row(kind, place.service, contrast.facet, contrast.one, contrast.other, 1, call)


def _kind(contrast: Contrast) -> Change:
    facet, old, new = contrast
    before, after = (None if step is None else step.value for step in (old, new))
    if facet is Facet.VERDICT:
        return _verdict(before, after)
    if facet is Facet.TRANSPORT:
        return Change.EXPOSED if after is False else Change.ENCRYPTED
    if facet in _TIMES:
        return Change.SLOWER if _time(after) > _time(before) else Change.FASTER
    if facet in (Facet.FAULT_DELAY, Facet.FAULT_ABORT):
        return Change.SLOWER if facet is Facet.FAULT_DELAY and after is not None else Change.OTHER
    if facet.group == Facet.RETRY_ON.group:
        return Change.RETRIED
    return Change.MOVED if facet in _MOVED else Change.OTHER


def _verdict(before: Value, after: Value) -> Change:
    if after is None:
        return Change.UNDECIDED
    if before is None:
        return Change.DENIED if after is Verdict.DENIED else Change.DECIDED
    if after is Verdict.UNROUTED:
        return Change.UNROUTED
    return Change.DENIED if after is Verdict.DENIED else Change.ALLOWED


def _time(value: Value) -> float:
    return float(value) if isinstance(value, int) else float("inf")


def _key(row: Row) -> tuple[object, ...]:
    sides = (
        None if step is None else (step.value, step.basis.name, step.basis.path)
        for step in (row.before, row.after)
    )
    return (row.change, row.service, row.facet, *sides)


def _joined(old: Row, new: Row) -> Row:
    smallest = min(old, new, key=lambda row: size(row.example))
    return smallest._replace(classes=old.classes + 1)


def _order(row: Row) -> tuple[object, ...]:
    return (row.change.rank, str(row.service or ""), list(Facet).index(row.facet), size(row.example))
