"""Which keys of a block may stand together: said once, for the reader and for the JSON Schema."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, init=False)
class Constraint:
    """A relation between keys of one block."""

    keys: tuple[str, ...]

    def __init__(self, *keys: str) -> None:
        object.__setattr__(self, "keys", keys)

    def holds(self, standing: int) -> bool:
        """True where so many of the keys may stand."""
        raise NotImplementedError


class ExactlyOne(Constraint):
    """One of the keys stands, and only one."""

    def holds(self, standing: int) -> bool:
        """True where exactly one stands."""
        return standing == 1


class AtMostOne(Constraint):
    """No two of the keys stand together."""

    def holds(self, standing: int) -> bool:
        """True where at most one stands."""
        return standing <= 1


class AtLeastOne(Constraint):
    """One of the keys stands, or several."""

    def holds(self, standing: int) -> bool:
        """True where one stands, or several."""
        return standing >= 1
