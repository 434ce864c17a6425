"""A golden and its mutants held against the intent, by the requests on which any of them can differ."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from meshgen.backend import Backend
from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Facet, Outcome
from meshgen.proof.comparing import Contrast, contrasts
from meshgen.proof.places import Place, with_named
from meshgen.proof.prove import places_of
from meshgen.proof.sides import rendered
from meshgen.proof.verify import Sides, is_left_to_the_mesh, is_reserved, size
from meshgen.proof.witnesses import Bounds, witnesses
from meshgen.rendering import Rendering
from meshgen.resources import Resource, Resources
from tests.mutation.near import near, values

MOST = Bounds(most=20_000)  # requests among which those that stand for others are looked for
FEW = Bounds(most=300)  # in which each value of each part of a request is met
_ALIKE = 3  # requests that fare alike in all, for the same reasons, of which neighbours are asked
_KEPT = 2_000  # requests to one place that are asked whatever they are, and neighbours as many


class _Answered(NamedTuple):
    """A call, and what becomes of it."""

    place: Place
    call: Call
    meant: Outcome
    done: Outcome  # by what was rendered


class _Kept(NamedTuple):
    """What is asked of one place."""

    conditions: Conditions
    asked: list[_Answered]
    central: list[Call]  # those among them whose neighbours are asked


class Subject:
    """What was rendered for one golden, and what its intent says of the requests that tell mutants apart."""

    def __init__(self, rendering: Rendering, backend: Backend) -> None:
        self._rendering, self._backend = rendering, backend
        self._sides = self._held(rendering.resources)
        self._pardoned = {service for service, _ in self._sides.excused}
        self._citing: defaultdict[int, list[_Answered]] = defaultdict(list)
        self._kept = {place: self._keep(place) for place in self._places(self._sides)}

    def _held(self, resources: Sequence[Resource]) -> Sides:
        left, profile = self._rendering.left, self._rendering.profile
        assert left is not None
        return rendered(left, resources, self._backend, profile, self._rendering.causes)

    def _places(self, sides: Sides) -> Iterator[Place]:
        assert self._rendering.left is not None
        return with_named(places_of(self._rendering.left, sides.world), sides.ports)

    def _keep(self, place: Place) -> _Kept:
        conditions = self._sides.other.conditions(place.to)
        calls = [*self._witnesses(self._sides, place, conditions, MOST)]
        central = self._central(calls)
        whatever = calls[:: len(calls) // _KEPT + 1]
        beside = near(central, values(calls)) if len(whatever) < len(calls) else ()
        asked = (*whatever, *itertools.islice(beside, _KEPT))
        kept = [self._answered(place, call) for call in asked]
        for each in kept:
            for of in {id(step.basis.of) for step in each.done.steps if isinstance(step.basis.of, Resource)}:
                self._citing[of].append(each)
        return _Kept(conditions, kept, central)

    def _witnesses(
        self, sides: Sides, place: Place, conditions: Conditions, bounds: Bounds
    ) -> Iterable[Call]:
        every = sides.one.conditions(place.to) | conditions
        return witnesses(sides.world, place, every, bounds).calls

    def _central(self, calls: Iterable[Call]) -> list[Call]:
        """Choose requests for each way to fare: the smallest, and those that bring in another value."""
        found: defaultdict[tuple[object, ...], list[Call]] = defaultdict(list)
        for call in calls:
            one, other = self._sides.one.outcome(call), self._sides.other.outcome(call)
            ways = tuple(id(step.basis) for outcome in (one, other) for step in outcome.facets.values())
            found[ways].append(call)
        return [call for alike in found.values() for call in _telling(sorted(alike, key=size))]

    def _answered(self, place: Place, call: Call) -> _Answered:
        return _Answered(place, call, self._sides.one.outcome(call), self._sides.other.outcome(call))

    def is_equal(self) -> bool:
        """Tell whether what was rendered does what is meant, as far as is asked here."""
        every = (each for kept in self._kept.values() for each in kept.asked)
        return not any(self._differs(each, each.done) for each in every)

    def _differs(self, asked: _Answered, outcome: Outcome) -> bool:
        """Compare with what is meant, or with what was rendered where a finding says that it differs."""
        place, _, meant, done = asked
        found = contrasts(
            meant, outcome, may_be_silent=not is_reserved(self._sides, place, asked.call, outcome)
        )
        if any(self._tells(each, asked) and not self._is_excused(each.facet, asked) for each in found):
            return True
        if place.service not in self._pardoned:
            return False
        found = contrasts(done, outcome, may_be_silent=False)
        return any(not each.is_equal and self._is_excused(each.facet, asked) for each in found)

    def _tells(self, found: Contrast, asked: _Answered) -> bool:
        """Leave out what is left to the mesh, as verify does."""
        return not found.is_equal and not is_left_to_the_mesh(found, asked.place, asked.call)

    def _is_excused(self, facet: Facet, asked: _Answered) -> bool:
        return self._sides.excuse(facet, asked.place, asked.call) is not None

    def catches(self, old: Resource, new: Resource) -> bool:
        """Tell whether a mutant is not understood, or some request shows that it does what is not meant."""
        resources = Resources(tuple(new if each is old else each for each in self._rendering.resources))
        if any(True for _ in self._backend.unmodelled(resources)):
            return True
        if (old.group, old.kind) == ("", "Service"):
            return self._catches_anew(resources)
        mutant = self._backend.evaluator(resources, self._sides.world, self._rendering.profile)
        return any(self._differs(each, mutant.outcome(each.call)) for each in self._tries(mutant, old))

    def _catches_anew(self, resources: Resources) -> bool:
        """Ask in a world that has changed too."""
        sides = self._held(resources.every)
        for place in self._places(sides):
            central = self._kept[place].central if place in self._kept else ()
            calls = self._witnesses(sides, place, sides.other.conditions(place.to), FEW)
            for call in (*central, *calls):
                meant, done = sides.one.outcome(call), sides.other.outcome(call)
                before = self._sides.other.outcome(call) if place in self._kept else done
                if self._differs(_Answered(place, call, meant, before), done):
                    return True
        return False

    def _tries(self, mutant: Evaluator, old: Resource) -> Iterator[_Answered]:
        yield from self._citing[id(old)]
        for kept in self._kept.values():
            yield from kept.asked
        for place in with_named([*self._kept], lambda to: mutant.conditions(to).ports):
            if place not in self._kept:
                calls = self._witnesses(self._sides, place, mutant.conditions(place.to), FEW)
                yield from (self._answered(place, call) for call in calls)
        for place, kept in self._kept.items():
            conditions = mutant.conditions(place.to)
            if conditions == kept.conditions:
                continue
            calls = self._witnesses(self._sides, place, conditions, FEW)
            new = values(calls).beyond(values(each.call for each in kept.asked))
            yield from (self._answered(place, call) for call in near(kept.central, new))


def _telling(calls: Sequence[Call]) -> Iterator[Call]:
    """Leave out calls of which each part is that of one before, but for the first few."""
    known: set[tuple[object, str]] = set()
    for at, call in enumerate(calls):
        new = {(part, text) for part, every in values([call]).of.items() for text in every}
        if at < _ALIKE or not new <= known:
            yield call
        known |= new
