"""Whether two sides say the same of every request that can tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import Call, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import TokenCondition
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Value, Verdict
from meshgen.intent.outcome.wording import worded
from meshgen.intent.outcome.world import World
from meshgen.proof.comparing import Contrast, contrasts
from meshgen.proof.excuses import Case, words_for
from meshgen.proof.places import UNLISTED, Place, ends_of, with_named
from meshgen.proof.witnesses import Bounds, Witnesses, witnesses

Excused = Mapping[tuple[ServiceKey | None, str], str]  # (service, words of a row): the feature that it is of


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """Two sets of rules over one world."""

    one: Evaluator
    other: Evaluator
    world: World
    bare: Evaluator | None = None  # the mesh of the other without any object; None: the first is no intent
    excused: Excused = field(default_factory=dict)

    @property
    def is_intent(self) -> bool:
        """The first one is, and what it does not say it leaves to the mesh."""
        return self.bare is not None

    def ports(self, to: ToPod) -> frozenset[int]:
        """List the container ports of a pod that either side names."""
        return self.one.conditions(to).ports | self.other.conditions(to).ports

    def excuse(self, facet: Facet, place: Place, call: Call) -> str | None:
        """Give the words by which a finding says that a facet differs for a call, if one does."""
        said = words_for(facet, Case(place, call, self._tokens(call)))
        return next((words for words in said if (place.service, words) in self.excused), None)

    def _tokens(self, call: Call) -> frozenset[TokenCondition]:
        """List the tokens of which anything tells where a call ends: others are strange there."""
        ends = tuple(ends_of(call.to, self.one.outcome(call), self.world))
        every = (side.conditions(end).tokens for side in (self.one, self.other) for end in ends)
        return frozenset[TokenCondition]().union(*every)


class Difference(NamedTuple):
    """The smallest request on which two sides differ in one facet at one service, and how many there are."""

    place: Place
    call: Call
    contrast: Contrast
    times: int


class Unasked(NamedTuple):
    """What the other side does although nobody asked for it."""

    facet: Facet
    value: Value
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What came of asking both sides."""

    classes: int  # of requests that there are
    asked: int  # of which were asked
    is_exhaustive: bool
    services: int
    compared: Mapping[Facet, int]  # how often, by facet
    differences: tuple[Difference, ...]  # by place, then facet
    excused: tuple[tuple[ServiceKey | None, str], ...]  # that were needed, sorted
    ambient: tuple[Unasked, ...]


def verify(
    sides: Sides, where: Iterable[Place], *, bounds: Bounds, facets: frozenset[str] | None = None
) -> Proof:
    """Ask both sides of calls to some places; `facets` are the groups to compare, None for all."""
    tally = _Tally(facets)
    for place in with_named(where, sides.ports):
        conditions = sides.one.conditions(place.to) | sides.other.conditions(place.to)
        found = witnesses(sides.world, place, conditions, bounds)
        tally.take(sides, place, found)
    return tally.proof()


class _Tally:
    """Counts while requests are asked."""

    def __init__(self, facets: frozenset[str] | None) -> None:
        self._facets = facets
        self._classes = self._asked = 0
        self._is_exhaustive = True
        self._services: set[ServiceKey] = set()
        self._compared: Counter[Facet] = Counter()
        self._different: dict[tuple[ServiceKey | None, Facet], Difference] = {}
        self._excused: set[tuple[ServiceKey | None, str]] = set()
        self._ambient: dict[tuple[Facet, Value], Basis] = {}

    def take(self, sides: Sides, place: Place, found: Witnesses) -> None:
        """Ask both sides of the calls to one place."""
        if place.service is not None:
            self._services.add(place.service)
        self._is_exhaustive = self._is_exhaustive and found.is_exhaustive
        self._classes += found.classes
        for call in found.calls:
            self._asked += 1
            self._ask(sides, place, call)

    def _ask(self, sides: Sides, place: Place, call: Call) -> None:
        one, other = sides.one.outcome(call), sides.other.outcome(call)
        may_be_silent = sides.is_intent and not is_reserved(sides, place, call, other)
        for contrast in contrasts(one, other, may_be_silent=may_be_silent):
            if not self._is_asked_about(contrast.facet):
                continue
            self._compared[contrast.facet] += 1
            if contrast.is_equal or is_left_to_the_mesh(contrast, place, call):
                continue
            words = sides.excuse(contrast.facet, place, call)
            if words is None:
                self._differ(Difference(place, call, contrast, 1))
            else:
                self._excused.add((place.service, words))
        if sides.is_intent:
            self._name_ambient(one, other)

    def _is_asked_about(self, facet: Facet) -> bool:
        return self._facets is None or facet.group in self._facets

    def _name_ambient(self, one: Outcome, other: Outcome) -> None:
        """Keep what the other side does unasked with requests that get through, but for where they go."""
        known = (side.facets.get(Facet.VERDICT) for side in (one, other))
        if any(step is not None and step.value is not Verdict.ALLOWED for step in known):
            return
        for facet, step in other.facets.items():
            is_custom = step.is_ambient and facet not in one.facets and facet is not Facet.BACKENDS
            if is_custom and self._is_asked_about(facet):
                self._ambient.setdefault((facet, step.value), step.basis)

    def _differ(self, new: Difference) -> None:
        key = (new.place.service, new.contrast.facet)
        old = self._different.get(key)
        if old is None:
            self._different[key] = new
            return
        smallest = min(old, new, key=lambda each: size(each.call))
        self._different[key] = smallest._replace(times=old.times + 1)

    def proof(self) -> Proof:
        """Say what was found."""
        order = list(Facet)
        ambient = (Unasked(facet, value, basis) for (facet, value), basis in self._ambient.items())
        return Proof(
            classes=self._classes,
            asked=self._asked,
            is_exhaustive=self._is_exhaustive,
            services=len(self._services),
            compared=dict(sorted(self._compared.items(), key=lambda pair: order.index(pair[0]))),
            differences=tuple(sorted(self._different.values(), key=_order)),
            excused=tuple(sorted(self._excused, key=repr)),
            ambient=tuple(sorted(ambient, key=_place_of)),
        )


def is_reserved(sides: Sides, place: Place, call: Call, done: Outcome) -> bool:
    """Tell whether manifests must not do what nobody asks for.

    Pods of no service are left as they are, and no rule shuts out plain text, or callers of a Service, where
    it is not asked to; whom the mesh refuses by itself what is written may refuse too. What becomes of a bare
    connection to a port of requests is left to the mesh.
    """
    if place.service is None:
        return True
    verdict = done.facets.get(Facet.VERDICT)
    shuts_out = verdict is not None and verdict.value in _SHUT and not verdict.is_ambient
    is_called = call.caller.reach is Reach.PLAINTEXT or isinstance(call.to, ToService)
    is_bare = call.request is None and isinstance(call.to, ToPod) and call.to.port != UNLISTED
    return shuts_out and is_called and not is_bare and not _is_refused(sides.bare, call)


def is_left_to_the_mesh(contrast: Contrast, place: Place, call: Call) -> bool:
    """Tell whether what differs is what only a probe meets and nobody asked for.

    Or what the mesh does unasked at a port that a pod does not show, and most likely has not.
    """
    is_probe = contrast.one is None and call.caller.reach is Reach.KUBELET
    is_unasked = contrast.other is not None and contrast.other.is_ambient
    return is_probe or (place.is_unshown and is_unasked)


def _is_refused(bare: Evaluator | None, call: Call) -> bool:
    verdict = None if bare is None else bare.outcome(call).facets.get(Facet.VERDICT)
    return verdict is not None and verdict.value is Verdict.DENIED


_SHUT = (Verdict.DENIED, Verdict.MIXED)  # by every pod, or by some


def _place_of(unasked: Unasked) -> tuple[int, str]:
    return list(Facet).index(unasked.facet), str(worded(unasked.facet, unasked.value))


def _order(difference: Difference) -> tuple[str, int]:
    return str(difference.place.service or ""), list(Facet).index(difference.contrast.facet)


def size(call: Call) -> tuple[int, ...]:
    """Say how much there is to a call, so that the smallest one is shown."""
    request = call.request
    if request is None:
        return (0, len(call.caller.address))
    parts = (
        len(request.headers) + len(request.query) + (request.host is not None) + (request.token is not None)
    )
    reach = list(Reach).index(call.caller.reach)
    return (1, parts, len(request.path), sum(map(len, request.headers.values())), reach, len(request.method))
