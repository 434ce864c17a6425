"""How a single value is read from a located tree, and what is said when it cannot be."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.intent.foreign import reserved_value
from meshgen.intent.words import Word
from meshgen.scalars import is_ambiguous
from meshgen.source import ListNode, MapNode, Node, ScalarNode
from meshgen.values import Duration, Percent, Text, Whole

UNKNOWN_KEY = Code(
    number="MG120",
    slug="unknown-key",
    meaning="A key that the language does not have; what it means is lost.",
)
WRONG_TYPE = Code(
    number="MG121", slug="wrong-type", meaning="A value is of another type than its field asks for."
)
INVALID_VALUE = Code(
    number="MG122", slug="invalid-value", meaning="A value is outside what its field allows."
)
MISSING_KEY = Code(number="MG123", slug="missing-key", meaning="A key that must stand is not there.")
CONFLICTING_KEYS = Code(
    number="MG124", slug="conflicting-keys", meaning="Keys stand together of which only one has a meaning."
)
EMPTY_VALUE = Code(
    number="MG125",
    slug="empty-value",
    meaning="Null, [] or {} is written; leaving a key out is the only way to say nothing.",
)
AMBIGUOUS_SCALAR = Code(
    number="MG126",
    slug="ambiguous-scalar",
    meaning="YAML 1.1 and YAML 1.2 readers take this plain scalar for different things.",
)
RESERVED_WORD = Code(
    number="MG127",
    slug="reserved-word",
    meaning="A word that the language keeps for later and does not read yet.",
)


class Place(NamedTuple):
    """Where reading stands, linked upward; it becomes a path only when something is wrong."""

    findings: Findings
    above: Place | None = None
    step: str | int = ""

    def below(self, step: str | int) -> Place:
        """Go down by a key or an index."""
        return Place(self.findings, self, step)

    def __str__(self) -> str:
        steps: list[str] = []
        here: Place | None = self
        while here is not None and here.above is not None:
            steps.append(f"[{here.step}]" if isinstance(here.step, int) else f".{here.step}")
            here = here.above
        return "".join(reversed(steps)).removeprefix(".")

    def report(self, code: Code, message: str, node: Node, *, hint: str | None = None) -> Invalid:
        """Report a finding here."""
        self.findings.add(code, message, span=node.span, field=str(self) or None, hint=hint)
        return INVALID


class Invalid(enum.Enum):
    """Stands for a value that could not be read, and was reported."""

    INVALID = "invalid"


INVALID = Invalid.INVALID


class Shape:
    """How one kind of value is read."""

    @property
    def what(self) -> str:
        """Say what the field asks for, as an object of "is not"."""
        raise NotImplementedError

    def read(self, node: Node, place: Place) -> Any:
        """Give the value, or INVALID once what is wrong with it has been reported."""
        if isinstance(node, ScalarNode):
            if node.plain and node.text in NULLS:
                return place.report(
                    EMPTY_VALUE, f"{name_of(place)} is null", node, hint="leave the key out, or write a value"
                )
            return self.scalar(node, place)
        return self.wrong(node, place)

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Read a scalar that is not null."""
        return self.wrong(node, place)

    def wrong(self, node: Node, place: Place) -> Invalid:
        """Report a node of another type."""
        return place.report(WRONG_TYPE, f"{name_of(place)} is {kind_of(node)}, not {self.what}", node)


NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def name_of(place: Place) -> str:
    """Name a place by its key, or by its path where it is an entry of a list."""
    return repr(place.step) if isinstance(place.step, str) and place.step else (str(place) or "the document")


def kind_of(node: Node) -> str:
    """Say what stands there, as a predicate."""
    match node:
        case MapNode():
            return "a mapping"
        case ListNode():
            return "a list"
        case ScalarNode(plain=False):
            return f'the string "{node.text[:40]}"'
        case ScalarNode():
            return f"{node.text[:40]!r}"


@dataclass(frozen=True, slots=True)
class TextShape(Shape):
    """A string."""

    limit: Text

    @property
    def what(self) -> str:
        return self.limit.what

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Take the text as written; plain scalars that readers disagree on are refused."""
        if node.plain and (why := is_ambiguous(node.text)) is not None:
            return place.report(
                AMBIGUOUS_SCALAR, f"{node.text} is {why}", node, hint=f'write "{node.text}" in quotes'
            )
        if (wrong := self.limit.check(node.text)) is not None:
            hint = None if self.limit.example is None else f"write it like {self.limit.example}"
            return place.report(INVALID_VALUE, f"{name_of(place)}: {wrong}", node, hint=hint)
        return node.text


@dataclass(frozen=True, slots=True)
class WholeShape(Shape):
    """A whole number, written plainly in decimal digits."""

    limit: Whole

    @property
    def what(self) -> str:
        return self.limit.what

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Accept `0` and digits that do not begin with 0; nothing that a reader could take for octal."""
        text = node.text.removeprefix("-")
        if not node.plain:
            hint = f"write {node.text} without quotes" if text.isdecimal() else None
            return place.report(
                WRONG_TYPE, f"{name_of(place)} is {kind_of(node)}, not {self.what}", node, hint=hint
            )
        if not (text.isascii() and text.isdecimal()) or (len(text) > 1 and text[0] == "0") or len(text) > 18:
            return place.report(WRONG_TYPE, f"{name_of(place)} is {kind_of(node)}, not {self.what}", node)
        number = int(node.text)
        if (wrong := self.limit.check(number)) is not None:
            return place.report(INVALID_VALUE, f"{name_of(place)}: {wrong}", node)
        return number


@dataclass(frozen=True, slots=True)
class ParsedShape(Shape):
    """A value with a unit."""

    cls: type[Duration] | type[Percent]

    @property
    def what(self) -> str:
        return self.cls.what

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Parse the text; a percentage is a number and stands without quotes."""
        if self.cls is Percent and not node.plain:
            return self.wrong(node, place)
        try:
            return self.cls.parse(node.text)
        except ValueError as error:
            return place.report(INVALID_VALUE, f"{name_of(place)}: {error}", node)


@dataclass(frozen=True, slots=True)
class EnumShape(Shape):
    """One of several words."""

    members: Mapping[str, Word]

    @property
    def what(self) -> str:
        return "one of " + ", ".join(self.members) if len(self.members) > 1 else next(iter(self.members))

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Find the word; case counts."""
        member = self.members.get(node.text)
        if member is None and (why := reserved_value(place.step, node.text)) is not None:
            return place.report(
                RESERVED_WORD, f"{node.text!r} is reserved: {why}", node, hint=f"write {self.what}"
            )
        if member is None or (isinstance(member.value, int) and not node.plain):
            hint = near_miss(node.text, self.members) or None
            return place.report(
                INVALID_VALUE, f"{name_of(place)}: {node.text!r} is not {self.what}", node, hint=hint
            )
        return member


@dataclass(frozen=True, slots=True)
class FlagShape(Shape):
    """`true`, and `false` where that has a meaning."""

    only_true: bool

    @property
    def what(self) -> str:
        return "true" if self.only_true else "true or false"

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Read the spellings on which YAML 1.1 and 1.2 agree."""
        value = _FLAGS.get(node.text) if node.plain else None
        if value is None or (self.only_true and not value):
            hint = "leave the key out" if value is False else f"write {self.what}"
            return place.report(
                INVALID_VALUE, f"{name_of(place)} is {kind_of(node)}, not {self.what}", node, hint=hint
            )
        return value


_FLAGS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


@dataclass(frozen=True, slots=True)
class ConstantShape(Shape):
    """One fixed word."""

    word: str

    @property
    def what(self) -> str:
        return self.word

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Compare with the word."""
        if node.text != self.word:
            return place.report(
                INVALID_VALUE,
                f"{name_of(place)} is {node.text!r}, not {self.word}",
                node,
                hint=f"write {self.word}",
            )
        return node.text
