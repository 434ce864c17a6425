"""How requests of a route are sent, as far as it is written: time, tries, faults and edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.destinations import share_of
from meshgen.intent.outcome.facets import Basis, Edits, Facet, Step, Value, edits
from meshgen.intent.outcome.places import Place
from meshgen.intent.outcome.retrying import (
    CONNECT_FAILURE,
    EXPIRED,
    GATEWAY_ERRORS,
    REFUSED_STREAM,
    RESET,
    RETRIABLE_4XX,
    SERVER_ERRORS,
    Conditions,
    seen_on,
)
from meshgen.intent.outcome.wording import worded
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.resolved import ResolvedRoute
from meshgen.intent.traffic import Abort, Delay, Fault, HeaderEdits
from meshgen.values import Duration

_BROKEN = frozenset((CONNECT_FAILURE, REFUSED_STREAM, RESET))
_ANSWERS = {
    RetryCondition.SERVER_ERROR: SERVER_ERRORS,
    RetryCondition.GATEWAY_ERROR: GATEWAY_ERRORS,
    RetryCondition.RETRIABLE_4XX: RETRIABLE_4XX,
}


def step(facet: Facet, value: Value, basis: Basis) -> Step:
    """Write the value of a facet as a decision."""
    return Step(says=f"{facet.value}: {_said(worded(facet, value))}", basis=basis, facet=facet, value=value)


def _said(words: Any) -> str:
    match words:
        case dict():
            return ", ".join(f"{share} to {pods}" for pods, share in words.items()) or "none"
        case list():
            return ", ".join(map(str, words)) or "none"
        case _:
            return str(words)


def sent(place: Place, route: ResolvedRoute, protocol: Protocol) -> Iterator[Step]:
    """Say how a route's requests are sent on ports of a protocol, silent where nobody wrote it."""
    timeout = route.timeout
    if timeout is not None:
        ms = timeout.ms if isinstance(timeout, Duration) else None
        yield step(Facet.TIMEOUT, ms, place.basis("timeout"))
    yield from retried(route.retries, protocol, place.basis("retries", route.retries))
    yield from _failed(place, route.fault, protocol)
    request = None if route.headers is None else route.headers.request
    yield step(Facet.REQUEST_HEADERS, header_edits(request), place.basis("headers", route.headers))


def answered(place: Place, route: ResolvedRoute) -> Step:
    """Say how headers of a route's answers are edited, those of redirects too."""
    response = None if route.headers is None else route.headers.response
    return step(Facet.RESPONSE_HEADERS, header_edits(response), place.basis("headers", route.headers))


def header_edits(written: HeaderEdits | None) -> Edits:
    """Write edits as an outcome has them."""
    if written is None:
        return edits()
    return edits(set_=written.set, add=written.add, remove=written.remove)


def retried(retries: Retries | Written | None, protocol: Protocol, basis: Basis) -> Iterator[Step]:
    """Say which failures are tried again, how often and how soon, as far as it is written."""
    if retries is None:
        return
    if not isinstance(retries, Retries):
        yield step(Facet.RETRY_ATTEMPTS, 0, basis)
        return
    yield step(Facet.RETRY_ATTEMPTS, retries.attempts, basis)
    yield step(Facet.RETRY_ON, _retry_on(retries, protocol), basis)
    if retries.per_try_timeout is not None:
        yield step(Facet.RETRY_TRY, retries.per_try_timeout.ms, basis)
    if retries.backoff is not None:
        yield step(Facet.RETRY_BASE, retries.backoff.base.ms, basis)
        if retries.backoff.max is not None:
            yield step(Facet.RETRY_MAX, retries.backoff.max.ms, basis)


def _retry_on(retries: Retries, protocol: Protocol) -> Conditions:
    """Name what is retried on a port, and what the intent leaves to the mesh there."""
    listed = frozenset(retries.retry_on)
    answers = bool(listed & {RetryCondition.SERVER_ERROR, RetryCondition.GATEWAY_ERROR})
    # On a port of gRPC those two say nothing, but stand in the same list: what they bring along stays free.
    says_expired = RetryCondition.RESET in listed or (answers and protocol is not Protocol.GRPC)
    is_tried = retries.per_try_timeout is not None
    on = frozenset(each for word in listed for each in _failures(word))
    on |= frozenset((EXPIRED,) if says_expired and is_tried else ())
    # envoyproxy/envoy source/common/router/retry_state_impl.cc: `reset` takes in connections never made.
    free = (_BROKEN if answers or RetryCondition.RESET in listed else frozenset()) | frozenset((EXPIRED,))
    return Conditions(on=seen_on(protocol, on), free=free - on)


def _failures(word: RetryCondition | int) -> frozenset[str]:
    if isinstance(word, int):
        return frozenset((str(word),))
    return _ANSWERS.get(word, frozenset((str(word.value),)))


def _failed(place: Place, fault: Fault | Written | None, protocol: Protocol) -> Iterator[Step]:
    written = fault if isinstance(fault, Fault) else None
    basis = place.basis("fault", fault)
    yield step(Facet.FAULT_DELAY, delay_of(None if written is None else written.delay), basis)
    yield step(Facet.FAULT_ABORT, abort_of(None if written is None else written.abort, protocol), basis)


def delay_of(delay: Delay | None) -> Value:
    """Write a delay as an outcome has it; one that no request draws is none."""
    if delay is None or share_of(delay.percent) == 0:
        return None
    return (delay.duration.ms, share_of(delay.percent))


def abort_of(abort: Abort | None, protocol: Protocol) -> Value:
    """Write an abort as an outcome has it: statuses on ports of HTTP alone, those of gRPC on its own."""
    if abort is None or share_of(abort.percent) == 0:
        return None
    if (protocol is Protocol.GRPC) is (abort.grpc_status is None):
        return None
    status = abort.status if abort.grpc_status is None else abort.grpc_status.value
    return (status, share_of(abort.percent))
