"""Ways of calls: where they lead, what is done to them there, and who lets them in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.backends.linkerd.outcome.guards import Entry, Guard, Received, Who
from meshgen.backends.linkerd.outcome.policies import ambient
from meshgen.backends.linkerd.outcome.ranking import Asked
from meshgen.backends.linkerd.outcome.redirecting import location
from meshgen.gatewayapi.filtering import edited, header_edits
from meshgen.gatewayapi.routing import Filter, HeaderEdits, Redirect
from meshgen.intent.outcome.call import Request
from meshgen.intent.outcome.facets import Basis, Differing, Facet, Outcome, Step, Verdict, alike, edits
from meshgen.intent.outcome.world import Pod

_FILTERS = "linkerd/linkerd2-proxy linkerd/http/route/src/http/filter.rs"
_LIMIT = "linkerd/linkerd2 policy-controller/core/src/inbound.rs"
_TLS = "linkerd/linkerd2-proxy linkerd/tls/src/client.rs"

_NOBODY = ambient(Facet.VERDICT, Verdict.ALLOWED, "nobody is there to keep it out", _TLS)
_UNEDITED = ambient(Facet.REQUEST_HEADERS, edits(), "headers go on as they came", _FILTERS)
_UNREDIRECTED = ambient(Facet.REDIRECT, None, "nothing is redirected", _FILTERS)
_UNANSWERED = ambient(
    Facet.RESPONSE_HEADERS, edits(), "headers of the answer come back as they are", _FILTERS
)
_UNRATED = ambient(Facet.RATE_LIMIT, None, "as many requests are taken as come", _LIMIT)
_IN_MTLS = ambient(Facet.TRANSPORT, True, "between two proxies it travels in mTLS", _TLS)
_IN_PLAIN = ambient(Facet.TRANSPORT, False, "without a proxy at both ends it travels in plain text", _TLS)


class Sent(NamedTuple):
    """A request as it is sent, and as proxies compare it."""

    request: Request
    asked: Asked
    host: str  # with the port, if one was sent


class End(NamedTuple):
    """Pods that a share of the calls goes to, and what is done to that share."""

    pods: tuple[tuple[Pod, int], ...]
    guards: tuple[Guard, ...]  # of those, each once
    edits: tuple[HeaderEdits, ...]  # of requests

    def seen(self, sent: Sent | None) -> Asked | None:
        """Give a request as it arrives here."""
        if sent is None or not self.edits:
            return None if sent is None else sent.asked
        headers = sent.asked.headers
        for each in self.edits:
            headers = edited(headers, each)
        return sent.asked._replace(headers=headers)


class _Arrival(NamedTuple):
    """What becomes of one share at one guard."""

    end: End
    guard: Guard
    received: Received

    @property
    def entry(self) -> Entry | None:
        return self.received.entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What becomes of the calls that one rule decides about, as far as callers have a say."""

    basis: Basis
    goes: Step  # of no facet
    steps: tuple[Step, ...]  # of what gets through, whatever the request
    ends: tuple[End, ...]
    redirect: Redirect | None = None

    def follow(self, who: Who, sent: Sent | None) -> Iterator[Step]:
        """Say what becomes of a call of a caller whose proxy sends it this way."""
        if self.redirect is not None and sent is not None:
            answer = location(self.redirect, sent.host, sent.request)
            if answer is not None:
                yield from _answered(self.redirect.status, answer, self.basis)
                return
        every = _arrivals(self.ends, who, sent)
        verdict = _verdict(every)
        if verdict.value is not Verdict.ALLOWED:
            yield from (self.goes, verdict)
        else:
            yield from (*self.steps, verdict)
            yield from _received(every, who, sent)
            if sent is not None:
                yield ambient(Facet.PATH, sent.request.target, "path and query go on as they came", _FILTERS)
                yield self._edited(every)
                yield next(_redirected(every, sent), _UNREDIRECTED)

    def _edited(self, every: list[_Arrival]) -> Step:
        unmet = (header_edits(end.edits, of_request=True) for end in self.ends)  # by any pod
        found = alike(map(_edits, every)) if every else alike(unmet)
        if found == edits():
            return _UNEDITED
        by = next((each.entry for each in every if each.entry is not None and each.entry.edits), None)
        basis = self.basis if by is None else by.basis
        return Step(says="headers are edited", basis=basis, facet=Facet.REQUEST_HEADERS, value=found)


def direct(end: End, backends: Step, who: Who, sent: Sent | None) -> Iterator[Step]:
    """Say what becomes of a call that no proxy of a caller has a say in."""
    every = _arrivals((end,), who, sent)
    verdict = _verdict(every)
    yield verdict
    if verdict.value is Verdict.ALLOWED:
        yield backends
        yield from _received(every, who, sent)
        if sent is not None:
            edited_there = [each for each in every if each.entry is not None and each.entry.edits]
            for each in edited_there[:1]:
                found = alike(map(_edits, every))
                assert each.entry is not None
                says = "headers are edited"
                yield Step(says=says, basis=each.entry.basis, facet=Facet.REQUEST_HEADERS, value=found)
            yield from _redirected(every, sent)


def either(every: list[Outcome]) -> Outcome:
    """Join what becomes of a call under routes of which the older has it, and nobody knows which it is."""
    first = every[0]
    if len(every) == 1:
        return first
    says = "of two routes that match alike the older has it, and nobody knows which that is"
    undecided = []
    for facet in dict.fromkeys(facet for each in every for facet in each.facets):
        found = [step for each in every if (step := each.facets.get(facet)) is not None]
        value = alike(step.value for step in found)
        if isinstance(value, Differing) or len(found) < len(every):
            value = Verdict.MIXED if facet is Facet.VERDICT else value
            undecided.append(Step(says=says, basis=found[-1].basis, facet=facet, value=value))
    return Outcome.of((*first.steps, *undecided))


def answers(filters: Iterable[tuple[Filter, ...]], basis: Basis) -> Step:
    """Say what is done to the headers of answers, of each share."""
    found = alike([header_edits(each, of_request=False) for each in filters] or [edits()])
    if found == edits():
        return _UNANSWERED
    says = "headers of the answer are edited"
    return Step(says=says, basis=basis, facet=Facet.RESPONSE_HEADERS, value=found)


def _answered(status: int, address: str, basis: Basis) -> Iterator[Step]:
    says = "the caller's proxy answers"
    yield Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.ALLOWED)
    says = f"the answer is {status} with {address}"
    yield Step(says=says, basis=basis, facet=Facet.REDIRECT, value=(status, address))
    yield _UNANSWERED


def _arrivals(ends: Iterable[End], who: Who, sent: Sent | None) -> list[_Arrival]:
    return [
        _Arrival(end, guard, guard.receive(who, asked))
        for end in ends
        for asked in (end.seen(sent),)
        for guard in end.guards
    ]


def _verdict(every: list[_Arrival]) -> Step:
    """Join what several ports say of a call."""
    found = [each.received.verdict for each in every]
    if len({step.value for step in found}) < 2:
        return found[0] if found else _NOBODY
    refused = next(step for step in found if step.value is not Verdict.ALLOWED)
    return replace(refused, says=f"{refused.says}, and at other pods it is otherwise", value=Verdict.MIXED)


def _received(every: list[_Arrival], who: Who, sent: Sent | None) -> Iterator[Step]:
    is_in_mtls = {who.identity is not None and each.guard.is_proxied for each in every}
    if len(is_in_mtls) < 2:
        yield _IN_MTLS if who.identity is not None and is_in_mtls != {False} else _IN_PLAIN
    else:
        yield ambient(Facet.TRANSPORT, alike((True, False)), "some pods have no proxy", _TLS)
    if sent is None:
        return
    limited = next((each.guard.limit for each in every if each.guard.limit is not None), None)
    rate = None if limited is None else alike(each.guard.rate(who) for each in every)
    if limited is None or rate is None:
        yield _UNRATED
    else:
        basis = Basis(name=str(limited.resource), of=limited.resource, path=("spec",), source=_LIMIT)
        yield Step(says="requests are limited", basis=basis, facet=Facet.RATE_LIMIT, value=rate)


def _edits(arrival: _Arrival) -> frozenset[tuple[str, str, str]]:
    there = () if arrival.entry is None else arrival.entry.edits
    filters = (*arrival.end.edits, *there)
    return header_edits(filters, of_request=True) if filters else edits()


def _redirected(every: list[_Arrival], sent: Sent) -> Iterator[Step]:
    """Say where the receiving proxies send it to, where one does."""
    by = next(
        (each.entry for each in every if each.entry is not None and each.entry.redirect is not None), None
    )
    if by is None:
        return
    value = alike(_there(each, sent) for each in every)
    if value is not None:
        yield Step(says=f"the answer is {value}", basis=by.basis, facet=Facet.REDIRECT, value=value)


def _there(arrival: _Arrival, sent: Sent) -> tuple[int, str] | None:
    redirect = None if arrival.entry is None else arrival.entry.redirect
    address = None if redirect is None else location(redirect, sent.host, sent.request)
    return None if redirect is None or address is None else (redirect.status, address)
