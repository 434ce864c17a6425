"""The shape of a whole document, derived from the annotations of the model."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, NamedTuple

from meshgen.diagnostics import near_miss
from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint, ExactlyOne
from meshgen.intent.features import Located, fields_of
from meshgen.intent.foreign import reserved, translated
from meshgen.intent.shape import (
    CONFLICTING_KEYS,
    EMPTY_VALUE,
    INVALID,
    INVALID_VALUE,
    MISSING_KEY,
    NULLS,
    RESERVED_WORD,
    UNKNOWN_KEY,
    ConstantShape,
    EnumShape,
    FlagShape,
    ParsedShape,
    Place,
    Shape,
    TextShape,
    WholeShape,
    name_of,
)
from meshgen.intent.words import Word
from meshgen.source import ListNode, MapNode, Node, ScalarNode
from meshgen.values import Duration, OneOrMore, Percent, Text


@dataclass(frozen=True, slots=True)
class ListShape(Shape):
    """A list that is not empty."""

    item: Shape
    may_be_single: bool = False  # one item may stand alone

    @property
    def what(self) -> str:
        return f"{self.item.what} or a list of them" if self.may_be_single else "a list"

    def read(self, node: Node, place: Place) -> Any:
        """Read each item, so that all that is wrong is told."""
        if self.may_be_single and isinstance(node, ScalarNode):
            value = self.item.read(node, place)
            return INVALID if value is INVALID else (value,)
        if not isinstance(node, ListNode):
            return Shape.read(self, node, place)
        if not node.items:
            return place.report(
                EMPTY_VALUE, f"{name_of(place)} is an empty list", node, hint="leave the key out"
            )
        values = tuple(self.item.read(item, place.below(index)) for index, item in enumerate(node.items))
        return INVALID if INVALID in values else values


@dataclass(frozen=True, slots=True)
class MapShape(Shape):
    """A mapping whose keys are the user's own names; it is not empty."""

    key: TextShape
    value: Shape

    @property
    def what(self) -> str:
        return "a mapping"

    def read(self, node: Node, place: Place) -> Any:
        """Read each key and value."""
        if not isinstance(node, MapNode):
            return Shape.read(self, node, place)
        if not node.entries:
            return place.report(
                EMPTY_VALUE, f"{name_of(place)} is an empty mapping", node, hint="leave the key out"
            )
        values: dict[str, Any] = {}
        is_whole = True
        for key, value in node.entries:
            below = place.below(key.text)
            name = self.key.scalar(key, below)
            read = self.value.read(value, below)
            is_whole = is_whole and name is not INVALID and read is not INVALID
            values[key.text] = read
        return values if is_whole else INVALID


@dataclass(frozen=True, slots=True)
class EitherShape(Shape):
    """A word such as `none`, or another value."""

    words: EnumShape
    other: Shape

    @property
    def what(self) -> str:
        return f"{self.other.what} or {self.words.what}"

    def read(self, node: Node, place: Place) -> Any:
        """Prefer the word."""
        if isinstance(node, ScalarNode):
            if node.text in self.words.members:
                return self.words.members[node.text]
            if isinstance(self.other, ObjectShape | WholeShape) and not (node.plain and node.text in NULLS):
                return self._scalar(node, place)
        return self.other.read(node, place)

    def _scalar(self, node: ScalarNode, place: Place) -> Any:
        if isinstance(self.other, WholeShape) and node.plain and node.text.isdecimal():
            return self.other.read(node, place)
        hint = near_miss(node.text, self.words.members) or None
        return place.report(
            INVALID_VALUE, f"{name_of(place)}: {node.text!r} is not {self.what}", node, hint=hint
        )


class FieldShape(NamedTuple):
    """A key of an object."""

    attribute: str
    shape: Shape
    is_required: bool
    doc: str


@dataclass(frozen=True, slots=True)
class ObjectShape(Shape):
    """A mapping with known keys, read into a class of the model."""

    cls: type[Located]
    keys: Mapping[str, FieldShape]
    required: frozenset[str]
    constraints: tuple[Constraint, ...]
    shorthand: str | None
    may_be_empty: bool

    @property
    def what(self) -> str:
        return "a mapping"

    def scalar(self, node: ScalarNode, place: Place) -> Any:
        """Read the short form, where there is one: a bare string for the one key that matters."""
        if self.shorthand is None:
            return self.wrong(node, place)
        field = self.keys[self.shorthand]
        value = field.shape.read(node, place)
        return INVALID if value is INVALID else self.cls(source=node, **{field.attribute: value})

    def read(self, node: Node, place: Place) -> Any:
        """Read each key; unknown and missing ones are reported with all that is wrong below."""
        if not isinstance(node, MapNode):
            return Shape.read(self, node, place)
        if not node.entries and not self.may_be_empty:
            return place.report(
                EMPTY_VALUE, f"{name_of(place)} is an empty mapping", node, hint="leave the key out"
            )
        values: dict[str, Any] = {"source": node}
        is_whole = self._check_keys(node, place)
        for key, value in node.entries:
            field = self.keys.get(key.text)
            if field is not None:
                values[field.attribute] = read = field.shape.read(value, place.below(key.text))
                is_whole = is_whole and read is not INVALID
        return self.cls(**values) if is_whole else INVALID

    def _check_keys(self, node: MapNode, place: Place) -> bool:
        written = {key.text for key, _ in node.entries}
        if (
            written <= self.keys.keys()
            and self.required <= written
            and all(
                constraint.holds(len(written.intersection(constraint.keys)))
                for constraint in self.constraints
            )
        ):
            return True
        self._report_keys(node, written, place)
        return False

    def _report_keys(self, node: MapNode, written: set[str], place: Place) -> None:
        unknown = [key for key, _ in node.entries if key.text not in self.keys]
        meant = {_report_unknown(key, self.keys, place, self.cls.__name__) for key in unknown}
        for name, field in self.keys.items():
            if field.is_required and name not in written and name not in meant:
                place.report(MISSING_KEY, f"{name_of(place)} has no {name!r}: {field.doc}", node)
        for constraint in self.constraints:
            _check_constraint(constraint, node, place, is_told=bool(unknown))


def _report_unknown(key: ScalarNode, known: Mapping[str, FieldShape], place: Place, cls: str = "") -> str:
    """Report a key that does not exist; give the one that it stands for, so that none is told as missing."""
    here, word = place.below(key.text), key.text
    if (why := reserved(cls, word)) is not None:
        here.report(RESERVED_WORD, f"the key {word!r} is reserved: {why}", key, hint="take it away")
        return ""
    hint = (
        translated(word, known) or near_miss(word, known) or f"the keys here are {', '.join(sorted(known))}"
    )
    here.report(UNKNOWN_KEY, f"unknown key {word!r}", key, hint=hint)
    return next((name for name in known if hint.startswith((f"write {name}:", f"did you mean {name!r}"))), "")


def _check_constraint(constraint: Constraint, node: MapNode, place: Place, *, is_told: bool = False) -> None:
    """Compare the keys that stand; that none does is told already where one stands that does not exist."""
    present = [key for key, _ in node.entries if key.text in constraint.keys]
    names = ", ".join(constraint.keys)
    if len(present) > 1 and isinstance(constraint, AtMostOne | ExactlyOne):
        first, second = present[0], present[1]
        place.below(second.text).report(
            CONFLICTING_KEYS,
            f"{second.text!r} cannot stand beside {first.text!r}",
            second,
            hint=f"keep one of {names}",
        )
    elif not present and not is_told and isinstance(constraint, AtLeastOne | ExactlyOne):
        place.report(MISSING_KEY, f"{name_of(place)} has none of {names}", node, hint="write one of them")


@dataclass(frozen=True, slots=True)
class AlternativesShape(Shape):
    """One of several objects, told apart by the one key that each has."""

    options: Mapping[str, ObjectShape]  # by key

    @property
    def what(self) -> str:
        return "a mapping with one of " + ", ".join(self.options)

    def read(self, node: Node, place: Place) -> Any:
        """Read the object whose key is written; exactly one may be."""
        if not isinstance(node, MapNode):
            return Shape.read(self, node, place)
        if not node.entries:
            return place.report(
                EMPTY_VALUE, f"{name_of(place)} is an empty mapping", node, hint="leave the key out"
            )
        known = [key for key, _ in node.entries if key.text in self.options]
        for key, _ in node.entries:
            if key.text not in self.options:
                fields = {name: option.keys[name] for name, option in self.options.items()}
                _report_unknown(key, fields, place)
        if len(known) != len(node.entries):
            return INVALID
        if len(known) > 1:
            _check_constraint(ExactlyOne(*self.options), node, place)
            return INVALID
        return self.options[known[0].text].read(node, place)


@cache
def shape_of(cls: Any) -> ObjectShape:
    """Derive the shape of a model class from its annotations."""
    hints = typing.get_type_hints(cls, include_extras=True)
    required = {field.name for field in fields(cls) if field.default is MISSING}
    keys = {
        key: FieldShape(attribute, _shape(hints[attribute]), attribute in required, meta.doc)
        for attribute, key, meta in fields_of(cls)
    }
    return ObjectShape(
        cls=cls,
        keys=keys,
        required=frozenset(key for key, field in keys.items() if field.is_required),
        constraints=getattr(cls, "shape", ()),
        shorthand=getattr(cls, "shorthand", None),
        may_be_empty=getattr(cls, "may_be_empty", False),
    )


def _shape(hint: Any) -> Shape:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        limit = arguments[1]
        if isinstance(limit, OneOrMore):
            return ListShape(_shape(typing.get_args(arguments[0])[0]), may_be_single=True)
        return TextShape(limit) if isinstance(limit, Text) else WholeShape(limit)
    if origin is typing.Literal:
        return FlagShape(only_true=True) if arguments[0] is True else ConstantShape(arguments[0])
    if origin is tuple:
        return ListShape(_shape(arguments[0]))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return MapShape(TextShape(arguments[0].__metadata__[0]), _shape(arguments[1]))
    if origin is not None:
        return _union(tuple(argument for argument in arguments if argument is not type(None)))
    return _single(hint)


def _single(hint: Any) -> Shape:
    if hint is bool:
        return FlagShape(only_true=False)
    if hint in (Duration, Percent):
        return ParsedShape(hint)
    if issubclass(hint, Word):
        return EnumShape({str(member.value): member for member in hint})
    return shape_of(hint)


def _union(options: tuple[Any, ...]) -> Shape:
    shapes = [_shape(option) for option in options]
    if len(shapes) == 1:
        return shapes[0]
    words = [shape for shape in shapes if isinstance(shape, EnumShape)]
    others = [shape for shape in shapes if not isinstance(shape, EnumShape)]
    if not words:
        objects = [shape for shape in others if isinstance(shape, ObjectShape)]
        return AlternativesShape({key: shape for shape in objects for key in shape.keys})
    members = {word: member for shape in words for word, member in shape.members.items()}
    return EitherShape(EnumShape(members), others[0])


def is_sound(value: Located) -> bool:
    """True where a value that was changed still has what its shape asks for."""
    cls: Any = type(value)
    shape = shape_of(cls)
    written = {key for key, field in shape.keys.items() if getattr(value, field.attribute) not in (None, ())}
    return shape.required <= written and all(
        not isinstance(constraint, AtLeastOne | ExactlyOne) or written & set(constraint.keys)
        for constraint in shape.constraints
    )
