"""Two outcomes are compared as far as anybody asked for anything."""

from __future__ import annotations

import pytest

from meshgen.intent.outcome.facets import Basis, Facet, Outcome, Step, Value, Verdict
from meshgen.intent.outcome.retrying import Conditions
from meshgen.proof.comparing import contrasts

ALLOWED, DENIED, UNROUTED = Verdict.ALLOWED, Verdict.DENIED, Verdict.UNROUTED
TO_CART = ((("shop/cart:80",), 1),)


def outcome(asked: dict[Facet, Value], ambient: dict[Facet, Value] | None = None) -> Outcome:
    basis = Basis(name="a rule")
    found = [Step(says="so", basis=basis, facet=facet, value=value) for facet, value in asked.items()]
    found += [
        Step(says="so", basis=basis, facet=facet, value=value, is_ambient=True)
        for facet, value in (ambient or {}).items()
    ]
    return Outcome.of(found)


def told(one: Outcome, other: Outcome, *, may_be_silent: bool) -> dict[Facet, bool]:
    found = contrasts(one, other, may_be_silent=may_be_silent)
    return {contrast.facet: contrast.is_equal for contrast in found}


BY_FIVE = outcome({Facet.VERDICT: ALLOWED, Facet.TIMEOUT: 5})


@pytest.mark.parametrize("may_be_silent", [True, False])
@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (BY_FIVE, {Facet.VERDICT: True, Facet.TIMEOUT: True}),
        (outcome({Facet.VERDICT: ALLOWED, Facet.TIMEOUT: 6}), {Facet.VERDICT: True, Facet.TIMEOUT: False}),
        (outcome({Facet.VERDICT: ALLOWED}), {Facet.VERDICT: True, Facet.TIMEOUT: False}),
        (outcome({}, {Facet.VERDICT: ALLOWED, Facet.TIMEOUT: 5}), {Facet.VERDICT: True, Facet.TIMEOUT: True}),
        (outcome({Facet.VERDICT: DENIED, Facet.TIMEOUT: 5}), {Facet.VERDICT: False}),
    ],
)
def test_what_one_side_asks_for_is_compared(
    other: Outcome, expected: dict[Facet, bool], *, may_be_silent: bool
) -> None:
    assert told(BY_FIVE, other, may_be_silent=may_be_silent) == expected


def test_what_nobody_asked_for_differs_but_who_gets_in_how_and_where_to() -> None:
    silent = outcome({Facet.VERDICT: ALLOWED})
    in_mtls = outcome({Facet.VERDICT: ALLOWED, Facet.TRANSPORT: True})

    assert told(silent, in_mtls, may_be_silent=True) == {Facet.VERDICT: True}
    assert told(silent, BY_FIVE, may_be_silent=True) == {Facet.VERDICT: True, Facet.TIMEOUT: False}
    assert told(silent, BY_FIVE, may_be_silent=False) == {Facet.VERDICT: True, Facet.TIMEOUT: False}


def test_what_both_sides_do_unasked_is_not_compared() -> None:
    one, other = (outcome({}, {Facet.VERDICT: ALLOWED, Facet.TIMEOUT: time}) for time in (5, 6))

    assert told(one, other, may_be_silent=False) == {}


def test_how_a_try_is_repeated_is_compared_where_the_tries_are_equally_many() -> None:
    def tried(attempts: int, on: Conditions, base: int) -> Outcome:
        facets = {Facet.RETRY_ATTEMPTS: attempts, Facet.RETRY_ON: on, Facet.RETRY_BASE: base}
        return outcome({Facet.VERDICT: ALLOWED, **facets})

    few = Conditions(frozenset({"reset"}))
    many = Conditions(frozenset({"reset", "expired"}), free=frozenset({"expired"}))

    assert told(tried(2, few, 25), tried(3, many, 50), may_be_silent=True) == {
        Facet.VERDICT: True,
        Facet.RETRY_ATTEMPTS: False,
    }
    assert told(tried(2, few, 25), tried(2, many, 50), may_be_silent=True) == {
        Facet.VERDICT: True,
        Facet.RETRY_ATTEMPTS: True,
        Facet.RETRY_ON: True,
        Facet.RETRY_BASE: False,
    }


def test_what_should_go_somewhere_differs_from_what_has_no_route_whoever_may_call() -> None:
    somewhere = outcome({Facet.BACKENDS: TO_CART})

    assert told(somewhere, outcome({Facet.VERDICT: UNROUTED}), may_be_silent=True) == {Facet.BACKENDS: False}
    assert told(somewhere, outcome({Facet.VERDICT: DENIED}), may_be_silent=True) == {}
    assert told(outcome({}), outcome({Facet.VERDICT: UNROUTED}), may_be_silent=True) == {}
