"""Where two outcomes of one request differ, as far as anybody asked for anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.intent.outcome.facets import Facet, Outcome, Step, Value, Verdict
from meshgen.intent.outcome.retrying import Conditions


class Contrast(NamedTuple):
    """One facet of one request on both sides; None: that side does not have it."""

    facet: Facet
    one: Step | None
    other: Step | None

    @property
    def is_equal(self) -> bool:
        """True where both sides say the same."""
        if self.one is None or self.other is None:
            return False
        return agree(self.one.value, self.other.value)


def contrasts(one: Outcome, other: Outcome, *, may_be_silent: bool) -> Iterator[Contrast]:
    """List the facets that are to be compared; equal ones too.

    What both sides have unasked is not compared. `may_be_silent` says of the first side that what it does not
    have it does not ask for, as an intent does. Where a request does not get through, nothing but that is
    compared.
    """
    verdicts = Contrast(Facet.VERDICT, one.facets.get(Facet.VERDICT), other.facets.get(Facet.VERDICT))
    if _is_compared(verdicts, may_be_silent=may_be_silent):
        yield verdicts
    known = [step for step in (verdicts.one, verdicts.other) if step is not None]
    if any(step.value is not Verdict.ALLOWED for step in known):
        yield from _lost(one, other, verdicts)
        return
    attempts_agree = True
    for facet in _FACETS:
        if facet in _OF_RETRIES and not attempts_agree:
            continue
        found = Contrast(facet, one.facets.get(facet), other.facets.get(facet))
        if _is_compared(found, may_be_silent=may_be_silent):
            yield found
            if facet is Facet.RETRY_ATTEMPTS:
                attempts_agree = found.is_equal


def _lost(one: Outcome, other: Outcome, verdicts: Contrast) -> Iterator[Contrast]:
    """Whoever may call where nobody says so: what is to go somewhere differs from what has no route."""
    asked = one.facets.get(Facet.BACKENDS)
    if verdicts.one is None and asked is not None and other.value(Facet.VERDICT) is Verdict.UNROUTED:
        yield Contrast(Facet.BACKENDS, asked, None)


_FACETS = tuple(facet for facet in Facet if facet is not Facet.VERDICT)
_OF_RETRIES = (Facet.RETRY_ON, Facet.RETRY_TRY, Facet.RETRY_BASE, Facet.RETRY_MAX)


def _is_compared(found: Contrast, *, may_be_silent: bool) -> bool:
    # An intent's name is held to where a mesh has any; by itself it does nothing to a request.
    if found.facet is Facet.ROUTE:
        return may_be_silent and found.one is not None and found.other is not None
    if found.one is None and (found.other is None or (may_be_silent and _is_free(found.facet))):
        return False
    return any(step is not None and not step.is_ambient for step in (found.one, found.other))


def _is_free(facet: Facet) -> bool:
    """Tell whether manifests may decide what an intent is silent about.

    Who gets in, how, with which token and where to follows from what is written of others too; time, tries
    and policy that nobody wrote have to stay what the mesh does unasked.
    """
    return facet in (Facet.VERDICT, Facet.TRANSPORT, Facet.BACKENDS, Facet.TOKEN)


def agree(one: Value, other: Value) -> bool:
    """Tell whether two values of a facet say the same; of retries, whatever one of them cares for."""
    if isinstance(one, Conditions) and isinstance(other, Conditions):
        return one.agrees(other)
    return one == other
