"""Retries: how many, and after which failures."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import durations
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, quoted
from meshgen.diagnostics import Code, near_miss
from meshgen.resources import Complaint, Path

RETRIES = Code(
    number="MG439",
    slug="istio-retries",
    meaning="Retries name a failure that Istio does not know, or are turned off and described at once.",
)
_RULE = Rule(RETRIES, WEBHOOK)
_FAILURES = frozenset(
    {
        *("5xx", "gateway-error", "reset", "reset-before-request", "connect-failure", "retriable-4xx"),
        *("refused-stream", "retriable-status-codes", "retriable-headers", "envoy-ratelimited"),
        *("http3-post-connect-failure", "cancelled", "deadline-exceeded", "internal"),
        *("resource-exhausted", "unavailable"),
    }
)
# golang.org net/http status.go
_STATUSES = frozenset(
    {
        *(*range(100, 104), *range(200, 209), 226, *range(300, 306), 307, 308, *range(400, 419)),
        *(*range(421, 427), 428, 429, 431, 451, *range(500, 509), 510, 511),
    }
)


def refused(path: Path, route: Body) -> Iterator[Complaint]:
    """Hold retries against clause 15."""
    retries, at = route.get("retries", {}), (*path, "retries")
    attempts = retries.get("attempts", 0)
    if attempts < 0:
        yield _RULE.broken((*at, "attempts"), f"{attempts} is not a number of retries", "write 0 for none")
    if attempts == 0:
        yield from _of_none(at, retries)
    if retries.get("retryOn"):
        yield from _failures((*at, "retryOn"), retries["retryOn"])
    yield from durations.refused(at, retries, "perTryTimeout", "backoff")


def _of_none(path: Path, retries: Body) -> Iterator[Complaint]:
    for key in ("perTryTimeout", "retryOn", "retryRemoteLocalities"):
        if retries.get(key) not in (None, ""):
            yield _RULE.broken(
                (*path, key),
                f"{key} stands beside attempts 0, with which nothing is retried",
                "write attempts: 2",
            )


def _failures(path: Path, listed: str) -> Iterator[Complaint]:
    for word in listed.split(","):
        is_status = word.isascii() and word.isdecimal() and len(word) < 10 and int(word) in _STATUSES
        if word not in _FAILURES and not is_status:
            yield _RULE.broken(path, f"{quoted(word)} is not a failure that Istio knows", _hint(word))


def _hint(word: str) -> str:
    if word.strip() in _FAILURES:
        return "write commas without spaces"
    return near_miss(word.strip(), _FAILURES) or "write words such as 5xx, or statuses such as 503"
