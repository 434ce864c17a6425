"""Which failures are tried again, by the words that Envoy knows."""

from __future__ import annotations

from collections.abc import Iterable

from meshgen.intent.model import Protocol
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

# envoyproxy/envoy source/common/router/retry_state_impl.cc: wouldRetryFromReset
_NO_ANSWER = frozenset((CONNECT_FAILURE, REFUSED_STREAM, RESET, EXPIRED))
_COVERS = {
    "5xx": SERVER_ERRORS | _NO_ANSWER,
    "gateway-error": GATEWAY_ERRORS | _NO_ANSWER,
    "reset": _NO_ANSWER,
    "connect-failure": frozenset((CONNECT_FAILURE,)),
    "refused-stream": frozenset((REFUSED_STREAM,)),
    "retriable-4xx": RETRIABLE_4XX,
}


def conditions(words: Iterable[str], protocol: Protocol) -> Conditions:
    """Spell out what the words of a route cover on a port; statuses and gRPC's names stand for themselves."""
    covered = (_COVERS.get(word, frozenset((word,))) for word in words)
    return Conditions(seen_on(protocol, frozenset[str]().union(*covered)))
