"""Objects in files, and what a live cluster would say to each of them; nothing is applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, assert_never

from meshgen.cluster import CONNECTIONS, FORBIDDEN, Applied, Cluster, Refusal, Served, Unanswered
from meshgen.crd.structural import MISSING_FIELD
from meshgen.diagnostics import Code, Diagnostic, Severity, Span
from meshgen.jsontypes import to_json
from meshgen.refusals import NO_NAMESPACE, REFUSED, below, refused, warned
from meshgen.resources import Complaint, Path, spell
from meshgen.source import ListNode, MapNode
from meshgen.validation import span_of, told_once

NO_KIND = Code(
    number="MG773",
    slug="kind-absent",
    meaning="The cluster does not have the kind, so it judges none of these objects.",
)

# What kustomize and kpt read, and nobody sends to a cluster.
_OF_TOOLS = "kustomize.config.k8s.io"
_LOCAL = "config.kubernetes.io/local-config"

_Place = tuple[Span | None, str | None]  # where something is told, and of which field


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """What a cluster says of objects, in their order."""

    findings: tuple[Diagnostic, ...]
    unanswered: tuple[Diagnostic, ...]  # why it said nothing of some of them


class _Question(NamedTuple):
    node: MapNode
    body: dict[str, Any]
    served: Served


class _Said(NamedTuple):
    node: MapNode
    complaint: Complaint


def dry_run(
    objects: Iterable[MapNode],
    cluster: Cluster,
    *,
    manager: str,
    meanwhile: Callable[[], Iterable[Diagnostic]] = tuple,
) -> DryRun:
    """Ask what would become of each object, were `manager` to apply it; raises Unanswered.

    What is found `meanwhile`, as the answers come, is told already: of a field with an error nothing more
    is said. Reports MG402 and MG769 to MG774; where the account may not ask about a kind, that is a finding
    once, MG764, and the other kinds are judged.
    """
    bodies = ((node, to_json(node)) for node in objects)
    asked = [_question(node, body, cluster) for node, body in bodies if not _is_local(body)]
    questions = [each for each in asked if isinstance(each, _Question)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        coming = pool.map(lambda question: _ask(question, cluster, manager), questions)
        try:
            told, answers = meanwhile(), list(coming)
        finally:
            pool.shutdown(cancel_futures=True)  # nobody waits for what is not asked yet
    said = [each for each in asked if isinstance(each, _Said)]
    forbidden: dict[Served, Diagnostic] = {}
    for question, answer in zip(questions, answers, strict=True):
        match answer:
            case Unanswered():
                forbidden.setdefault(question.served, answer.finding)
            case Refusal():
                said.extend(_Said(question.node, each) for each in refused(question.node, answer))
            case Applied():
                said.extend(_Said(question.node, each) for each in warned(question.node, answer))
            case _:
                assert_never(answer)
    known: dict[_Place, set[Code]] = {}
    for found in told:
        if found.severity is Severity.ERROR:
            known.setdefault((found.span, found.field), set()).add(found.code)
    new = (each for each in said if not _is_known(each, known))
    return DryRun(findings=tuple(_told(new)), unanswered=tuple(forbidden.values()))


def _is_local(body: Mapping[str, Any]) -> bool:
    metadata = body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    is_marked = isinstance(annotations, dict) and annotations.get(_LOCAL) == "true"
    return is_marked or str(body.get("apiVersion")).partition("/")[0] == _OF_TOOLS


def _question(node: MapNode, body: dict[str, Any], cluster: Cluster) -> _Question | _Said:
    """Find what the cluster calls an object, or say what it lacks to be asked about."""
    api_version, kind = body.get("apiVersion"), body.get("kind")
    metadata = body.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    namespace = metadata.get("namespace") if isinstance(metadata, dict) else None
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return _Said(node, _nameless(("kind",) if isinstance(api_version, str) else ("apiVersion",)))
    if not isinstance(name, str) or name == "":
        return _Said(node, _nameless(("metadata", "name")))
    if not isinstance(namespace, str | None):
        return _Said(node, _nameless(("metadata", "namespace")))
    served = cluster.served(api_version, kind)
    return _Said(node, absent(api_version, kind)) if served is None else _Question(node, body, served)


def _nameless(path: Path) -> Complaint:
    return Complaint(
        code=REFUSED,
        path=path,
        message=f"{spell(path)} is not written as text, so the cluster cannot be asked about the object",
        hint="an object that is applied needs apiVersion, kind and metadata.name",
    )


def absent(api_version: str, kind: str) -> Complaint:
    """Say that the cluster lacks a kind, MG773."""
    return Complaint(
        code=NO_KIND,
        path=("kind",),
        message=f"the cluster has no kind {kind} of {api_version}, so none of it was judged",
        hint="its CustomResourceDefinition must be there first: kubectl api-resources lists what is",
    )


def _ask(question: _Question, cluster: Cluster, manager: str) -> Applied | Refusal | Unanswered:
    """Ask about one object; what the account may not ask is no reason not to ask about the next one."""
    try:
        return cluster.dry_run(question.served, question.body, manager=manager)
    except Unanswered as refused:
        if refused.finding.code is FORBIDDEN:
            return refused
        raise


def _is_known(said: _Said, known: Mapping[_Place, Set[Code]]) -> bool:
    """Tell whether an error speaks of the same field: ours stand where something is written.

    Of a missing field we speak at what lacks it, and of a list, labels or alternatives at what is wrong in
    them.
    """
    path, message = said.complaint.path, said.complaint.message
    if known.get(_place(said, path), frozenset()) - {MISSING_FIELD}:
        return True
    if message.endswith("Required value"):
        return MISSING_FIELD in known.get(_place(said, path[:-1]), frozenset())
    at = below(said.node, path)
    steps: Iterable[str | int] = ()
    if isinstance(at, ListNode):
        steps = range(len(at.items))
    elif isinstance(at, MapNode) and (path[:1] == ("metadata",) or " must validate " in message):
        steps = [entry.key.text for entry in at.entries]
    return any(_place(said, (*path, step)) in known for step in steps)


def _place(said: _Said, path: Path) -> _Place:
    return span_of(said.node, replace(said.complaint, path=path)), spell(path) or None


def _told(said: Iterable[_Said]) -> Iterator[Diagnostic]:
    """Place complaints in the files; what is missing in the cluster is told once, where it is asked first."""
    missing: list[tuple[Complaint, Span]] = []
    for node, complaint in said:
        span = span_of(node, complaint)
        if complaint.code in (NO_KIND, NO_NAMESPACE):
            missing.append((complaint, span))
        else:
            yield Diagnostic(
                code=complaint.code,
                message=complaint.message,
                span=span,
                severity=complaint.gravity,
                field=spell(complaint.path) or None,
                hint=complaint.hint,
            )
    yield from told_once(missing)
