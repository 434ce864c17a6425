"""A picture as one page that asks nobody for anything: its style, its script and its values stand in it."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from string import Template
from typing import Any

from meshgen.datafiles import templates
from meshgen.diagnostics import Diagnostic, Span
from meshgen.graph.carried import Carried
from meshgen.graph.layout import BOX_HEIGHT, BOX_WIDTH, WIDTH, Ends, Line, Point, layout
from meshgen.graph.picture import Box, Edge, Outsider, Picture
from meshgen.report.text import printable
from meshgen.source import ListNode, MapNode, Node

# Inside a script element only `<` can end it; with these three out no reader of HTML sees markup.
_MARKUP = {ord(char): f"\\u{ord(char):04x}" for char in "<>&"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """What is known of the set on one cluster."""

    name: str
    title: str  # of the mesh, with its version
    carried: Mapping[str, Carried]  # by feature


def page(picture: Picture, clusters: tuple[Cluster, ...], findings: Iterable[Diagnostic]) -> str:
    """Write HTML that needs no network; names and values of the intent arrive as text, never as markup."""
    folder = templates() / "graph"
    style = (folder / "style.css").read_text("utf-8")
    script = (folder / "script.js").read_text("utf-8")
    values = json.dumps(_visible(_values(picture, clusters, tuple(findings))), separators=(",", ":"))
    return Template((folder / "page.html").read_text("utf-8")).substitute(
        style=style,
        style_hash=_hash(style),
        script=script,
        script_hash=_hash(script),
        values=values.translate(_MARKUP),
    )


def _hash(text: str) -> str:
    """Name a text as a Content-Security-Policy does."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _visible(value: Any) -> Any:
    """Escape in every text what is no visible character, line ends aside."""
    match value:
        case str():
            return "\n".join(map(printable, value.split("\n")))
        case Mapping():
            return {key: _visible(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_visible(inner) for inner in value]
        case _:
            return value


def _values(
    picture: Picture, clusters: tuple[Cluster, ...], findings: tuple[Diagnostic, ...]
) -> dict[str, Any]:
    numbers = {box.end: index for index, box in enumerate(picture.boxes)}
    ends = [Ends(numbers[edge.caller], numbers[edge.callee], edge.kind.value) for edge in picture.edges]
    placed = layout(len(picture.boxes), ends)
    by_span: dict[Span, list[int]] = {}
    meshes = _meshes(findings)
    for index, found in enumerate(meshes):
        if found.span is not None:
            by_span.setdefault(found.span, []).append(index)
    return {
        "title": picture.title,
        "notes": picture.notes,
        "size": [WIDTH, placed.height, BOX_WIDTH, BOX_HEIGHT],
        "boxes": [
            _box(box, at, _within(box.node, by_span))
            for box, at in zip(picture.boxes, placed.boxes, strict=True)
        ],
        "edges": [
            _edge(edge, end, line, _within(edge.node, by_span))
            for edge, end, line in zip(picture.edges, ends, placed.lines, strict=True)
        ],
        "findings": [_finding(found, names) for found, names in meshes.items()],
        "clusters": [{"name": cluster.name, "title": cluster.title} for cluster in clusters],
        "features": [
            {"id": feature, "answers": [_answer(cluster.carried.get(feature)) for cluster in clusters]}
            for feature in sorted({feature for cluster in clusters for feature in cluster.carried})
        ],
    }


def _box(box: Box, at: Point, findings: list[int]) -> dict[str, Any]:
    return {
        "name": box.name,
        "outside": isinstance(box.end, Outsider),
        "line": box.line,
        "x": at.x,
        "y": at.y,
        "mode": None if box.mode is None else box.mode.value,
        "default": box.default,
        "shares": box.shares,
        "routes": [[route.name, route.match, route.destination, route.effects] for route in box.routes],
        "facts": box.facts,
        "place": _place(box.span),
        "findings": findings,
    }


def _edge(edge: Edge, ends: Ends, line: Line, findings: list[int]) -> dict[str, Any]:
    return {
        "from": ends.caller,
        "to": ends.called,
        "kind": edge.kind.value,
        "title": edge.title,
        "conditions": edge.conditions,
        "text": edge.text,
        "path": line.path,
        "at": line.at,
        "place": _place(edge.span),
        "findings": findings,
    }


def _meshes(findings: Iterable[Diagnostic]) -> dict[Diagnostic, list[str]]:
    """Join what is told of several meshes in the same words."""
    found: dict[Diagnostic, list[str]] = {}
    for each in findings:
        found.setdefault(replace(each, mesh=None, source=None), []).extend(filter(None, [each.mesh]))
    return found


def _finding(found: Diagnostic, meshes: list[str]) -> dict[str, Any]:
    return {
        "severity": found.severity.value,
        "code": str(found.code),
        "meshes": meshes,
        "message": found.message,
        "hint": found.hint,
        "place": _place(found.span),
    }


def _answer(answer: Carried | None) -> dict[str, Any] | None:
    return None if answer is None else {"word": answer.word, "says": answer.says, "services": answer.services}


def _place(span: Span | None) -> str | None:
    return None if span is None else str(span)


def _within(node: Node | None, by_span: Mapping[Span, list[int]]) -> list[int]:
    """List the findings of a part of a file."""
    spans = () if node is None else dict.fromkeys(_spans(node))
    return sorted({index for span in spans for index in by_span.get(span, ())})


def _spans(node: Node) -> Iterator[Span]:
    yield node.span
    match node:
        case MapNode(entries=entries):
            for key, value in entries:
                yield key.span
                yield from _spans(value)
        case ListNode(items=items):
            for item in items:
                yield from _spans(item)
        case _:
            return
