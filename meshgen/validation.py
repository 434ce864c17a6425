"""Manifests in files: each object judged, and each complaint told at its line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.crd.structural import UNKNOWN_FIELD
from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.jsontypes import to_json
from meshgen.ladder import NO_SCHEMA, Judgement, Ladder, judge, judge_together
from meshgen.pardons import ANNOTATION, pardoned
from meshgen.resources import Complaint, Path, Resource, spell
from meshgen.source import ListNode, MapNode, Node, ScalarNode


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """What is to be told of manifests, and how much was looked at."""

    findings: tuple[Diagnostic, ...]
    objects: int
    unknown: int  # objects among them of kinds without a schema
    evaluations: int  # of CEL rules


class _Judged(NamedTuple):
    node: MapNode
    judgement: Judgement


def validate(
    objects: Iterable[MapNode], by: Ladder, *, unknown: Severity | None = Severity.WARNING
) -> Validation:
    """Judge objects one by one, then together. Reports MG4xx.

    `unknown` is the gravity of a kind without a schema; None leaves it untold.
    """
    judged = [_Judged(node, judge(to_json(node), by)) for node in objects]
    nodes = {resource: each.node for each in judged if (resource := each.judgement.resource) is not None}
    together: dict[Resource, list[Complaint]] = {resource: [] for resource in nodes}
    unsound = [found for each in judged if (found := each.judgement.unsound) is not None]
    for complaint in judge_together(tuple(nodes), by, unsound=unsound):
        assert complaint.of is not None
        together[complaint.of].append(complaint)
    findings: list[Diagnostic] = []
    unread: list[tuple[Complaint, Span]] = []
    for node, judgement in judged:
        beside = () if judgement.resource is None else together[judgement.resource]
        for complaint in pardoned(_annotation(node), (*judgement.complaints, *beside)):
            if complaint.code is NO_SCHEMA and complaint.severity is None:  # else it is ignored
                unread.append((complaint, span_of(node, complaint)))
            else:
                findings.append(_told(complaint, node, nodes))
    return Validation(
        findings=(*findings, *_unread(unread, unknown)),
        objects=len(judged),
        unknown=len(unread),
        evaluations=sum(judgement.evaluations for _, judgement in judged),
    )


def _annotation(node: MapNode) -> object:
    """Read our annotation of an object whose metadata may be anything."""
    at: Node | None = node
    for key in ("metadata", "annotations", ANNOTATION):
        at = at.value(key) if isinstance(at, MapNode) else None
    return None if at is None else to_json(at)


def _told(complaint: Complaint, node: MapNode, nodes: dict[Resource, MapNode]) -> Diagnostic:
    return Diagnostic(
        code=complaint.code,
        message=complaint.message,
        span=span_of(node, complaint),
        severity=complaint.gravity,
        field=spell(complaint.path) or None,
        hint=complaint.hint,
        source=complaint.source,
        related=tuple((what, place_of(nodes[there], path)) for what, there, path in complaint.beside),
    )


def span_of(node: MapNode, complaint: Complaint) -> Span:
    """Find where a complaint points; what is not written is looked for as near above as something is."""
    return place_of(node, complaint.path, is_key=complaint.code is UNKNOWN_FIELD)


def place_of(node: Node, path: Path, *, is_key: bool = False) -> Span:
    """Find where a field is written; what is not is looked for as near above as something is."""
    span = node.span
    for step in path:
        match node:
            case MapNode() if isinstance(step, str) and (entry := node.entry(step)) is not None:
                node = entry.value
                # A value stands where it stands; a block is best found by its key.
                span = node.span if isinstance(node, ScalarNode) and not is_key else entry.key.span
            case ListNode(items=items) if isinstance(step, int) and step < len(items):
                node = items[step]
                span = node.span
            case _:
                return span
    return span


def _unread(found: Iterable[tuple[Complaint, Span]], severity: Severity | None) -> Iterator[Diagnostic]:
    """Tell of each kind without a schema as gravely as is asked for."""
    if severity is not None:
        yield from told_once((replace(complaint, severity=severity), span) for complaint, span in found)


def told_once(found: Iterable[tuple[Complaint, Span]]) -> Iterator[Diagnostic]:
    """Tell what holds of many objects once, where it stands first, and of how many."""
    first: dict[str, tuple[Complaint, Span]] = {}
    times: Counter[str] = Counter()
    for complaint, span in found:
        first.setdefault(complaint.message, (complaint, span))
        times[complaint.message] += 1
    for message, (complaint, span) in first.items():
        more = f" ({times[message]} objects)" if times[message] > 1 else ""
        yield Diagnostic(
            code=complaint.code,
            message=f"{message}{more}",
            span=span,
            severity=complaint.gravity,
            field=spell(complaint.path),
            hint=complaint.hint,
        )
