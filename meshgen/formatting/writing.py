"""A document in lines: two spaces a level, dashes below their key, and each comment beside its neighbour."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

from meshgen.formatting.comments import Neighbours, Remark
from meshgen.formatting.written import Block, Leaf, Slot, Value

_LONGEST_LINE = 100  # a flow collection that is longer is written as a block
_HEADER = re.compile(r"([|>])([0-9+-]*)[ \t]*(#[^\n]*)?")


def write(root: Block, near: Neighbours, *, is_marked: bool) -> str:
    """Write a document."""
    before = _without_gap(list(_remarks(near.preamble)))
    head = [*_remarks(near.header), *([""] if near.header and near.is_apart else [])]
    marker = [_beside("---", () if near.marker is None else (near.marker,))] if is_marked else []
    lines = [*before, *marker, *_without_gap(head), *_block(root, near, 0), *_remarks(near.footer)]
    return "".join(f"{line}\n" for line in lines)


def _remarks(remarks: Iterable[Remark]) -> Iterator[str]:
    for remark in remarks:
        if remark.is_apart:
            yield ""
        yield remark.text


def _without_gap(lines: list[str]) -> list[str]:
    return lines[1:] if lines[:1] == [""] else lines


def _beside(line: str, texts: Iterable[str]) -> str:
    return " ".join((line, *texts))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" if line else "" for line in lines)


def _block(block: Block, near: Neighbours, depth: int) -> list[str]:
    """Write the entries of a block at the left edge; no empty line comes first."""
    return _without_gap([line for slot in block.slots for line in _slot(slot, near, depth)])


def _slot(slot: Slot, near: Neighbours, depth: int) -> list[str]:
    above = list(_remarks(near.above.get(slot.number, ())))
    gap = [""] if slot.number in near.apart else []
    *more, beside = near.beside.get(slot.number, ()) or ("",)
    inner, beside = _entry(slot, near, beside, depth)
    if beside:
        more.append(beside)
    return [*above, *gap, *more, *inner, *_remarks(near.below.get(slot.number, ()))]


def _entry(slot: Slot, near: Neighbours, beside: str, depth: int) -> tuple[list[str], str]:
    """Write an entry, and give back the comment beside it where its lines have no place for one."""
    start = "-" if slot.key is None else f"{_named(slot.key)}:"
    texts = (beside,) if beside else ()
    match slot.value:
        case Leaf() as leaf if leaf.is_block:
            first, *rest = _literal(leaf)
            return [f"{start} {first}", *_indented(rest)], beside
        case Leaf() as leaf:
            first, *rest = _named(leaf, is_key=False).split("\n")
            lines = [f"{start} {first}", *_indented(line.lstrip() for line in rest)]
            return [*lines[:-1], _beside(lines[-1], texts)], ""
        case Block() as block:
            line = f"{start} {_inline(block)}" if _is_inline(block, near) else ""
            if line and (len(line) + 2 * depth <= _LONGEST_LINE or not block.slots):
                return [_beside(line, texts)], ""
            return _opened(start, block, near, beside, depth)


def _opened(start: str, block: Block, near: Neighbours, beside: str, depth: int) -> tuple[list[str], str]:
    inner = _block(block, near, depth + 1)
    anchor = "" if block.anchor is None else f" &{block.anchor}"
    if start != "-" or anchor:
        texts = (beside,) if beside else ()
        return [_beside(f"{start}{anchor}", texts), *_indented(inner)], ""
    lifted = list(takewhile(lambda line: line == "" or line.startswith("#"), inner))
    first, *rest = inner[len(lifted) :]
    return [*lifted, f"- {first}", *_indented(rest)], beside


def _named(leaf: Leaf, *, is_key: bool = True) -> str:
    anchor = "" if leaf.anchor is None else f"&{leaf.anchor} "
    gap = " " if is_key and leaf.style == "*" else ""  # a colon may be a part of an alias
    return f"{anchor}{leaf.text}{gap}"


def _literal(leaf: Leaf) -> list[str]:
    """Move a literal or folded scalar to the indent that its place asks for, its content as it stands."""
    first, *lines = leaf.text.split("\n")
    header = _HEADER.match(first)
    assert header is not None
    style, marks, comment = header.groups()
    marks = re.sub("[0-9]", "2", marks)
    if not leaf.value.endswith("\n"):  # also where a file ends in the midst of its last line
        marks = marks.strip("+-") + "-"
    width = _width(lines, leaf.value)
    anchor = "" if leaf.anchor is None else f"&{leaf.anchor} "
    texts = () if comment is None else (comment.rstrip(),)
    return [_beside(f"{anchor}{style}{marks}", texts), *(line[width:] for line in lines)]


def _width(lines: Iterable[str], value: str) -> int:
    """Measure the indent of the content by the first line that is not empty."""
    first = next((line for line in lines if line.strip(" ")), "")
    content = value.lstrip("\n")
    return len(first) - len(first.lstrip(" ")) - (len(content) - len(content.lstrip(" ")))


def _is_inline(value: Value, near: Neighbours) -> bool:
    """Tell whether a value was written on one line, without a comment in it."""
    match value:
        case Leaf(text=text) as leaf:
            return not leaf.is_block and "\n" not in text
        case Block(is_flow=is_flow, slots=slots):
            return (
                is_flow
                and not any(
                    slot.number in near.above or slot.number in near.beside or slot.number in near.below
                    for slot in slots
                )
                and all(_is_inline(slot.value, near) for slot in slots)
            )


def _inline(value: Value) -> str:
    match value:
        case Leaf() as leaf:
            return _named(leaf, is_key=False)
        case Block(slots=slots, is_list=is_list, anchor=anchor):
            inner = ", ".join(
                _inline(slot.value) if slot.key is None else f"{_named(slot.key)}: {_inline(slot.value)}"
                for slot in slots
            )
            return ("" if anchor is None else f"&{anchor} ") + (f"[{inner}]" if is_list else f"{{{inner}}}")
