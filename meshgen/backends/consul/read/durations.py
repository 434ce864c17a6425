"""Durations as Go writes them."""

from __future__ import annotations

import re
from fractions import Fraction

_MS = {
    "h": Fraction(3_600_000),
    "m": Fraction(60_000),
    "s": Fraction(1_000),
    "ms": Fraction(1),
    "us": Fraction(1, 1_000),
    "µs": Fraction(1, 1_000),
    "ns": Fraction(1, 1_000_000),
}
_LONGEST = 64  # characters
_PART = re.compile(r"([0-9]+(?:\.[0-9]*+)?|\.[0-9]+)(h|ms|us|µs|ns|m|s)")


def milliseconds(text: str) -> int:
    """Read `1m30s` or `-1s`, rounded away from 0; what is not written, and what Go cannot read, is 0."""
    if len(text) > _LONGEST:
        return 0
    at, total = len(text) - len(text.lstrip("+-")), Fraction(0)
    is_negative = text.startswith("-")
    while (part := _PART.match(text, at)) is not None:
        total += Fraction(part[1].rstrip(".")) * _MS[part[2]]
        at = part.end()
    whole = -int(-total // 1) if at == len(text) else 0
    return -whole if is_negative else whole
