"""A part of an object, read as Go's decoder leaves it, and where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from meshgen.resources import Path, Resource


@dataclass(frozen=True, slots=True)
class Part:
    """Members of an object; what is not written is empty, 0 or false, as in Go."""

    fields: Mapping[str, Any]
    path: Path = ()

    @classmethod
    def spec_of(cls, resource: Resource) -> Self:
        """Start at the `spec` of an object."""
        return cls(resource.spec, ("spec",))

    def at(self, *steps: str | int) -> Path:
        """Lead to something below, whether it is written or not."""
        return (*self.path, *steps)

    def has(self, key: str) -> bool:
        """Tell whether a member is written at all, be it empty."""
        return key in self.fields

    def text(self, key: str) -> str:
        """Read a string."""
        text: str = self.fields.get(key, "")
        return text

    def number(self, key: str) -> int | float:
        """Read a number."""
        number: int | float = self.fields.get(key, 0)
        return number

    def flag(self, key: str) -> bool:
        """Read a boolean."""
        flag: bool = self.fields.get(key, False)
        return flag

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of strings."""
        return tuple(self.fields.get(key, ()))

    def part(self, key: str) -> Self:
        """Enter an object; one that is not written is empty."""
        return type(self)(self.fields.get(key, {}), self.at(key))

    def parts(self, key: str) -> Iterator[Self]:
        """Enter each object of a list, in its order."""
        for index, entry in enumerate(self.fields.get(key, ())):
            yield type(self)(entry, self.at(key, index))

    def members(self, key: str) -> Iterator[tuple[str, Self]]:
        """Enter each object of a mapping with its name, in the order of the file."""
        for name, entry in self.fields.get(key, {}).items():
            yield name, type(self)(entry, self.at(key, name))

    def said(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Name the members among some that hold more than Go's zero value."""
        return tuple(key for key in keys if self.fields.get(key) not in (None, "", False, 0, [], {}))
