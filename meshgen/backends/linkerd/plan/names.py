"""Names of objects, one for each: labels joined by dots, which no label holds, so that no two names meet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

_LONGEST = 253


def joined(*parts: str | int) -> str:
    """Join the parts of a name; one that is too long ends in a digest of the whole."""
    whole = ".".join(map(str, parts))
    if len(whole) <= _LONGEST:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: _LONGEST - 9].rstrip('.-')}-{digest}"


def distinct(wanted: Iterable[str]) -> tuple[str, ...]:
    """Number names that are wanted again: `a`, `a.2`, `a.3`."""
    given: dict[str, None] = {}
    for name in wanted:
        number, free = 1, name
        while free in given:
            number += 1
            free = joined(name, number)
        given[free] = None
    return tuple(given)
