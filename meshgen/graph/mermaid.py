"""A picture as a Mermaid flowchart, whatever its names hold."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.graph.picture import Box, Edge, Kind, Outsider, Picture
from meshgen.report.text import printable

# Beside quotes and brackets, backticks, `#` and `;` have a meaning, and `:` behind the word style.
_SPECIAL = re.compile(r"[^A-Za-z0-9 ._/,*=?+%()~-]")
_LINES = {
    Kind.ALLOW: "-->",
    Kind.DENY: "--x",
    Kind.ROUTE: "-.->",
    Kind.MIRROR: "-.-o",
    Kind.FRONT: "---",
}


def mermaid(picture: Picture) -> str:
    """Write a flowchart from the callers above to the called below, a line for each box and edge."""
    names = {box.end: f"n{index}" for index, box in enumerate(picture.boxes)}
    outside = ",".join(names[box.end] for box in picture.boxes if isinstance(box.end, Outsider))
    refused = [index for index, edge in enumerate(picture.edges) if edge.kind is Kind.DENY]
    lines = (
        "flowchart TD",
        *(f"  {names[box.end]}{_shape(box)}" for box in picture.boxes),
        *(f"  {names[edge.caller]} {_arrow(edge)} {names[edge.callee]}" for edge in picture.edges),
        *(("  classDef outside stroke-dasharray:4",) if outside else ()),
        *((f"  class {outside} outside",) if outside else ()),
        *((f"  linkStyle {','.join(map(str, refused))} stroke:crimson",) if refused else ()),
    )
    return "".join(f"{line}\n" for line in lines)


def _shape(box: Box) -> str:
    label = "<br>".join(map(_escaped, _label(box)))
    return f'(["{label}"])' if isinstance(box.end, Outsider) else f'["{label}"]'


def _label(box: Box) -> Iterator[str]:
    yield box.name
    yield box.line
    if box.mode is not None:
        yield f"mTLS {box.mode.value}"
    if box.default:
        yield f"by default {box.default}"
    if box.shares:
        yield ", ".join(f"{version} {percent} %" for version, percent in box.shares)
    for route in box.routes:
        effects = tuple(f"{name} {value}" for name, value in route.effects)
        if not route.is_implied:
            yield f"{route.name} ({route.match}) to {' · '.join((route.destination, *effects))}"
        elif effects:
            yield " · ".join(effects)


def _arrow(edge: Edge) -> str:
    label = f"{edge.title} {edge.conditions}".rstrip()
    return f'{_LINES[edge.kind]}|"{_escaped(label)}"|'


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"#{ord(found.group())};", printable(text))
