"""What an API server and a mesh would refuse of objects, rung by rung, without a cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Any

from meshgen import datafiles
from meshgen.crd import metadata, rules, service, structural
from meshgen.crd.defaults import prepared
from meshgen.crd.served import ServedKind
from meshgen.crd.sets import sets_of
from meshgen.crd.store import Absent, Store
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.gatewayapi import admission as gateway_admission
from meshgen.profiles import Choice
from meshgen.resources import WORKLOADS, Complaint, Resource, Resources, is_grave

NO_SCHEMA = Code(
    number="MG400",
    slug="no-schema",
    meaning="An object is of a kind that no schema describes, so nothing in it was checked.",
    severity=Severity.WARNING,
)
DUPLICATE_OBJECT = Code(
    number="MG412",
    slug="duplicate-object",
    meaning="Two objects have one kind, namespace and name, and the one applied last replaces the other.",
)
NOT_SERVED = Code(
    number="MG413",
    slug="not-served",
    meaning="The definitions of this mesh serve no such kind, or not in this version.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The clusters whose judgement is asked for: definitions of kinds, and meshes with their rules."""

    store: Store
    choices: tuple[Choice, ...]  # at most one of each mesh

    @property
    def is_of_one_mesh(self) -> bool:
        """True where kinds that meshes share are read as this one mesh reads them."""
        return len(self.choices) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is held against one object."""

    resource: Resource | None  # None: its structure is not sound, or unknown and no workload's
    complaints: tuple[Complaint, ...]
    evaluations: int  # of CEL rules


def ladder(choices: Iterable[Choice], *, schemas: Sequence[Folder] = ()) -> Ladder:
    """Gather what some clusters know; `schemas` are imported sets that come first.

    Of several clusters of one mesh the first one judges.
    """
    by_mesh = {choice.backend.name: choice for choice in reversed(tuple(choices))}
    kept = tuple(by_mesh[name] for name in sorted(by_mesh))
    folders = sets_of(datafiles.schemas(), [profile for _, profile in kept])
    return Ladder(store=Store([*schemas, *folders]), choices=kept)


def judge(body: Mapping[str, Any], by: Ladder) -> Judgement:
    """Climb the ladder with one object, in JSON types, as far as its rungs hold.

    Reports MG400 to MG409, MG413, MG414 and what the meshes' own rules report.
    """
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return Judgement(resource=None, complaints=(_headless(body),), evaluations=0)
    served = by.store.find(api_version, kind)
    if isinstance(served, Absent):
        complaint = _absent(api_version, kind, served)
        return Judgement(resource=_workload(body), complaints=(complaint,), evaluations=0)
    return _judge(prepared(served, body), served, by)


def _judge(body: Mapping[str, Any], served: ServedKind, by: Ladder) -> Judgement:
    structure = structural.check(served, body)
    head = tuple(metadata.check(served, body))
    ruled = None if structure.stops_cel else rules.check(served, body)
    alone = (*head, *structure.complaints, *(() if ruled is None else ruled.complaints))
    evaluations = 0 if ruled is None else ruled.evaluations
    if structure.complaints or any(is_grave(complaint) for complaint in head):
        return Judgement(resource=None, complaints=alone, evaluations=evaluations)
    resource = Resource.of(body)
    complaints = (*alone, *_refused(resource, by))
    return Judgement(resource=resource, complaints=complaints, evaluations=evaluations)


def _workload(body: Mapping[str, Any]) -> Resource | None:
    """Name what runs pods, which selectors are held against, though nothing in it was checked."""
    metadata = body.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    if not all(isinstance(metadata.get(key, ""), str) for key in ("name", "namespace")):
        return None
    resource = Resource.of(body)
    return resource if (resource.group, resource.kind) in WORKLOADS else None


def _refused(resource: Resource, by: Ladder) -> Iterator[Complaint]:
    if (resource.group, resource.kind) == ("", "Service"):
        yield from service.refused(resource)
    if resource.group == gateway_admission.GROUP:
        yield from gateway_admission.refused(resource)
    for backend, profile in by.choices:
        if by.is_of_one_mesh or backend.owns(resource.group):
            yield from backend.admission(resource, profile)


def judge_together(resources: Sequence[Resource], by: Ladder) -> Iterator[Complaint]:
    """Tell what contradicts itself among sound objects; each complaint names its object.

    What is absent may exist in the cluster. Reports MG412 and what the meshes report.
    """
    together = Resources(resources)
    yield from _duplicates(resources)
    for backend, profile in by.choices:
        if by.is_of_one_mesh or any(backend.owns(resource.group) for resource in resources):
            yield from backend.coherence(together, profile)


def _duplicates(resources: Iterable[Resource]) -> Iterator[Complaint]:
    first: dict[tuple[str, ...], Resource] = {}
    for resource in resources:
        key = (resource.group, resource.kind, resource.namespace, resource.name)
        if key[-1] and key in first:  # without a name the server makes one up
            yield Complaint(
                code=DUPLICATE_OBJECT,
                path=("metadata", "name"),
                message=f"{resource} stands twice",
                hint="keep one of the two, or give them different names",
                of=resource,
                beside=(("the first one", first[key], ("metadata", "name")),),
            )
        first.setdefault(key, resource)


def _headless(body: Mapping[str, Any]) -> Complaint:
    wrong = next(key for key in ("apiVersion", "kind") if not isinstance(body.get(key), str))
    return Complaint(
        code=structural.MISTYPED_FIELD,
        path=(wrong,),
        message=f"{wrong} is {body.get(wrong)!r}, not text",
        hint="quote the value",
    )


def _absent(api_version: str, kind: str, absent: Absent) -> Complaint:
    """Say that a kind is unknown (MG400), or that a group which is known does not serve it (MG413)."""
    group = api_version.rpartition("/")[0]
    near = near_miss(kind, absent.kinds) or None
    served = [known for known in absent.served if known.rpartition("/")[0] == group]
    if not absent.kinds or group == "":
        message = f"{kind} of {api_version} has no schema here, so it is not checked"
        hint = "meshgen schema import reads its CustomResourceDefinition, and --schemas DIR uses it"
        return Complaint(code=NO_SCHEMA, path=("kind",), message=message, hint=near or hint)
    if served:
        message = f"{kind} is not served as {api_version}"
        hint = f"write {' or '.join(served)}"
        return Complaint(code=NOT_SERVED, path=("apiVersion",), message=message, hint=hint)
    message = f"{group} has no kind {kind!r} here"
    return Complaint(
        code=NOT_SERVED,
        path=("kind",),
        message=message,
        hint=near or f"the kinds are {', '.join(absent.kinds)}",
    )
