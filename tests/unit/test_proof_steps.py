"""Steps of a trace come to the outcome that they explain, for every class of requests of the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen.api import read_files, render
from meshgen.diagnostics import Findings
from meshgen.intent.outcome.facets import Outcome, Step
from meshgen.profiles import Choice, built_in
from meshgen.proof.places import places
from meshgen.proof.sides import rendered
from meshgen.proof.trace import as_json, as_text
from meshgen.proof.verify import Sides
from meshgen.proof.witnesses import Bounds, witnesses

ROOT = Path(__file__).parents[2]
EXAMPLES = ("bookinfo", "online-boutique")


def sides_of(example: str, choice: Choice) -> Sides:
    findings = Findings()
    reading = read_files([str(ROOT / "examples" / example)], findings=findings)
    rendering = render(reading, *choice, is_partial=True)
    assert rendering.left is not None
    return rendered(rendering.left, rendering.resources, *choice, rendering.causes)


@pytest.mark.parametrize("choice", built_in(), ids=lambda choice: choice.profile.name)
@pytest.mark.parametrize("example", EXAMPLES)
def test_the_steps_of_a_trace_replay_to_its_outcome(example: str, choice: Choice) -> None:
    sides = sides_of(example, choice)
    asked = 0
    for place in places(sides.world):
        conditions = sides.one.conditions(place.to) | sides.other.conditions(place.to)
        for call in witnesses(sides.world, place, conditions, Bounds(most=200)).calls:
            for side in (sides.one, sides.other):
                outcome = side.outcome(call)
                assert Outcome.of(outcome.steps) == outcome
                assert _replayed(outcome) == outcome.facets
                asked += 1

    assert asked > 400


def _replayed(outcome: Outcome) -> dict[object, Step]:
    """Take the steps as a reader does, from the first to the last."""
    facets: dict[object, Step] = {}
    for step in outcome.steps:
        if step.facet is not None:
            facets[step.facet] = step
    return facets


@pytest.mark.parametrize("choice", built_in(), ids=lambda choice: choice.profile.name)
def test_a_trace_tells_every_step_and_every_facet(choice: Choice) -> None:
    sides = sides_of("bookinfo", choice)
    place = next(iter(places(sides.world)))
    call = next(iter(witnesses(sides.world, place, sides.one.conditions(place.to), Bounds()).calls))
    for side in (sides.one, sides.other):
        outcome = side.outcome(call)
        numbered = [line for line in as_text("it", outcome, {}).splitlines() if line[2:3].isdigit()]
        document = as_json("it", outcome, {})

        assert len(numbered) == len(document["steps"]) == len(outcome.steps)
        assert set(document["outcome"]) == {facet.value for facet in outcome.facets}
