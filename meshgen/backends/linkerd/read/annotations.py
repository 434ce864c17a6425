"""Timeouts, retries and circuit breakers, as annotations say them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from meshgen.backends.linkerd.admission import breakers
from meshgen.backends.linkerd.admission.scalars import duration_ms
from meshgen.intent.outcome.retrying import GATEWAY_ERRORS, GRPC, SERVER_ERRORS
from meshgen.profile import Profile

# linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs
_TIMEOUT = "timeout.linkerd.io/"
_RETRY = "retry.linkerd.io/"
_BREAKER = "balancer.linkerd.io/failure-accrual"
_RANGES: Mapping[str, frozenset[str]] = {"5xx": SERVER_ERRORS, "gateway-error": GATEWAY_ERRORS}
_MOST_RETRIES = 2**16 - 1


class Unread(NamedTuple):
    """An annotation that Linkerd cannot read, for which all of its group counts as not written."""

    key: str


class Timeouts(NamedTuple):
    """How long things may take, in ms; None: not written. Nothing is a deadline too."""

    request: int | None = None  # the whole
    response: int | None = None
    idle: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """How often a request is tried again, and after which answers."""

    limit: int
    is_limit_written: bool
    on: frozenset[str] | None  # statuses, or names of gRPC's; None: not written
    timeout: int | None  # ms of each try


class Breaker(NamedTuple):
    """When an instance is left out; times in ms, None where not written."""

    failures: int | None
    penalty: int | None


Protocol = Literal["http", "grpc"]


def timeouts(annotations: Mapping[str, str]) -> Timeouts | Unread:
    """Read what annotations of a Service or route say of time."""
    keys = [f"{_TIMEOUT}{name}" for name in Timeouts._fields]
    read = [duration_ms(annotations[key]) if key in annotations else None for key in keys]
    for key, ms in zip(keys, read, strict=True):
        if key in annotations and ms is None:
            return Unread(key)
    return Timeouts(*read)


def retry(annotations: Mapping[str, str], protocol: Protocol) -> Retry | Unread | None:
    """Read what annotations of a Service or route say of retries; None where they say nothing in effect."""
    written = annotations.get(f"{_RETRY}limit", "0")
    limit, on = _limit(written), _answers(annotations.get(f"{_RETRY}{protocol}"), protocol)
    timeout = duration_ms(annotations.get(f"{_RETRY}timeout", "0"))
    if limit is None:
        return Unread(f"{_RETRY}limit")
    if timeout is None:
        return Unread(f"{_RETRY}timeout")
    if isinstance(on, Unread):
        return on
    if limit == 0 and timeout == 0 and on is None:
        return None
    return Retry(limit=limit or 1, is_limit_written=limit > 0, on=on, timeout=timeout or None)


def _limit(text: str) -> int | None:
    digits = text.removeprefix("+")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 20:
        return None
    return int(digits) if int(digits) <= _MOST_RETRIES else None


def _answers(text: str | None, protocol: Protocol) -> frozenset[str] | Unread | None:
    if text is None:
        return None
    read = _statuses if protocol == "http" else _codes
    found = [read(part) for part in text.split(",")]
    if any(not part for part in found):
        return Unread(f"{_RETRY}{protocol}")
    return frozenset().union(*found)


def _codes(text: str) -> frozenset[str]:
    return frozenset((text.lower(),)) & frozenset(GRPC)


def _statuses(text: str) -> frozenset[str]:
    named = _RANGES.get(text.lower())
    if named is not None:
        return named
    first, dash, last = text.partition("-")
    lowest, highest = _limit(first), _limit(last if dash else first)
    if lowest is None or highest is None or not 100 <= lowest <= highest < 600:
        return frozenset()
    return frozenset(map(str, range(lowest, highest + 1)))


def breaker(annotations: Mapping[str, str], profile: Profile) -> Breaker | Unread | None:
    """Read when a Service's instances are left out; None where it does not ask for it."""
    for key, _, _ in breakers.refused(annotations, profile):
        return Unread(key)
    if _BREAKER not in annotations:
        return None
    failures = annotations.get(f"{_BREAKER}-consecutive-max-failures")
    penalty = annotations.get(f"{_BREAKER}-consecutive-min-penalty")
    return Breaker(
        failures=None if failures is None else int(failures),
        penalty=None if penalty is None else duration_ms(penalty),
    )
