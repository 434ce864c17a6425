"""A document as it was written: every leaf with its spelling and place, and the comments between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import yaml

_ANCHOR = re.compile(r"&[^\s,\[\]{}]+(?:\s|#[^\n]*)*")
_COMMENT = re.compile(r"#[^\n]*")
_KEEPING = re.compile(r"[|>][0-9]?\+")  # what is empty at the end, too


class Stretch(NamedTuple):
    """The part of a file that one document takes, from its `---` or its beginning to the next one."""

    start: int
    end: int
    first_line: int  # of the file, from 1
    is_marked: bool  # it has a `---`
    is_framed: bool  # it has a directive or a `...`


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A scalar, or an alias."""

    text: str  # as it was written, quotes included
    value: str  # of an alias: that of the scalar it names
    style: str | None  # one of " ' | > * (an alias); None: plain
    anchor: str | None
    start: int  # of the anchor, where there is one
    at: int  # of the text
    end: int

    @property
    def is_block(self) -> bool:
        """True for a literal or folded scalar."""
        return self.style in ("|", ">")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An entry of a mapping, or an item of a list."""

    number: int
    key: Leaf | None
    value: Value
    start: int
    end: int  # of its last leaf or bracket


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A mapping or a list."""

    slots: tuple[Slot, ...]
    is_list: bool
    is_flow: bool
    anchor: str | None
    column: int  # of its keys or dashes
    start: int
    end: int


Value = Leaf | Block


def stretches(text: str) -> Iterator[Stretch]:
    """Find the documents of a file; empty ones too."""
    starts: list[tuple[Any, bool]] = []
    for event in _events(text):
        if isinstance(event, yaml.DocumentStartEvent):
            starts.append((event, False))
        elif isinstance(event, yaml.DocumentEndEvent) and event.explicit:
            starts[-1] = (starts[-1][0], True)
    ends = [event.start_mark.index for event, _ in starts[1:]] + [len(text)]
    for index, ((event, is_ended), end) in enumerate(zip(starts, ends, strict=True)):
        start = event.start_mark.index if index > 0 else 0
        yield Stretch(
            start=start,
            end=end,
            first_line=event.start_mark.line + 1 if index > 0 else 1,
            is_marked=bool(event.explicit),
            is_framed=is_ended or event.version is not None or bool(event.tags),
        )


def compose(text: str) -> Block:
    """Compose the one document of a text, whose root is a mapping."""
    root = _Composer(text).root()
    assert isinstance(root, Block)
    return root


def comments(text: str, root: Block) -> Iterator[re.Match[str]]:
    """Find the comments of a document: between its leaves every `#` begins one."""
    at = 0
    for leaf in leaves(root):
        yield from _COMMENT.finditer(text, at, leaf.at)
        at = leaf.end
    yield from _COMMENT.finditer(text, at)


def leaves(value: Value | None) -> Iterator[Leaf]:
    """Yield keys and scalars in the order written."""
    match value:
        case Leaf():
            yield value
        case Block(slots=slots):
            for slot in slots:
                yield from leaves(slot.key)
                yield from leaves(slot.value)
        case None:
            pass


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=getattr(yaml, "CLoader", yaml.Loader)))


class _Composer:
    """Events to blocks and leaves, entries numbered in the order written."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._next: Callable[[], Any] = _events(text).__next__
        self._count = 0
        self._anchored: dict[str, str] = {}

    def root(self) -> Value:
        while not isinstance(self._next(), yaml.DocumentStartEvent):
            pass
        return self._value(self._next())

    def _value(self, event: Any) -> Value:
        if isinstance(event, yaml.AliasEvent | yaml.ScalarEvent):
            return self._leaf(event)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        slots, end = self._slots(is_list=is_list)
        return Block(
            slots=tuple(slots),
            is_list=is_list,
            is_flow=bool(event.flow_style),
            anchor=event.anchor,
            column=self._left(slots) if event.anchor is not None else event.start_mark.column,
            start=event.start_mark.index,
            # A pair in a list, as in [a: b], has no brackets and ends where the next token begins.
            end=slots[-1].end if slots and self._text[end - 1 : end] not in ("]", "}") else end,
        )

    def _slots(self, *, is_list: bool) -> tuple[list[Slot], int]:
        slots: list[Slot] = []
        while True:
            event = self._next()
            if isinstance(event, yaml.CollectionEndEvent):
                return slots, _index(event.end_mark)
            slots.append(self._slot(event, is_list=is_list))

    def _left(self, slots: list[Slot]) -> int:
        """Measure where the line of the first entry begins; an anchor stands on the line above."""
        start = self._text.rfind("\n", 0, slots[0].start) + 1 if slots else 0
        line = self._text[start : self._text.find("\n", start)]
        return len(line) - len(line.lstrip(" "))

    def _slot(self, event: Any, *, is_list: bool) -> Slot:
        self._count += 1
        number = self._count
        key = None if is_list else self._leaf(event)
        value = self._value(event if is_list else self._next())
        start = value.start if key is None else key.start
        return Slot(number=number, key=key, value=value, start=start, end=value.end)

    def _leaf(self, event: Any) -> Leaf:
        start, end = event.start_mark.index, event.end_mark.index
        is_alias = isinstance(event, yaml.AliasEvent)
        anchored = None if is_alias or event.anchor is None else _ANCHOR.match(self._text, start)
        at = start if anchored is None else anchored.end()
        text = self._text[at:end]
        style = "*" if is_alias else event.style or None
        if style in ("|", ">"):
            is_kept = _KEEPING.match(text) is not None
            text = text.rstrip(" ").removesuffix("\n") if is_kept else text.rstrip()
        if not is_alias and event.anchor is not None:
            self._anchored[event.anchor] = event.value
        return Leaf(
            text=text,
            value=self._anchored.get(event.anchor, "") if is_alias else event.value,
            style=style,
            anchor=None if is_alias else event.anchor,
            start=start,
            at=at,
            end=at + len(text),
        )


def _index(mark: Any) -> int:
    return int(mark.index)
