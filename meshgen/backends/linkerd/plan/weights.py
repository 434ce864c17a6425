"""Shares as whole numbers in the same ratio, without those that get nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from meshgen.intent.resolved import Share


class Weight(NamedTuple):
    """A version and its part in the sum of all."""

    version: str
    weight: int


def weights(shares: Iterable[Share]) -> tuple[Weight, ...]:
    """Weigh versions in percent, or in hundredths of it where one has decimals."""
    some = tuple(share for share in shares if share.percent.hundredths > 0)
    unit = 100 if all(share.percent.hundredths % 100 == 0 for share in some) else 1
    return tuple(Weight(share.version, share.percent.hundredths // unit) for share in some)
