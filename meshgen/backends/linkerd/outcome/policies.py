"""What a caller's proxy does beside sending a request somewhere: time, retries, breakers, and the rest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from meshgen.backends.linkerd.read.annotations import Breaker, Retry, Timeouts
from meshgen.backends.linkerd.read.profiles import Budget, ProfileRoute
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value
from meshgen.intent.outcome.retrying import (
    CONNECT_FAILURE,
    EXPIRED,
    REFUSED_STREAM,
    SERVER_ERRORS,
    Conditions,
    seen_on,
)

_OUTBOUND = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
_RETRY = "linkerd/linkerd2-proxy linkerd/app/outbound/src/http/logical/policy/route/retry.rs"
_CLASSIFY = "linkerd/linkerd2-proxy linkerd/app/core/src/classify.rs"
_GRPC_FAILURES = frozenset(("deadline-exceeded", "internal", "unavailable"))


def ambient(facet: Facet, value: Value, says: str, source: str) -> Step:
    """Say what Linkerd does by itself."""
    return Step(
        says=says, basis=Basis(name="Linkerd", source=source), facet=facet, value=value, is_ambient=True
    )


_NO_FIELD = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"
# Of connections and requests alike.
OF_CALLS = (
    ambient(
        Facet.LOAD_BALANCING,
        "peak-ewma",
        "the quicker of two instances drawn at random",
        "linkerd/linkerd2-proxy linkerd/proxy/balance/src/lib.rs",
    ),
    ambient(
        Facet.CONNECT_TIMEOUT,
        1_000,
        "a connection is given up after a second",
        "linkerd/linkerd2 charts/linkerd-control-plane/values.yaml",
    ),
    ambient(Facet.MAX_CONNECTIONS, None, "connections are not limited", _NO_FIELD),
)
OF_REQUESTS = (
    *OF_CALLS,
    ambient(Facet.MAX_PENDING, None, "no limit of waiting requests can be set", _NO_FIELD),
    ambient(Facet.MAX_REQUESTS, None, "requests are not limited", _NO_FIELD),
    ambient(Facet.MAX_PER_CONNECTION, None, "requests of a connection are not limited", _NO_FIELD),
    ambient(Facet.FAULT_DELAY, None, "nothing is delayed", _NO_FIELD),
    ambient(Facet.FAULT_ABORT, None, "nothing is aborted", _NO_FIELD),
    ambient(Facet.MIRROR, (), "nothing is copied", _NO_FIELD),
    ambient(Facet.HOST, None, "the host goes on as it came", _NO_FIELD),
    ambient(Facet.CORS, None, "CORS is the application's", _NO_FIELD),
)
_UNBROKEN = (
    ambient(Facet.CONSECUTIVE_5XX, None, "no instance is left out for its failures", _OUTBOUND),
    ambient(Facet.CONSECUTIVE_GATEWAY, None, "no instance is left out for gateway errors", _OUTBOUND),
)
_UNLIMITED = ambient(Facet.TIMEOUT, None, "a request may take as long as it does", _OUTBOUND)
_NOT_AGAIN = ambient(Facet.RETRY_ATTEMPTS, 0, "nothing is tried again", _OUTBOUND)
UNTOUCHED = (_UNLIMITED, _NOT_AGAIN)


def broken(breaker: Breaker | None, service: Basis) -> Iterator[Step]:
    """Say when instances are left out."""
    if breaker is None:
        yield from _UNBROKEN
        return
    # linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs: the defaults of parse_accrual_config
    failures = 7 if breaker.failures is None else breaker.failures
    yield Step(
        says=f"after {failures} failures in a row an instance is left out",
        basis=service,
        facet=Facet.CONSECUTIVE_5XX,
        value=failures or None,
    )
    yield _UNBROKEN[1]
    yield ambient(Facet.EJECTION_INTERVAL, None, "an instance is left out at once", _OUTBOUND)
    yield ambient(Facet.EJECTION_PERCENT, Fraction(1), "all instances may be left out", _OUTBOUND)
    yield Step(
        says="so long an instance is left out at first",
        basis=service,
        facet=Facet.EJECTION_TIME,
        value=1_000 if breaker.penalty is None else breaker.penalty,
        is_ambient=breaker.penalty is None,
    )


def timed(timeouts: Timeouts, by: Basis) -> Iterator[Step]:
    """Say how long a request may take."""
    if timeouts.request is None:
        yield _UNLIMITED
    else:
        says = f"a request is given up after {timeouts.request} ms"
        yield Step(says=says, basis=by, facet=Facet.TIMEOUT, value=timeouts.request)
    if timeouts.response is not None:
        yield Step(says=f"an answer may take {timeouts.response} ms", basis=by)
    if timeouts.idle is not None:
        yield Step(says=f"a stream may be still for {timeouts.idle} ms", basis=by)


def again(retry: Retry | None, by: Basis, protocol: Protocol) -> Iterator[Step]:
    """Say how often and when a request is tried again."""
    if retry is None:
        yield _NOT_AGAIN
        return
    always = (REFUSED_STREAM, *(() if retry.timeout is None else (EXPIRED,)))
    # A request is only given to an instance that is connected, so that none fails of that; and nothing
    # expires without a time.
    free = frozenset((CONNECT_FAILURE, *(() if retry.timeout is not None else (EXPIRED,))))
    on = seen_on(protocol, (*always, *(retry.on or ())))
    yield Step(
        says=f"a request is tried again {retry.limit} times",
        basis=by,
        facet=Facet.RETRY_ATTEMPTS,
        value=retry.limit,
        is_ambient=not retry.is_limit_written,
    )
    yield Step(
        says="these failures are tried again",
        basis=by if retry.on is not None else Basis(name="Linkerd", source=_RETRY),
        facet=Facet.RETRY_ON,
        value=Conditions(on=on, free=free),
        is_ambient=retry.on is None,
    )
    yield Step(
        says="a try may take as long as the request"
        if retry.timeout is None
        else f"a try is given up after {retry.timeout} ms",
        basis=by,
        facet=Facet.RETRY_TRY,
        value=retry.timeout,
        is_ambient=retry.timeout is None,
    )
    yield ambient(Facet.RETRY_BASE, 25, "the first wait is 25 ms", _RETRY)
    yield ambient(Facet.RETRY_MAX, 250, "no wait is longer than 250 ms", _RETRY)


def by_profile(route: ProfileRoute, budget: Budget, by: Basis, protocol: Protocol) -> Iterator[Step]:
    """Say what a route of a ServiceProfile does about time and failures."""
    yield from timed(Timeouts(request=route.timeout), by)
    if not route.is_retryable:
        yield _NOT_AGAIN
        return
    failures = _GRPC_FAILURES if protocol is Protocol.GRPC else route.failures
    yield Step(
        says=f"retries may be {budget.ratio} of the requests, {budget.least} a second at least",
        basis=by,
        facet=Facet.RETRY_ATTEMPTS,
        value=("budget", budget.ratio, budget.least, budget.ttl),
    )
    yield Step(
        says="these failures are tried again",
        basis=by if failures != SERVER_ERRORS else Basis(name="Linkerd", source=_CLASSIFY),
        facet=Facet.RETRY_ON,
        value=Conditions(on=failures, free=frozenset((EXPIRED,))),
    )
    yield ambient(Facet.RETRY_TRY, None, "a try may take as long as the request", _CLASSIFY)
    yield ambient(Facet.RETRY_BASE, 0, "nothing is waited for", _CLASSIFY)
    yield ambient(Facet.RETRY_MAX, 0, "nothing is waited for", _CLASSIFY)
