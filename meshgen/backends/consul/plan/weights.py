"""Shares in an order, and if need be with a last digit, that the webhook's arithmetic takes for 100."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence

from meshgen.intent.resolved import Share

# Every order of six versions; where none of them adds up, more would hardly.
_ORDERS = 720


def weighed(shares: Sequence[Share]) -> tuple[tuple[Share, int | float], ...]:
    """Give each share its weight; those of 0 are left out, and the order is kept where it adds up.

    The webhook adds the weights one by one in 32-bit floats and wants exactly 100; the server rounds
    each to hundredths, so that what is added behind them changes no share.
    """
    # consul-k8s control-plane/api/v1alpha1/servicesplitter_types.go: validate
    kept = [share for share in shares if share.percent.hundredths > 0]
    for order in itertools.islice(itertools.permutations(kept), _ORDERS):
        if _float32_sum([share.percent.number for share in order]) == 100:
            return tuple((share, share.percent.number) for share in order)
    return _nudged(kept)


def _nudged(shares: Sequence[Share]) -> tuple[tuple[Share, int | float], ...]:
    """Let the greatest share, put last, take up what rounding left over: less than a thousandth."""
    *before, last = sorted(shares, key=lambda share: share.percent)
    rest = _float32(100 - _float32_sum([share.percent.number for share in before]))
    return (*((share, share.percent.number) for share in before), (last, float(f"{rest:.9g}")))


def _float32(number: float) -> float:
    packed: float = struct.unpack("f", struct.pack("f", number))[0]
    return packed


def _float32_sum(numbers: Sequence[float]) -> float:
    total = 0.0
    for number in numbers:
        total = _float32(total + _float32(number))
    return total
