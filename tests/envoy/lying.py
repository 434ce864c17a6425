"""Evaluators that say of one facet what is not so, by which the judge itself is judged."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from meshgen.intent.outcome.call import Call, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.facets import Facet, Outcome, Verdict
from meshgen.intent.outcome.retrying import CONNECT_FAILURE, GRPC
from meshgen.intent.outcome.retrying import Conditions as Retried
from tests.envoy.scenario import Scenario

_STATUSES = frozenset(map(str, range(400, 600)))
_EVERY = frozenset((*_STATUSES, *GRPC, CONNECT_FAILURE))
_EDIT = ("set", "x-lie", "1")
_NOWHERE = ((), Fraction(1, 2))

# Edits that differ between the parts of a split are a tuple, of which the judge says nothing.
LIES: Mapping[Facet, Callable[[Any], Any]] = {
    Facet.VERDICT: lambda verdict: Verdict.DENIED if verdict is Verdict.ALLOWED else Verdict.ALLOWED,
    Facet.BACKENDS: lambda parts: (*((pods, share / 2) for pods, share in parts), _NOWHERE),
    Facet.TIMEOUT: lambda ms: 60_000 if ms is None else ms + 5,
    Facet.RETRY_ATTEMPTS: lambda attempts: attempts + 1 if attempts else 0,
    Facet.RETRY_ON: lambda on: Retried(on=_EVERY - on.on),
    Facet.FAULT_ABORT: lambda abort: (418, Fraction(1)) if abort is None else None,
    Facet.FAULT_DELAY: lambda delay: (200, Fraction(1)) if delay is None else None,
    Facet.MIRROR: lambda parts: () if parts else ((("shop/web:9080",), Fraction(1)),),
    Facet.REQUEST_HEADERS: lambda edits: edits if isinstance(edits, tuple) else edits | {_EDIT},
    Facet.RESPONSE_HEADERS: lambda edits: edits if isinstance(edits, tuple) else edits | {_EDIT},
    Facet.REDIRECT: lambda redirect: (302, "http://lie.example.com/") if redirect is None else None,
    Facet.PATH: lambda path: f"{path}lie",
    Facet.HOST: lambda _: "lie.example.com",
    Facet.CORS: lambda cors: None if cors is not None and cors.is_allowed else cors,
    Facet.TRANSPORT: lambda is_encrypted: not is_encrypted,
}


@dataclass(frozen=True, slots=True)
class Liar:
    """An evaluator that is honest but for one facet."""

    honest: Evaluator
    facet: Facet

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call, and lie."""
        said = self.honest.outcome(call)
        step = said.facets.get(self.facet)
        if step is None:
            return said
        return Outcome.of((*said.steps, replace(step, value=LIES[self.facet](step.value))))

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what is told apart."""
        return self.honest.conditions(to)


def lies(scenarios: Sequence[Scenario], *, each: int) -> Iterator[tuple[Facet, Scenario]]:
    """Lie about each facet in some scenarios, there about the first call of which it can be lied."""
    for facet in LIES:
        lied = (liar for one in scenarios for liar in _lied(one, facet))
        yield from ((facet, liar) for liar in itertools.islice(lied, each))


def _lied(scenario: Scenario, facet: Facet) -> Iterator[Scenario]:
    for call in scenario.calls:
        said = scenario.evaluator.outcome(call).facets
        is_allowed = Facet.VERDICT not in said or said[Facet.VERDICT].value is Verdict.ALLOWED
        if is_allowed and facet in said and said[facet].value != LIES[facet](said[facet].value):
            liar = Liar(scenario.evaluator, facet)
            yield replace(scenario, name=f"{scenario.name} {facet.value}", evaluator=liar, calls=(call,))
            return
