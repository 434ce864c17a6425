"""Where outcomes differ that say nothing of who may call."""

from __future__ import annotations

from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Value, Verdict
from meshgen.proof.comparing import Contrast, contrasts


def test_what_has_no_route_differs_from_what_is_to_go_somewhere() -> None:
    asked, lost = _step(Facet.BACKENDS, ()), _step(Facet.VERDICT, Verdict.UNROUTED)

    found = list(contrasts(Outcome.of([asked]), Outcome.of([lost]), may_be_silent=True))

    assert found == [Contrast(Facet.BACKENDS, asked, None)]
    assert not found[0].is_equal


def test_a_verdict_that_nobody_asked_for_ends_the_comparison() -> None:
    asked, denied = _step(Facet.BACKENDS, ()), _step(Facet.VERDICT, Verdict.DENIED)

    assert list(contrasts(Outcome.of([asked]), Outcome.of([denied]), may_be_silent=True)) == []


def _step(facet: Facet, value: Value) -> Step:
    return Step(says="", basis=Basis(name=""), facet=facet, value=value)
