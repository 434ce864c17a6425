"""Manifests of anybody as a side of a proof: which mesh they are of, and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from meshgen.diagnostics import Code, Diagnostic, Findings, Severity
from meshgen.intent.load import Documents
from meshgen.intent.show import objects
from meshgen.jsontypes import to_json
from meshgen.ladder import judge, ladder
from meshgen.profiles import Choice
from meshgen.resources import Complaint, Resource, Resources, spell
from meshgen.source import MapNode
from meshgen.validation import place_of

WHICH_MESH = Code(
    number="MG604",
    slug="which-mesh",
    meaning="It does not show of which mesh some manifests are, so nobody can say what they do.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifests:
    """Objects of one mesh, Services and workloads beside them."""

    choice: Choice
    resources: tuple[Resource, ...]
    nodes: Mapping[Resource, MapNode]  # where each stands


def read_manifests(
    documents: Documents, known: Sequence[Choice], *, what: str, findings: Findings
) -> Manifests | None:
    """Read the objects of one mesh; `known` are the clusters that may be meant, `what` names them for people.

    Reports MG4xx where an object is not sound, MG601 where one cannot be worked out, and MG604.
    """
    nodes = tuple(objects(documents.others))
    choice = _of_mesh(nodes, known)
    if choice is None:
        message = f"{what} holds no objects of one mesh alone"
        hint = f"name the mesh with --mesh: {', '.join(each.profile.name for each in known)}"
        findings.add(WHICH_MESH, message, hint=hint)
        return None
    by = ladder([choice])
    read: dict[Resource, MapNode] = {}
    for node in nodes:
        judged = judge(to_json(node), by)
        findings.extend(_told(each, node) for each in judged.complaints if each.gravity is Severity.ERROR)
        if judged.resource is not None:
            read[judged.resource] = node
    for complaint in choice.backend.unmodelled(Resources(tuple(read))):
        assert complaint.of is not None
        findings.add(
            complaint.code,
            f"{complaint.of}: {complaint.message}",
            span=place_of(read[complaint.of], complaint.path),
            field=spell(complaint.path),
            hint=complaint.hint,
        )
    return Manifests(choice=choice, resources=tuple(read), nodes=read)


def _of_mesh(nodes: Iterable[MapNode], known: Sequence[Choice]) -> Choice | None:
    """Find the one mesh whose groups the objects are of; where only one may be meant, it is that one."""
    if len(known) == 1:
        return known[0]
    found: Counter[str] = Counter()
    for node in nodes:
        group = str(to_json(node).get("apiVersion", "")).rpartition("/")[0]
        found.update(each.backend.name for each in known if each.backend.owns(group))
    named = [each for each in known if each.backend.name in found]
    return named[0] if len(found) == 1 else None


def _told(complaint: Complaint, node: MapNode) -> Diagnostic:
    return Diagnostic(
        code=complaint.code,
        message=complaint.message,
        span=place_of(node, complaint.path),
        severity=complaint.gravity,
        field=spell(complaint.path) or None,
        hint=complaint.hint,
        source=complaint.source,
    )
