"""Timeouts and retries, which a route carries as annotations."""

from __future__ import annotations

from typing import assert_never

from meshgen.intent.features import Written
from meshgen.intent.model import Protocol
from meshgen.intent.policy import Retries, RetryCondition
from meshgen.intent.resolved import ResolvedRoute
from meshgen.manifest import Pairs
from meshgen.values import Duration

_UNITS = (("h", 3_600_000), ("m", 60_000), ("s", 1_000))


def timing(route: ResolvedRoute, protocol: Protocol) -> Pairs:
    """List the annotations for a route's timeout and retries on ports of a protocol, sorted by key."""
    noted: dict[str, str] = {}
    if isinstance(route.timeout, Duration):
        noted["timeout.linkerd.io/request"] = duration(route.timeout)
    if isinstance(route.retries, Retries):
        noted |= _retries(route.retries, protocol)
    return tuple(sorted(noted.items()))


def duration(value: Duration) -> str:
    """Write a duration in one unit, the largest that leaves a whole number."""
    # linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs: one whole number, one unit
    for unit, ms in _UNITS:
        count, rest = divmod(value.ms, ms)
        if rest == 0:
            return f"{count}{unit}"
    return f"{value.ms}ms"


def _retries(retries: Retries, protocol: Protocol) -> dict[str, str]:
    noted = {"retry.linkerd.io/limit": str(retries.attempts)}
    if retries.per_try_timeout is not None:
        noted["retry.linkerd.io/timeout"] = duration(retries.per_try_timeout)
    family = "grpc" if protocol is Protocol.GRPC else "http"
    conditions = [word for entry in retries.retry_on if (word := _condition(entry, protocol)) is not None]
    if conditions:
        # a space would make the whole list unreadable
        noted[f"retry.linkerd.io/{family}"] = ",".join(dict.fromkeys(conditions))
    return noted


def _condition(entry: RetryCondition | int, protocol: Protocol) -> str | None:
    """Spell a condition, None where it has no spelling on ports of the protocol or needs none."""
    is_grpc = protocol is Protocol.GRPC
    match entry:
        case int():
            return None if is_grpc else str(entry)
        case RetryCondition.SERVER_ERROR | RetryCondition.GATEWAY_ERROR:
            return None if is_grpc else entry.value
        case RetryCondition.RETRIABLE_4XX:
            return None if is_grpc else "409"
        case RetryCondition.CONNECT_FAILURE | RetryCondition.REFUSED_STREAM | RetryCondition.RESET:
            return None
        case (
            RetryCondition.CANCELLED
            | RetryCondition.DEADLINE_EXCEEDED
            | RetryCondition.INTERNAL
            | RetryCondition.RESOURCE_EXHAUSTED
            | RetryCondition.UNAVAILABLE
        ):
            return entry.value if is_grpc else None
        case _:
            assert_never(entry)


def is_set(value: object) -> bool:
    """Tell whether a field asks the mesh to do something; `none` asks for what it does unasked."""
    return value is not None and value is not Written.NONE
