"""Tries after the first, in the words that all meshes share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.backends.istio.outcome.policy import ambient
from meshgen.backends.istio.read.objects import milliseconds
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value
from meshgen.intent.outcome.retrying import (
    CONNECT_FAILURE,
    EXPIRED,
    GATEWAY_ERRORS,
    GRPC,
    REFUSED_STREAM,
    RESET,
    RETRIABLE_4XX,
    SERVER_ERRORS,
    Conditions,
    seen_on,
)
from meshgen.resources import Path, Resource

_RETRY = "istio/istio pilot/pkg/networking/core/route/retry/retry.go"
_ENVOY = "envoyproxy/envoy source/common/router/retry_state_impl.cc"

_USUAL = frozenset((CONNECT_FAILURE, REFUSED_STREAM, "unavailable", "cancelled"))
_BROKEN = frozenset((CONNECT_FAILURE, REFUSED_STREAM, RESET, EXPIRED))  # whatever breaks a try
# envoyproxy/envoy source/common/router/retry_state_impl.cc: the first two cover every break as `reset` does.
_MEANINGS = {
    "5xx": SERVER_ERRORS | _BROKEN,
    "gateway-error": GATEWAY_ERRORS | _BROKEN,
    "reset": _BROKEN,
    "reset-before-request": frozenset((CONNECT_FAILURE, "reset-before-request")),
    "connect-failure": frozenset((CONNECT_FAILURE,)),
    "refused-stream": frozenset((REFUSED_STREAM,)),
    "retriable-4xx": RETRIABLE_4XX,
    "envoy-ratelimited": frozenset(("envoy-ratelimited",)),
    # Without lists of their own, and without HTTP/3, these cover nothing.
    "retriable-status-codes": frozenset[str](),
    "retriable-headers": frozenset[str](),
    "http3-post-connect-failure": frozenset[str](),
    **{name: frozenset((name,)) for name in GRPC},
}


def retry_steps(
    body: Mapping[str, Any] | None, of: Resource | None, path: Path, on: Protocol
) -> Iterator[Step]:
    """Say how often, when and how soon a request is tried again; `body` is `retries` of a route."""
    if body is None or of is None:
        yield ambient(Facet.RETRY_ATTEMPTS, 2, "a request is tried twice more", _RETRY)
        yield from _unwritten({}, on)
        return

    def step(facet: Facet, value: Value, key: str) -> Step:
        basis = Basis(name=str(of), of=of, path=(*path, key), source=_RETRY)
        return Step(says=f"{of} sets {facet.value}", basis=basis, facet=facet, value=value)

    attempts = body.get("attempts", 0)
    yield step(Facet.RETRY_ATTEMPTS, max(attempts, 0), "attempts")
    if attempts <= 0:
        return
    if body.get("retryOn"):
        yield step(Facet.RETRY_ON, _conditions(body["retryOn"], on), "retryOn")
    if "perTryTimeout" in body:
        yield step(Facet.RETRY_TRY, milliseconds(body["perTryTimeout"]), "perTryTimeout")
    if "backoff" in body:
        yield step(Facet.RETRY_BASE, milliseconds(body["backoff"]), "backoff")
    yield from _unwritten(body, on)


def _unwritten(body: Mapping[str, Any], on: Protocol) -> Iterator[Step]:
    if not body.get("retryOn"):
        usual = Conditions(on=seen_on(on, _USUAL))
        yield ambient(Facet.RETRY_ON, usual, "what never reached the application is tried again", _RETRY)
    if "perTryTimeout" not in body:
        yield ambient(Facet.RETRY_TRY, None, "a try has no time limit of its own", _RETRY)
    base = milliseconds(body["backoff"]) if "backoff" in body else 25
    if "backoff" not in body:
        yield ambient(Facet.RETRY_BASE, base, "the first pause is 25ms at most", _ENVOY)
    yield ambient(Facet.RETRY_MAX, 10 * base, "pauses grow to ten times the first", _ENVOY)


def _conditions(written: str, on: Protocol) -> Conditions:
    found: frozenset[str] = frozenset()
    for token in written.split(","):
        found |= _MEANINGS.get(token.strip(), frozenset((token.strip(),)))
    return Conditions(on=seen_on(on, found))
