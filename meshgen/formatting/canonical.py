"""The canonical form of a document: keys in the order of the language, quotes where readers need them."""

from __future__ import annotations

from dataclasses import replace

from meshgen.diagnostics import Span
from meshgen.formatting.written import Block, Leaf, Slot, Value
from meshgen.intent.document import AlternativesShape, EitherShape, ListShape, MapShape, ObjectShape
from meshgen.intent.shape import EnumShape, ParsedShape, Shape, TextShape
from meshgen.jsontypes import to_json
from meshgen.scalars import scalar
from meshgen.source import ScalarNode


def canonical(root: Block, shape: ObjectShape) -> Block:
    """Order and respell a sound document.

    One with anchors keeps its order: an alias may not come before its anchor.
    """
    return _block(root, shape, is_ordered=not _has_anchor(root))


def _has_anchor(value: Value) -> bool:
    match value:
        case Leaf(anchor=anchor):
            return anchor is not None
        case Block(anchor=anchor, slots=slots):
            return anchor is not None or any(
                _has_anchor(slot.value) or (slot.key is not None and _has_anchor(slot.key)) for slot in slots
            )


def _value(value: Value, shape: Shape, *, is_ordered: bool) -> Value:
    match value:
        case Leaf():
            return _leaf(value, shape)
        case Block():
            return _block(value, shape, is_ordered=is_ordered)


def _block(block: Block, shape: Shape, *, is_ordered: bool) -> Block:
    match shape:
        case EitherShape(other=other):
            return _block(block, other, is_ordered=is_ordered)
        case ObjectShape(keys=keys) if is_ordered:
            places = {key: index for index, key in enumerate(keys)}
            slots = sorted(block.slots, key=lambda slot: places[_name(slot)])
        case _:
            slots = list(block.slots)
    return replace(block, slots=tuple(_slot(slot, shape, is_ordered=is_ordered) for slot in slots))


def _name(slot: Slot) -> str:
    assert slot.key is not None
    return slot.key.value


def _slot(slot: Slot, shape: Shape, *, is_ordered: bool) -> Slot:
    key = None if slot.key is None else _key(slot.key)
    return replace(slot, key=key, value=_value(slot.value, _below(shape, slot), is_ordered=is_ordered))


def _below(shape: Shape, slot: Slot) -> Shape:
    match shape:
        case ListShape(item=item):
            return item
        case MapShape(value=value):
            return value
        case ObjectShape(keys=keys):
            return keys[_name(slot)].shape
        case AlternativesShape(options=options):
            return options[_name(slot)].keys[_name(slot)].shape
        case _:
            raise TypeError(f"{shape!r} has nothing below it")


def _key(key: Leaf) -> Leaf:
    if key.style == "*" or (key.style is None and "\n" not in key.text and _is_text(key.text)):
        return key
    return replace(key, text=scalar(key.value))


def _leaf(leaf: Leaf, shape: Shape) -> Leaf:
    match shape:
        case EitherShape(words=words, other=other):
            return _leaf(leaf, words if leaf.value in words.members else other)
        case ObjectShape(shorthand=str(shorthand), keys=keys):
            return _leaf(leaf, keys[shorthand].shape)
        case ListShape(item=item):  # one item that stands alone
            return _leaf(leaf, item)
        case TextShape(limit=limit) if leaf.style is None:
            is_kept = "\n" in leaf.text or limit.number is not None or _is_text(leaf.text)
            return leaf if is_kept else replace(leaf, text=scalar(leaf.value))
        case EnumShape() | ParsedShape() if leaf.style in ('"', "'"):
            return replace(leaf, text=leaf.value)
        case _ if leaf.style in ('"', "'") and "\n" not in leaf.text:
            return _quoted(leaf)
        case _:
            return leaf


def _is_text(plain: str) -> bool:
    """Tell whether every reader takes a plain scalar for the text that it looks like."""
    return isinstance(to_json(ScalarNode(plain, True, Span("", 0, 0))), str)


def _quoted(leaf: Leaf) -> Leaf:
    """Drop quotes that the scalar rule does not ask for; single ones stay where double ones would escape."""
    spelled = scalar(leaf.value)
    is_clearer = leaf.style == "'" and spelled.startswith('"') and "\\" in spelled
    return leaf if is_clearer else replace(leaf, text=spelled)
