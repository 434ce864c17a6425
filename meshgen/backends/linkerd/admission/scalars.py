"""The small texts of Linkerd's annotations: durations of one unit, and booleans."""

from __future__ import annotations

import re

_MILLISECONDS = {"": 0, "ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"\+?([0-9]+)(\D*)")
_LONGEST_MS = 2**64 - 1
_BOOLS = frozenset("0 f F false FALSE False 1 t T true TRUE True".split())


def duration_ms(text: str) -> int | None:
    """Read a duration of one unit in milliseconds; None where Linkerd cannot."""
    # linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs, parse_duration
    found = _DURATION.fullmatch(text.strip())
    if found is None or found[2] not in _MILLISECONDS:
        return None
    digits = found[1].lstrip("0")
    if len(digits) > 20 or (digits and not found[2]):
        return None
    milliseconds = int(digits or "0") * _MILLISECONDS[found[2]]
    return milliseconds if milliseconds <= _LONGEST_MS else None


def duration_refusal(text: str) -> str | None:
    """Say why a text is no duration, or None where it is one."""
    return None if duration_ms(text) is not None else "is not a duration of one unit"


def bool_refusal(text: str) -> str | None:
    """Say why a text is no boolean, or None where it is one."""
    return None if text.strip() in _BOOLS else "is neither true nor false"
