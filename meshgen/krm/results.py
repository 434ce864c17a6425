"""Findings as kpt and kustomize read them, with objects for places: nobody can look up a line of a stream."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.krm.call import CONFIG, STREAM
from meshgen.krm.items import identity, text_at
from meshgen.report.text import printable
from meshgen.resources import Path, spell
from meshgen.scalars import Json
from meshgen.source import ListNode, MapNode, Node

_SEVERITIES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "info"}
_PATHS = ("internal.config.kubernetes.io/path", "config.kubernetes.io/path")
_INDEXES = ("internal.config.kubernetes.io/index", "config.kubernetes.io/index")


class Place(NamedTuple):
    """Where in which object something stands."""

    item: MapNode
    path: Path


class Places:
    """Finds what stands at a line of what came in a stream; looked for only once something is wrong."""

    def __init__(self, items: Sequence[MapNode]) -> None:
        self._items = items

    def find(self, span: Span | None) -> Place | None:
        """Find an object and the path in it; None for what lies in a file of the user, or nowhere."""
        return None if span is None or span.file not in (STREAM, CONFIG) else self._by_span.get(span)

    @functools.cached_property
    def _by_span(self) -> Mapping[Span, Place]:
        # A block begins where its first key does, and comes first.
        found: dict[Span, Place] = {}
        for item in self._items:
            for span, path in _spans(item, ()):
                found.setdefault(span, Place(item, path))
        return found


def _spans(node: Node, path: Path) -> Iterator[tuple[Span, Path]]:
    yield node.span, path
    for step, value, key in _below(node):
        if key is not None:
            yield key, (*path, step)
        yield from _spans(value, (*path, step))


def _below(node: Node) -> Iterator[tuple[str | int, Node, Span | None]]:
    match node:
        case MapNode(entries=entries):
            yield from ((key.text, value, key.span) for key, value in entries)
        case ListNode(items=items):
            yield from ((index, value, None) for index, value in enumerate(items))
        case _:
            pass


def told(findings: Iterable[Diagnostic], places: Places) -> Iterator[Diagnostic]:
    """Put the object and the path into the message where the place is in a stream."""
    for found in findings:
        place = places.find(found.span)
        beside = [(what, span, places.find(span)) for what, span in found.related]
        also = "".join(f" ({what}: {_spelled(there)})" for what, _, there in beside if there is not None)
        related = tuple((what, span) for what, span, there in beside if there is None)
        if place is None:
            yield replace(found, message=f"{found.message}{also}", related=related)
        else:
            message = f"{_title(place.item)} {_field(found, place)}".rstrip() + f": {found.message}{also}"
            yield replace(found, message=message, span=None, related=related)


def _spelled(place: Place) -> str:
    return f"{_title(place.item)} {spell(place.path)}".rstrip()


def _field(found: Diagnostic, place: Place) -> str:
    """Name the field: a block begins where its first key does, so what the finding says comes first."""
    return spell(place.path) if found.field is None else found.field


def _title(item: MapNode) -> str:
    found = identity(item)
    name = f"{found.namespace}/{found.name}" if found.namespace else found.name
    return f"{found.kind} {name}".rstrip()


def results(findings: Iterable[Diagnostic], places: Places) -> list[Json]:
    """Write findings as the `results` of a ResourceList."""
    return [
        _result(found, places.find(found.span)) for found in sorted(findings, key=lambda each: each.order)
    ]


def _result(found: Diagnostic, place: Place | None) -> Json:
    hint = "" if found.hint is None else f"; {found.hint}"
    tags: Mapping[str, Json] = {"code": found.code.number, "slug": found.code.slug}
    return {
        "message": printable(f"{found.message}{hint}"),
        "severity": _SEVERITIES[found.severity],
        **({} if place is None else _object(place, _field(found, place))),
        **({} if place is not None or found.span is None else {"file": {"path": printable(found.span.file)}}),
        "tags": tags,
    }


def _object(place: Place, field: str) -> Mapping[str, Json]:
    found = identity(place.item)
    reference = {"apiVersion": text_at(place.item, "apiVersion"), **found._asdict()}
    path = next(filter(None, (text_at(place.item, "metadata", "annotations", key) for key in _PATHS)), None)
    index = next(filter(None, (text_at(place.item, "metadata", "annotations", key) for key in _INDEXES)), "")
    file: dict[str, Json] = {"path": path, "index": int(index)} if _is_number(index) else {"path": path}
    return {
        "resourceRef": {key: value for key, value in reference.items() if value and key != "group"},
        **({"field": {"path": field}} if field else {}),
        **({} if path is None else {"file": file}),
    }


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 10
