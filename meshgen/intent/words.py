"""A word of the language carries its own meaning, for schemas and whoever reads them."""

from __future__ import annotations

import enum
from typing import Self


class Word(enum.Enum):
    """One of several words; a member is written `NAME = word, meaning`."""

    _value_: str | int
    doc: str

    def __new__(cls, word: str | int, doc: str) -> Self:
        """Make a member whose value is the word alone."""
        member = object.__new__(cls)
        member._value_ = word
        member.doc = doc
        return member
