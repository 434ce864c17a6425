"""What a made-up intent is drawn with: it writes what may be written, and first what is still wanted."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tests.property.carrying import Cluster

Tree = dict[str, Any]
T = TypeVar("T")

_OF_WANTED = 0.9  # how often the rarest of several is chosen
_IF_WANTED = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an intent is to be made of."""

    allowed: frozenset[str]  # features that may be used
    counts: Mapping[str, int]  # how often each was met
    wanted: frozenset[str]  # which of them are behind
    aim: Cluster | None  # that is to render it; None: rules are such that every mesh has words for them


class Pen:
    """Draws by a seed, for a wish."""

    def __init__(self, draw: random.Random, wish: Wish) -> None:
        self._draw = draw
        self._allowed = wish.allowed
        self._counts = Counter(wish.counts)
        self._wanted = wish.wanted & wish.allowed
        self.is_tame = wish.aim is None

    def likely(self, share: float) -> bool:
        """True in a share of all draws."""
        return self._draw.random() < share

    def among(self, options: Sequence[T]) -> T:
        """Choose any."""
        return self._draw.choice(options)

    def sample(self, options: Sequence[T], most: int) -> list[T]:
        """Choose several, in any order."""
        return self._draw.sample(options, self._draw.randint(1, min(most, len(options))))

    def number(self, least: int, most: int) -> int:
        """Choose a number."""
        return self._draw.randint(least, most)

    def may(self, id: str) -> bool:
        """True where a feature, or one below it, may be used."""
        return any(each == id or each.startswith(f"{id}.") for each in self._allowed)

    def writes(self, id: str, share: float) -> bool:
        """Decide whether to use a feature or what is below it: rather where that is wanted."""
        if not self.may(id):
            return False
        is_wanted = any(each == id or each.startswith(f"{id}.") for each in self._wanted)
        return self.likely(max(share, _IF_WANTED) if is_wanted else share)

    def one(self, options: Mapping[str, T]) -> T | None:
        """Choose by feature; None where none may be used."""
        found = self.some(options, 1)
        return found[0] if found else None

    def some(self, options: Mapping[str, T], most: int) -> list[T]:
        """Choose several by feature, at least one of those that may be used."""
        left = [id for id in options if id in self._allowed]
        chosen: list[T] = []
        for _ in range(self._draw.randint(1, most)):
            if not left:
                break
            id = self._draw.choice(left)
            if self.likely(_OF_WANTED):
                id = min(left, key=lambda each: (self._counts[each], self._draw.random()))
            left.remove(id)
            self._counts[id] += 1
            chosen.append(options[id])
        return chosen

    def parts(self, options: Mapping[str, T], names: Mapping[str, str]) -> dict[str, T]:
        """Choose keys of a block, each with its value; `names` gives the key of a feature."""
        chosen = self.some({id: (names[id], value) for id, value in options.items()}, len(options))
        return dict(chosen)
