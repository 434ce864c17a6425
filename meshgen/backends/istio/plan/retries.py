"""Tries after the first one, as Envoy's conditions."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Retries, RetryCondition

_OF_HTTP = frozenset(
    {RetryCondition.SERVER_ERROR, RetryCondition.GATEWAY_ERROR, RetryCondition.RETRIABLE_4XX}
)
_OF_GRPC = frozenset(
    {
        RetryCondition.CANCELLED,
        RetryCondition.DEADLINE_EXCEEDED,
        RetryCondition.INTERNAL,
        RetryCondition.RESOURCE_EXHAUSTED,
        RetryCondition.UNAVAILABLE,
    }
)
# Those that an intent may name and for which Go's net/http has a text; the webhook refuses the others
# (istio/istio pkg/config/validation/agent/validation.go).
REGISTERED = frozenset({*range(400, 419), *range(421, 427), 428, 429, 431, 451, *range(500, 509), 510, 511})


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """`retries` of a route."""

    attempts: int
    per_try_timeout: str | None = None
    retry_on: str | None = None
    backoff: str | None = None


def retry_policy(retries: Retries | Written, protocol: Protocol) -> RetryPolicy:
    """Write the conditions that have a meaning on a port.

    istio/istio pilot/pkg/networking/core/route/retry/retry.go: a route without a policy is tried twice more,
    so that `none` has to be written.
    """
    if isinstance(retries, Written):
        return RetryPolicy(attempts=0)
    tokens = [_token(condition) for condition in retries.retry_on if _has_meaning(condition, protocol)]
    if not tokens:
        return RetryPolicy(attempts=0)  # an empty list would mean Istio's own
    return RetryPolicy(
        attempts=retries.attempts,
        per_try_timeout=None if retries.per_try_timeout is None else str(retries.per_try_timeout),
        retry_on=",".join(tokens),  # the webhook refuses spaces
        backoff=None if retries.backoff is None else str(retries.backoff.base),
    )


def _has_meaning(condition: RetryCondition | int, protocol: Protocol) -> bool:
    is_grpc = protocol is Protocol.GRPC
    if isinstance(condition, int):
        return not is_grpc and condition in REGISTERED
    return condition not in (_OF_HTTP if is_grpc else _OF_GRPC)


def _token(condition: RetryCondition | int) -> str:
    return str(condition) if isinstance(condition, int) else condition.value
