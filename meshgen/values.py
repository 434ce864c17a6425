"""Values with a unit or a limit: parsed at the edge, printed in one canonical form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

_UNITS_MS = {"h": 3_600_000, "m": 60_000, "s": 1_000, "ms": 1}
_LONGEST = 24  # characters; `decimal` rounds what needs more than 28 digits


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole milliseconds, more than 0."""

    ms: int

    pattern: ClassVar[str] = r"^([0-9]+(\.[0-9]+)?(h|ms|m|s))+$"
    what: ClassVar[str] = "a duration such as 500ms, 1.5s or 1m30s"
    longest_ms: ClassVar[int] = 24 * 365 * _UNITS_MS["h"]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1m30s` or `1.5s`; raises ValueError with the reason."""
        _check_length(text, cls.what)
        if not re.fullmatch(cls.pattern[1:-1], text):
            raise ValueError(f"{text!r} is not {cls.what}")
        parts = re.findall(r"([0-9]+(?:\.[0-9]+)?)(h|ms|m|s)", text)
        total = sum((Decimal(number) * _UNITS_MS[unit] for number, unit in parts), Decimal(0))
        if total != int(total):
            raise ValueError(f"{text!r} is no whole number of milliseconds")
        if total == 0:
            raise ValueError(f"{text!r} is no time at all")
        if total > cls.longest_ms:
            raise ValueError(f"{text!r} is longer than a year")
        return cls(int(total))

    def __str__(self) -> str:
        rest, out = self.ms, ""
        for unit in ("h", "m"):
            count, rest = divmod(rest, _UNITS_MS[unit])
            out += f"{count}{unit}" if count else ""
        seconds, ms = divmod(rest, 1_000)
        if ms == 0:
            return out + (f"{seconds}s" if seconds or not out else "")
        if seconds == 0:
            return f"{out}{ms}ms"
        return f"{out}{seconds}.{ms:03d}".rstrip("0") + "s"


@dataclass(frozen=True, slots=True, order=True)
class Percent:
    """0 to 100 with at most two decimals, kept as hundredths of a percent (0 to 10,000)."""

    hundredths: int

    what: ClassVar[str] = "a percentage from 0 to 100 with at most two decimals"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `20` or `0.25`; raises ValueError with the reason."""
        _check_length(text, cls.what)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
            raise ValueError(f"{text!r} is not {cls.what}")
        hundredths = Decimal(text) * 100
        if hundredths != int(hundredths):
            raise ValueError(f"{text!r} has more than two decimals")
        if hundredths > 10_000:
            raise ValueError(f"{text!r} is more than 100 percent")
        return cls(int(hundredths))

    def __str__(self) -> str:
        whole, part = divmod(self.hundredths, 100)
        return f"{whole}.{part:02d}".rstrip("0") if part else str(whole)

    @property
    def number(self) -> int | float:
        """The number as a manifest writes it: an int where it is whole."""
        whole, part = divmod(self.hundredths, 100)
        return float(str(self)) if part else whole


def _check_length(text: str, what: str) -> None:
    if len(text) > _LONGEST:
        raise ValueError(f"{text[:40]!r} has {len(text)} characters; {what} has at most {_LONGEST}")


@dataclass(frozen=True, slots=True)
class Text:
    """A limit on a string field: what it is, the pattern of the whole value, and the longest length.

    `pattern` is in the dialect that JSON Schema and Python's `re` share, anchored, and free of nested
    repetition, so that it cannot hang.
    """

    what: str
    pattern: str | None = None
    longest: int | None = None
    number: Whole | None = None  # what digits alone must be, as for ports; None: text like any other
    example: str | None = None

    def check(self, text: str) -> str | None:
        """Say what is wrong with the text, or None."""
        if self.longest is not None and len(text) > self.longest:
            return f"{text[:40]!r} has {len(text)} characters; {self.what} has at most {self.longest}"
        # `$` matches before a final newline in Python, and nowhere else
        if self.pattern is not None and (text.endswith("\n") or not re.search(self.pattern, text)):
            return f"{text!r} is not {self.what}"
        if self.number is not None and text.isdecimal():
            return self.number.check(int(text))
        return None


@dataclass(frozen=True, slots=True)
class OneOrMore:
    """A list of which one item may stand without brackets."""


ONE_OR_MORE = OneOrMore()


@dataclass(frozen=True, slots=True)
class Whole:
    """A limit on a whole number, both ends included."""

    what: str
    least: int
    most: int

    def check(self, number: int) -> str | None:
        """Say what is wrong with the number, or None."""
        if self.least <= number <= self.most:
            return None
        return f"{number} is not {self.what}: {self.least} to {self.most}"


DNS_LABEL = Text(
    what="a DNS label (lower-case letters, digits and '-')",
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
    longest=63,
    example="reviews",
)
DNS_NAME = Text(
    what="a DNS name (labels of lower-case letters, digits and '-', joined by '.')",
    pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
    longest=253,
    example="bookinfo-reviews",
)
PORT = Whole(what="a port number", least=1, most=65_535)
COUNT = Whole(what="a count", least=1, most=2**31 - 1)
