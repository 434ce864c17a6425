"""What an API server and a mesh would refuse of objects, rung by rung, without a cluster."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as Folder
from typing import Any

from meshgen import datafiles
from meshgen.crd import metadata, rules, service, structural
from meshgen.crd.defaults import prepared
from meshgen.crd.served import ServedKind
from meshgen.crd.sets import newest_gateway_api, sets_of
from meshgen.crd.store import Absent, Store
from meshgen.crd.wording import shown, type_of
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.gatewayapi import admission as gateway_admission
from meshgen.gatewayapi import coherence as gateway_coherence
from meshgen.gatewayapi.routes import KINDS
from meshgen.profiles import Choice
from meshgen.resources import WORKLOADS, Complaint, Path, Resource, Resources

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
RULES_UNASKED = Code(
    number="MG416",
    slug="rules-unasked",
    meaning="A definition of yours lets pass what the shipped one refuses, so no rule of a mesh was asked.",
    severity=Severity.WARNING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The clusters whose judgement is asked for: definitions of kinds, and meshes with their rules."""

    store: Store
    shipped: Store  # what the rules of the meshes were written for
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
    evaluations: int = 0  # of CEL rules
    unsound: Resource | None = None  # it is there, and nothing in it may be read


def ladder(choices: Iterable[Choice], *, schemas: Sequence[Folder] = ()) -> Ladder:
    """Gather what some clusters know; `schemas` are imported sets that come first.

    Of several clusters of one mesh the first one judges.
    """
    by_mesh = {choice.backend.name: choice for choice in reversed(tuple(choices))}
    kept = tuple(by_mesh[name] for name in sorted(by_mesh))
    folders = sets_of(datafiles.schemas(), [profile for _, profile in kept])
    shipped = Store(folders)
    return Ladder(store=Store([*schemas, *folders]) if schemas else shipped, shipped=shipped, choices=kept)


def judge(body: Mapping[str, Any], by: Ladder) -> Judgement:
    """Climb the ladder with one object, in JSON types, as far as its rungs hold.

    Reports MG400 to MG409, MG413, MG414, MG416 and what the meshes' own rules report.
    """
    api_version, kind = body.get("apiVersion"), body.get("kind")
    if not isinstance(api_version, str) or not isinstance(kind, str):
        return Judgement(resource=None, complaints=(_headless(body),))
    served = by.store.find(api_version, kind)
    if isinstance(served, Absent):
        complaint = _absent(api_version, kind, served)
        return Judgement(resource=_workload(body), complaints=(complaint,))
    return _judge(prepared(served, body), served, by)


def _judge(body: Mapping[str, Any], served: ServedKind, by: Ladder) -> Judgement:
    structure = structural.check(served, body)
    head = tuple(metadata.check(served, body))
    ruled = None if structure.stops_cel else rules.check(served, body)
    alone = (*head, *structure.complaints, *(() if ruled is None else ruled.complaints))
    evaluations = 0 if ruled is None else ruled.evaluations
    if structure.complaints or any(each.gravity is Severity.ERROR for each in head):
        return Judgement(resource=None, complaints=alone, evaluations=evaluations, unsound=_named(body))
    ruled_body = _as_rules_know(body, served, by)
    if isinstance(ruled_body, Complaint):
        complaints = (*alone, ruled_body)
        return Judgement(resource=None, complaints=complaints, evaluations=evaluations, unsound=_named(body))
    resource = Resource.of(ruled_body)
    complaints = (*alone, *_refused(resource, by))
    return Judgement(resource=resource, complaints=complaints, evaluations=evaluations)


def _as_rules_know(body: Mapping[str, Any], served: ServedKind, by: Ladder) -> Mapping[str, Any] | Complaint:
    """Give a body of which rules may take for granted what the shipped definition says of it.

    A field that is known to a definition of the user's alone is no concern of a rule.
    """
    shipped = by.shipped.find(served.api_version, served.kind)
    if shipped is served or (isinstance(shipped, Absent) and served.kind not in shipped.kinds):
        return body
    if isinstance(shipped, Absent):
        return _unasked(f"{served.kind} is not shipped as {served.api_version}")
    known: Mapping[str, Any] = prepared(shipped, body)
    refused = structural.check(shipped, known).complaints
    first = next((each for each in refused if each.code is not structural.UNKNOWN_FIELD), None)
    return known if first is None else _unasked(first.message, first.path)


def _unasked(why: str, path: Path = ()) -> Complaint:
    return Complaint(
        code=RULES_UNASKED,
        path=path,
        message=f"no rule of a mesh was asked, since the shipped definition refuses this: {why}",
        hint="leave --schemas out to see what the shipped definition says",
    )


def _named(body: Mapping[str, Any]) -> Resource | None:
    """Name an object in which nothing else was checked, where its name can be read."""
    metadata = body.get("metadata")
    if not isinstance(metadata, Mapping):
        return None
    if not all(isinstance(metadata.get(key, ""), str) for key in ("name", "namespace")):
        return None
    return Resource.of(body)


def _workload(body: Mapping[str, Any]) -> Resource | None:
    """Name what runs pods, which selectors are held against, though nothing in it was checked."""
    resource = _named(body)
    return None if resource is None or (resource.group, resource.kind) not in WORKLOADS else resource


def _refused(resource: Resource, by: Ladder) -> Iterator[Complaint]:
    if (resource.group, resource.kind) == ("", "Service"):
        yield from service.refused(resource)
    if resource.group == gateway_admission.GROUP:
        yield from gateway_admission.refused(resource)
    for backend, profile in by.choices:
        if by.is_of_one_mesh or backend.owns(resource.group):
            yield from backend.admission(resource, profile)


def judge_together(
    resources: Sequence[Resource], by: Ladder, *, unsound: Sequence[Resource] = ()
) -> Iterator[Complaint]:
    """Tell what contradicts itself among sound objects; each complaint names its object.

    What is absent may exist in the cluster, or be one of the `unsound`. Reports MG412, MG426 and
    what the meshes report.
    """
    together = Resources(resources, unsound=unsound)
    yield from _duplicates(resources)
    routes = together.of(gateway_admission.GROUP, *KINDS)
    yield from gateway_coherence.without_backends(routes, together)
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
    if body.get(wrong) is None:
        message = f"field {wrong!r} is missing"
        hint = f"write {wrong!r}: a string"
        return Complaint(code=structural.MISSING_FIELD, path=(wrong,), message=message, hint=hint)
    message = f"{shown(body[wrong])} is {type_of(body[wrong])}, not a string"
    return Complaint(code=structural.MISTYPED_FIELD, path=(wrong,), message=message)


_OF_THE_PROFILE = "the profile has no Gateway API: write --set gatewayAPI.version=1.5, or that of the cluster"
_OF_ANOTHER_CHANNEL = (
    "it is of the experimental channel, or of a newer version: --set gatewayAPI.channel=experimental"
)
_OF_THE_USER = "meshgen schema import reads its CustomResourceDefinition, and --schemas DIR uses it"


@functools.lru_cache(maxsize=1_000)  # of many objects of a kind it says the same, and looks in other sets
def _absent(api_version: str, kind: str, absent: Absent) -> Complaint:
    """Say that a kind is unknown (MG400), or that a group which is known does not serve it (MG413)."""
    group = api_version.rpartition("/")[0]
    if kind in absent.kinds:
        served = [known for known in absent.served if known.rpartition("/")[0] == group]
        hint = f"write {' or '.join(served)}" if served else "its definition serves no version"
        message = f"{kind} is not served as {api_version}"
        return Complaint(code=NOT_SERVED, path=("apiVersion",), message=message, hint=hint)
    near = near_miss(kind, absent.kinds)
    if not absent.kinds or group == "":
        message = f"{kind} of {api_version} has no schema here, so it is not checked"
        hint = _OF_THE_PROFILE if group == gateway_admission.GROUP else _OF_THE_USER
        near = near or near_miss(api_version, absent.served)
        return Complaint(code=NO_SCHEMA, path=("kind",), message=message, hint=near or hint)
    elsewhere = f"{kind} is of {' or '.join(absent.served)}" if absent.served else ""
    if group == gateway_admission.GROUP and _is_of_another_channel(kind):
        elsewhere = _OF_ANOTHER_CHANNEL
    return Complaint(
        code=NOT_SERVED,
        path=("kind",),
        message=f"{group} has no kind {kind!r} here",
        hint=elsewhere or near or f"the kinds are {', '.join(absent.kinds)}",
    )


def _is_of_another_channel(kind: str) -> bool:
    newest = Store(newest_gateway_api(datafiles.schemas()))
    return any(listed.entry.kind == kind for listed in newest.kinds())
