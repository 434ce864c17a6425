"""A cluster to the MeshProfile that it shows: each line says where it was seen, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from meshgen.backend import Backend, backends
from meshgen.cluster import CONFIG_MAPS, DEFINITIONS, DEPLOYMENTS, Cluster
from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.load import API_VERSION
from meshgen.scalars import scalar
from meshgen.seen import Fact, Object, Seen, namespace_of, release

NO_MESH_SEEN = Code(
    number="MG767",
    slug="no-mesh-seen",
    meaning="The cluster shows no control plane of a mesh, so there is nothing to say of it.",
)
SEVERAL_MESHES = Code(
    number="MG768",
    slug="several-meshes",
    meaning="The cluster shows several control planes; each has its own profile.",
    severity=Severity.NOTE,
)

_GATEWAY_API = "gateway.networking.k8s.io"
_ORDER = (
    *("version", "edition", "trustDomain", "clusterDomain", "rootNamespace", "controlPlaneNamespace"),
    *("gatewayAPI.version", "gatewayAPI.channel"),
)
_UNPRINTABLE = re.compile("[^ -~]+")  # what a comment of ours needs no more of


def detect(cluster: Cluster, *, findings: Findings) -> str:
    """Write one profile for each control plane; empty where there is none. Reports MG767 and MG768."""
    definitions = cluster.list(DEFINITIONS)
    planes = [
        (backend, seen) for backend in backends() for seen in _seen(backend, cluster, _names(definitions))
    ]
    if not planes:
        labels = " or ".join(backend.detection.selector for backend in backends())
        hint = f"looked for: Deployments with the labels {labels}"
        findings.add(NO_MESH_SEEN, f"{cluster.place}: no control plane of a mesh is seen", hint=hint)
    if len(planes) > 1:
        which = ", ".join(f"{backend.title} ({seen.place})" for backend, seen in planes)
        hint = "choose one by its name: --mesh NAME"
        findings.add(SEVERAL_MESHES, f"{cluster.place}: there are several control planes: {which}", hint=hint)
    gateway_api = tuple(_gateway_api(definitions))
    documents = []
    for (backend, seen), name in zip(planes, _profile_names(planes), strict=True):
        facts = (*backend.detection.facts(seen), _namespace(seen), *gateway_api)
        documents.append("".join(f"{line}\n" for line in _document(name, backend, facts, seen)))
    return "---\n".join(documents)


def _names(definitions: Sequence[Object]) -> frozenset[str]:
    return frozenset(each["metadata"]["name"] for each in definitions)


def _seen(backend: Backend, cluster: Cluster, definitions: frozenset[str]) -> Iterator[Seen]:
    found = cluster.list(DEPLOYMENTS, backend.detection.selector)
    for each in sorted(found, key=lambda each: (namespace_of(each), each["metadata"]["name"])):
        name = backend.detection.config_map(each)
        config = None if name is None else cluster.find(CONFIG_MAPS, namespace_of(each), name)
        yield Seen(each, config, definitions)


def _profile_names(planes: Sequence[tuple[Backend, Seen]]) -> Iterator[str]:
    """Name each profile after its mesh, the second of a mesh with its number."""
    for _, of_one in groupby(planes, key=lambda plane: plane[0].name):
        for number, (backend, _) in enumerate(of_one, start=1):
            yield f"detected-{backend.name}" if number == 1 else f"detected-{backend.name}-{number}"


def _namespace(seen: Seen) -> Fact:
    return Fact("controlPlaneNamespace", namespace_of(seen.deployment), seen.place)


def _gateway_api(definitions: Sequence[Object]) -> Iterator[Fact]:
    ours = [each for each in definitions if each["spec"]["group"] == _GATEWAY_API]
    yield _annotated("gatewayAPI.version", "bundle-version", ours, release)
    yield _annotated("gatewayAPI.channel", "channel", ours, str)


def _annotated(key: str, name: str, of: Sequence[Object], read: Callable[[str], str | None]) -> Fact:
    """Tell what all definitions say in an annotation; where they disagree nobody knows what is installed."""
    if not of:
        return Fact(key, None, f"there is no CustomResourceDefinition of {_GATEWAY_API}")
    annotation = f"{_GATEWAY_API}/{name}"
    said = {(each["metadata"].get("annotations") or {}).get(annotation, "") for each in of}
    where = f"annotation {annotation}"
    match sorted(said):
        case [only]:
            return Fact(key, read(only) or None, f"{where}: {only or 'none'}")
        case several:
            return Fact(key, None, f"{where}: they disagree: {', '.join(each or 'none' for each in several)}")


def _document(name: str, backend: Backend, facts: Sequence[Fact], seen: Seen) -> Iterator[str]:
    yield f"apiVersion: {API_VERSION}"
    yield "kind: MeshProfile"
    yield f"metadata:\n  name: {name}"
    yield f"spec:\n  mesh: {backend.name}  # {_comment(seen.place)}"
    for parent, below in groupby(sorted(facts, key=_place), key=lambda fact: fact.key.rpartition(".")[0]):
        lines = tuple(below)
        is_open = parent != "" and any(fact.is_seen for fact in lines)
        if is_open:
            yield f"  {parent}:"
        for fact in lines:
            yield _line(fact, is_open=is_open)


def _place(fact: Fact) -> int:
    """Order facts as a profile's schema does; a mesh's own come last, as they were told."""
    return _ORDER.index(fact.key) if fact.key in _ORDER else len(_ORDER)


def _line(fact: Fact, *, is_open: bool) -> str:
    key = fact.key.rpartition(".")[2] if is_open else fact.key
    indent = "    " if is_open else "  "
    if not fact.is_seen:
        return f"{indent}# {key}: not seen: {_comment(fact.where)}"
    return f"{indent}{key}: {scalar(fact.value)}  # {_comment(fact.where)}"


def _comment(text: str) -> str:
    return _UNPRINTABLE.sub("?", text)
