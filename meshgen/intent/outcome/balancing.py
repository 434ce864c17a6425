"""How instances of a service are picked, spared and left out, as far as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.intent.model import Protocol
from meshgen.intent.outcome.destinations import share_of
from meshgen.intent.outcome.facets import Facet, Step, Value
from meshgen.intent.outcome.places import Place
from meshgen.intent.outcome.sending import step
from meshgen.intent.policy import CircuitBreaker, HashCookie, HashOn, LoadBalancing, OutlierDetection, Session
from meshgen.intent.resolved import ResolvedService


def balanced(target: ResolvedService, protocol: Protocol) -> Iterator[Step]:
    """Say how the instances of a service are picked, spared and left out, silent where nobody wrote it."""
    place = Place(target)
    if target.load_balancing is not None:
        value = _picked(target.load_balancing)
        # Of a connection nothing is known but where it comes from.
        if protocol.is_http or not isinstance(value, tuple) or value == ("sourceIP",):
            yield step(Facet.LOAD_BALANCING, value, place.basis("loadBalancing", target.load_balancing))
    yield from _limited(place, protocol)
    yield from _ejected(place)
    if target.connect_timeout is not None:  # it stands beside circuitBreaker, and goes where that goes
        yield step(Facet.CONNECT_TIMEOUT, target.connect_timeout.ms, place.basis("connectTimeout"))


def _picked(balancing: LoadBalancing) -> Value:
    if balancing.policy is not None:
        return str(balancing.policy.value)
    return None if balancing.hash_on is None else _hashed(balancing.hash_on)


def _hashed(hash_on: HashOn) -> Value:
    if hash_on.header is not None:
        return ("header", hash_on.header.lower())
    if hash_on.query_param is not None:
        return ("queryParam", hash_on.query_param)
    if hash_on.cookie is not None:
        return ("cookie", hash_on.cookie.name, _lifetime(hash_on.cookie))
    return ("sourceIP",)


def _lifetime(cookie: HashCookie) -> int | None:
    if cookie.ttl is None:
        return None
    return 0 if isinstance(cookie.ttl, Session) else cookie.ttl.ms


def _limited(place: Place, protocol: Protocol) -> Iterator[Step]:
    """Name the limits that are written; of connections only their number counts."""
    breaker = place.service.circuit_breaker
    if breaker is None:
        return
    written = breaker if isinstance(breaker, CircuitBreaker) else None
    limits = (
        (Facet.MAX_CONNECTIONS, None if written is None else written.max_connections),
        (Facet.MAX_PENDING, None if written is None else written.max_pending_requests),
        (Facet.MAX_REQUESTS, None if written is None else written.max_requests),
        (Facet.MAX_PER_CONNECTION, None if written is None else written.max_requests_per_connection),
    )
    basis = place.basis("circuitBreaker", breaker)
    for facet, limit in limits if protocol.is_http else limits[:1]:
        if written is None or limit is not None:
            yield step(facet, limit, basis)


def _ejected(place: Place) -> Iterator[Step]:
    """The detector that is not written is off, as both are where no instance may be out at once."""
    detection = place.service.outlier_detection
    if detection is None:
        return
    basis = place.basis("outlierDetection", detection)
    if not isinstance(detection, OutlierDetection) or _is_idle(detection):
        yield step(Facet.CONSECUTIVE_5XX, None, basis)
        yield step(Facet.CONSECUTIVE_GATEWAY, None, basis)
        return
    yield step(Facet.CONSECUTIVE_5XX, detection.consecutive5xx, basis)
    yield step(Facet.CONSECUTIVE_GATEWAY, detection.consecutive_gateway_errors, basis)
    if detection.interval is not None:
        yield step(Facet.EJECTION_INTERVAL, detection.interval.ms, basis)
    if detection.base_ejection_time is not None:
        yield step(Facet.EJECTION_TIME, detection.base_ejection_time.ms, basis)
    if detection.max_ejection_percent is not None:
        yield step(Facet.EJECTION_PERCENT, share_of(detection.max_ejection_percent), basis)


def _is_idle(detection: OutlierDetection) -> bool:
    return detection.max_ejection_percent is not None and share_of(detection.max_ejection_percent) == 0
