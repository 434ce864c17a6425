"""Circuit breakers, as annotations describe them: one group, dropped whole where one of it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from meshgen.backends.linkerd.admission.scalars import duration_ms
from meshgen.profile import Profile

# linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs, parse_accrual_config
_MODE = "balancer.linkerd.io/failure-accrual"
_FAILURES = f"{_MODE}-consecutive-max-failures"
_LONGEST = f"{_MODE}-consecutive-max-penalty"
_SHORTEST = f"{_MODE}-consecutive-min-penalty"
_JITTER = f"{_MODE}-consecutive-jitter-ratio"
_SUCCESS = "balancer.alpha.linkerd.io/failure-accrual-success-rate"
_THRESHOLD = f"{_SUCCESS}-threshold"
_WINDOW = f"{_SUCCESS}-window"
_REQUESTS = f"{_SUCCESS}-min-requests"

KEYS = (_MODE, _FAILURES, _LONGEST, _SHORTEST, _JITTER, _THRESHOLD, _WINDOW, _REQUESTS)

_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"\+?[0-9]+")
_MOST = 2**32 - 1
_MOST_REQUESTS = 1_000_000
_SHORTEST_WINDOW_MS = 10

Refusal = tuple[str, str, str]  # the key, what is wrong with its value, and what to write


def refused(annotations: Mapping[str, str], profile: Profile) -> Iterator[Refusal]:
    """Yield why a circuit breaker is dropped; where no mode is written nothing is read."""
    mode = annotations.get(_MODE)
    if mode is None:
        return
    modes = _modes(profile)
    if mode not in modes:
        yield _MODE, f"{mode!r} is no mode of {profile.version}", f"write {' or '.join(modes)}"
        return
    yield from _whole(annotations, _FAILURES, _MOST)
    yield from _penalties(annotations)
    yield from _within(annotations, _JITTER, 100)
    if mode == "unified":
        yield from _success_rate(annotations)


def _modes(profile: Profile) -> tuple[str, ...]:
    return ("consecutive",) if profile.version in ("2.18", "2.19") else ("consecutive", "unified")


def _whole(annotations: Mapping[str, str], key: str, most: int) -> Iterator[Refusal]:
    value = annotations.get(key, "0").strip()
    digits = value.lstrip("+0")
    if not _WHOLE.fullmatch(value) or len(digits) > 10 or int(digits or "0") > most:
        yield key, f"{value!r} is not a number", f"write a number of 0 to {most}"


def _within(annotations: Mapping[str, str], key: str, most: int) -> Iterator[Refusal]:
    value = annotations.get(key, "0").strip()
    if not _DECIMAL.fullmatch(value) or not 0 <= float(value) <= most:
        yield key, f"{value!r} is not a ratio", f"write a number of 0 to {most}"


def _penalties(annotations: Mapping[str, str]) -> Iterator[Refusal]:
    unread = [key for key in (_LONGEST, _SHORTEST) if duration_ms(annotations.get(key, "1s")) is None]
    for key in unread:
        yield key, f"{annotations[key]!r} is not a duration of one unit", "write something like 10s"
    if unread:
        return
    longest = duration_ms(annotations.get(_LONGEST, "60s")) or 0
    shortest = duration_ms(annotations.get(_SHORTEST, "1s")) or 0
    if longest == 0:
        yield _LONGEST, f"{annotations[_LONGEST]!r} is no penalty", "write something like 60s"
    elif shortest > longest:
        key = _SHORTEST if _SHORTEST in annotations else _LONGEST
        low, high = annotations.get(_SHORTEST, "1s"), annotations.get(_LONGEST, "60s")
        yield key, f"the shortest penalty is {low} and the longest {high}", "make the longest the longer one"


def _success_rate(annotations: Mapping[str, str]) -> Iterator[Refusal]:
    wrong = list(_within(annotations, _THRESHOLD, 1))
    yield from wrong
    is_off = not wrong and float(annotations.get(_THRESHOLD, "0.8")) == 0
    yield from _whole(annotations, _REQUESTS, _MOST if is_off else _MOST_REQUESTS)
    value, shortest = annotations.get(_WINDOW, "10s"), 1 if is_off else _SHORTEST_WINDOW_MS
    window = duration_ms(value)
    if window is None or window < shortest:
        yield _WINDOW, f"{value!r} is not a window of {shortest}ms or more", "write something like 10s"
