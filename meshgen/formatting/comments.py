"""Each comment has a neighbour: the entry that it stands above or beside, or the last of a block."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from meshgen.formatting.written import Block, Leaf, Slot, comments

_MARKER = re.compile(r"^---(?=\s|$)", re.MULTILINE)
_MODELINE = re.compile(r"#\s*yaml-language-server:")


class Remark(NamedTuple):
    """A comment on a line of its own."""

    text: str
    is_apart: bool  # an empty line stands above it


Remarks = defaultdict[int, list[Remark]]


class Neighbours(NamedTuple):
    """The comments of a document by the numbers of its entries."""

    preamble: tuple[Remark, ...]  # above `---`
    marker: str | None  # beside `---`
    header: tuple[Remark, ...]  # above everything
    is_apart: bool  # an empty line stands below the header
    above: Mapping[int, tuple[Remark, ...]]  # of an entry
    beside: Mapping[int, tuple[str, ...]]  # of an entry
    below: Mapping[int, tuple[Remark, ...]]  # of an entry that was the last of its block
    footer: tuple[Remark, ...]  # below everything
    apart: frozenset[int]  # entries above which an empty line stands


class _Comment(NamedTuple):
    text: str
    start: int
    column: int
    before: str  # on its line
    is_apart: bool


class _Edge(NamedTuple):
    """Where a key, a scalar or a bracket of an entry ends."""

    end: int
    slot: Slot | None  # None: a bracket of the root
    is_key: bool = False
    closed: Block | None = None  # by this bracket


def neighbours(text: str, root: Block) -> Neighbours:
    """Say of each comment of a document what it stands beside."""
    mark = _MARKER.search(text, 0, root.start + 1)
    marked = 0 if mark is None else mark.start()
    above: Remarks = defaultdict(list)
    below: Remarks = defaultdict(list)
    beside: defaultdict[int, list[str]] = defaultdict(list)
    preamble: list[Remark] = []
    marker = None
    for comment, place in _placed(text, root):
        remark = Remark(comment.text, comment.is_apart)
        if comment.start < marked:
            preamble.append(remark)
        elif comment.start < root.start and comment.before.startswith("---"):
            marker = comment.text
        elif isinstance(place, _Place):
            place.of(above, below).append(remark)
        else:
            beside[place.number].append(comment.text)
    first, apart = root.slots[0].number, frozenset(_apart(text, root))
    footer = below.pop(root.slots[-1].number, [])
    header, rest, is_apart = _header(above.pop(first, []), is_first_apart=first in apart)
    whole = {**_whole(above), **({first: rest} if rest else {})}
    return Neighbours(
        preamble=tuple(preamble),
        marker=marker,
        header=header,
        is_apart=is_apart,
        above=whole,
        beside={number: tuple(texts) for number, texts in beside.items()},
        below=_whole(below),
        footer=tuple(footer),
        apart=frozenset(apart - (frozenset(_firsts(root)) - whole.keys())),
    )


def _placed(text: str, root: Block) -> Iterator[tuple[_Comment, _Place | Slot]]:
    """Yield each comment with its place on lines of its own, or the entry beside which it stands."""
    edges = sorted(_edges(root), key=lambda edge: edge.end)
    ends = [edge.end for edge in edges]
    for comment in _comments(text, root):
        edge = _edge(comment, edges, ends)
        if edge is None or edge.slot is None:
            yield comment, _own(comment, root)
        else:
            yield comment, _behind(edge, edge.slot, comment, text) or edge.slot


def _whole(found: Mapping[int, list[Remark]]) -> dict[int, tuple[Remark, ...]]:
    return {number: tuple(remarks) for number, remarks in found.items()}


class _Place(NamedTuple):
    number: int
    is_above: bool

    def of(self, above: Remarks, below: Remarks) -> list[Remark]:
        return (above if self.is_above else below)[self.number]


def _above(slot: Slot) -> _Place:
    return _Place(slot.number, True)


def _comments(text: str, root: Block) -> Iterator[_Comment]:
    for found in comments(text, root):
        line = text.rfind("\n", 0, found.start()) + 1
        yield _Comment(
            text=found.group().rstrip(),
            start=found.start(),
            column=found.start() - line,
            before=text[line : found.start()].strip(),
            is_apart=_has_gap(text, line),
        )


def _has_gap(text: str, line: int) -> bool:
    """Tell whether the line above is empty."""
    return line > 1 and text[text.rfind("\n", 0, line - 1) + 1 : line].strip() == ""


def _edges(block: Block, slot: Slot | None = None) -> Iterator[_Edge]:
    if block.is_flow:
        yield _Edge(block.start + 1, slot)
    for inner in block.slots:
        if inner.key is not None:
            yield _Edge(inner.key.end, inner, is_key=True)
        if isinstance(inner.value, Leaf):
            yield _Edge(inner.value.end, inner)
        else:
            yield from _edges(inner.value, inner)
    if block.is_flow:
        yield _Edge(block.end, slot, closed=block)


def _edge(comment: _Comment, edges: list[_Edge], ends: list[int]) -> _Edge | None:
    """Find what ends on the line of a comment, nearest before it."""
    index = bisect_left(ends, comment.start + 1) - 1
    line = comment.start - comment.column
    return edges[index] if index >= 0 and ends[index] > line else None


def _behind(edge: _Edge, slot: Slot, comment: _Comment, text: str) -> _Place | None:
    """Place a comment behind what ends on its line; None: beside the entry."""
    value, closed = slot.value, edge.closed
    if edge.is_key and isinstance(value, Leaf) and value.at > comment.start and "\n" in value.text:
        return _above(slot)
    if closed is not None and closed.slots and "\n" in text[closed.start : closed.end]:
        return _Place(closed.slots[-1].number, False)  # whose bracket goes, for there is a comment in it
    return None


def _own(comment: _Comment, block: Block) -> _Place:
    """Place a comment that has its line for itself, or stands behind nothing but a dash."""
    index = bisect_left(block.slots, comment.start, key=lambda slot: slot.start)
    after = block.slots[index] if index < len(block.slots) else None
    last = block.slots[index - 1] if index > 0 else None
    if last is not None and comment.start < last.end:
        return _within(comment, last)
    is_level = comment.before != "" or block.is_flow or comment.column <= block.column
    if after is not None and (last is None or is_level):
        return _above(after)
    assert last is not None, "nothing stands inside an empty block"
    reached = None if block.is_flow else _reached(last, comment.column)
    if reached is not None:
        return _Place(reached.slots[-1].number, False)
    return _Place(last.number, False) if after is None else _above(after)


def _within(comment: _Comment, slot: Slot) -> _Place:
    """Place a comment between a key and the end of its value."""
    value = slot.value
    if isinstance(value, Leaf) or not value.slots or (value.is_flow and comment.start < value.start):
        return _above(slot)
    return _own(comment, value)


def _reached(slot: Slot, column: int) -> Block | None:
    """Find the innermost block at the end of an entry that begins no further right than a column."""
    value = slot.value
    if isinstance(value, Leaf) or value.is_flow or not value.slots or value.column > column:
        return None
    return _reached(value.slots[-1], column) or value


def _apart(text: str, root: Block) -> Iterator[int]:
    end = 0
    for slot in _slots(root):
        line = text.rfind("\n", 0, slot.start) + 1
        begins = " \t-" if slot.key is None else " \t"  # a mapping that is an item begins behind its dash
        is_first = text[line : slot.start].strip(begins) == ""
        # What is empty at the end of a literal scalar belongs to it.
        if is_first and _has_gap(text, line) and text.rfind("\n", 0, line - 1) >= end:
            yield slot.number
        end = max(end, slot.value.end if isinstance(slot.value, Leaf) else end)


def _firsts(block: Block) -> Iterator[int]:
    """Number the first entry of each block: the gap above it, which may move with it, says nothing."""
    yield from (slot.number for slot in block.slots[:1])
    for slot in block.slots:
        if isinstance(slot.value, Block):
            yield from _firsts(slot.value)


def _slots(block: Block) -> Iterator[Slot]:
    for slot in block.slots:
        yield slot
        if isinstance(slot.value, Block):
            yield from _slots(slot.value)


def _header(
    remarks: list[Remark], *, is_first_apart: bool
) -> tuple[tuple[Remark, ...], tuple[Remark, ...], bool]:
    """Divide what stands above the first key: what an empty line sets apart, and a modeline, stay on top."""
    gaps = [*(remark.is_apart for remark in remarks[1:]), is_first_apart]
    tops = [
        index + 1
        for index, (remark, gap) in enumerate(zip(remarks, gaps, strict=False))
        if gap or _MODELINE.match(remark.text)
    ]
    top = max(tops, default=0)
    return tuple(remarks[:top]), tuple(remarks[top:]), top > 0 and gaps[top - 1]
