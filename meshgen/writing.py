"""Plans to manifests that climbed the ladder: nothing that a cluster would refuse is handed out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from meshgen.diagnostics import Code, Diagnostic, Findings, Severity, Span
from meshgen.jsontypes import to_json
from meshgen.ladder import Ladder, judge, judge_together, ladder
from meshgen.manifest import Manifest, Plan
from meshgen.profiles import Choice
from meshgen.resources import Complaint, Resource, spell
from meshgen.source import MapNode, read
from meshgen.templating import renderer
from meshgen.templating.shadows import BadTemplate

BAD_TEMPLATE = Code(
    number="MG415",
    slug="bad-template",
    meaning="A template of --templates cannot write its object, or writes another one.",
)


class Written(NamedTuple):
    """What plans became."""

    manifests: tuple[Manifest, ...]
    resources: tuple[Resource, ...]  # the same objects as a cluster sees them, the sound ones
    findings: tuple[Diagnostic, ...]


def write(plans: Sequence[Plan], choice: Choice, *, shadows: Sequence[Path]) -> Written:
    """Write plans and judge each text as a cluster would. Reports MG415, and what the ladder reports."""
    found: list[Diagnostic] = []
    manifests: list[Manifest] = []
    render = renderer(choice.backend.name, shadows=shadows)
    for plan in plans:
        try:
            manifests.append(Manifest.of(plan, render(plan)))
        except BadTemplate as bad:
            found.extend(_bad(message, span) for message, span in bad.found)
    by = ladder([choice])
    resources: list[Resource] = []
    for manifest in manifests:
        judged = _judged(manifest, by, choice)
        found.extend(judged.findings)
        resources.extend(() if judged.resource is None else (judged.resource,))
    found.extend(_told(each, str(each.of), choice) for each in judge_together(resources, by))
    return Written(tuple(manifests), tuple(resources), tuple(dict.fromkeys(found)))


class _Judged(NamedTuple):
    resource: Resource | None
    findings: tuple[Diagnostic, ...]


def _judged(manifest: Manifest, by: Ladder, choice: Choice) -> _Judged:
    body = _body(manifest)
    if isinstance(body, Diagnostic):
        return _Judged(None, (body,))
    judgement = judge(body, by)
    told = (_told(each, manifest.title, choice) for each in judgement.complaints)
    return _Judged(judgement.resource, tuple(told))


def _body(manifest: Manifest) -> dict[str, Any] | Diagnostic:
    """Read a text back: the one object that was planned, whatever a template made of it."""
    findings = Findings()
    nodes = read(manifest.text.encode(), file=manifest.file_name, findings=findings)
    for unread in findings:
        return _bad(f"{manifest.title} as written is unreadable: {unread.message}", None)
    match nodes:
        case [MapNode() as node]:
            body: dict[str, Any] = to_json(node)
        case _:
            return _bad(f"{manifest.title} is written as {len(nodes)} documents, not as one object", None)
    metadata = body.get("metadata")
    named = metadata if isinstance(metadata, dict) else {}
    written = (body.get("apiVersion"), body.get("kind"), named.get("namespace"), named.get("name"))
    if written != (manifest.api_version, manifest.kind, manifest.namespace, manifest.name):
        return _bad(f"{manifest.title} is written under another apiVersion, kind, namespace or name", None)
    return body


def _bad(message: str, span: Span | None) -> Diagnostic:
    return Diagnostic(code=BAD_TEMPLATE, message=message, span=span, severity=Severity.ERROR)


def _told(complaint: Complaint, title: str, choice: Choice) -> Diagnostic:
    return Diagnostic(
        code=complaint.code,
        message=f"{title} as written: {complaint.message}",
        severity=complaint.gravity,
        field=spell(complaint.path) or None,
        mesh=choice.profile.name,
        hint=complaint.hint,
        source=complaint.source,
    )
