"""What must be added to Services, namespaces and workloads that are not ours, as patches for kustomize."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.intent.keys import ServiceKey
from meshgen.intent.resolved import ResolvedService
from meshgen.intent.shown import POD_PATHS, Shown, ShownWorkload
from meshgen.manifest import MANAGED_BY
from meshgen.scalars import Json, dump

HEAD = """\
# Written by meshgen: what an intent asks of objects that are not meshgen's own.
# Name this folder under `components` of the kustomization that has those objects.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Fields to lay over one object, as a strategic merge."""

    api_version: str
    kind: str
    namespace: str | None  # None: the object is of no namespace, or its document names none
    name: str
    fields: Mapping[str, Json]


class Unnamed(NamedTuple):
    """What a patch would have to name and the inputs do not show."""

    kind: str  # Service or workloads
    of: str  # the service, or the version of it


def on_service(
    key: ServiceKey,
    *,
    annotations: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    spec: Mapping[str, Json] | None = None,
) -> Patch:
    """Lay annotations, labels and fields of the spec over a Service."""
    metadata = _written({"annotations": annotations, "labels": labels})
    fields = _written({"metadata": metadata, "spec": spec})
    return Patch(api_version="v1", kind="Service", namespace=key.namespace, name=key.name, fields=fields)


def on_port(service: ResolvedService, number: int, app_protocol: str) -> Patch | Unnamed:
    """Say of a port of a Service what it speaks."""
    ports = () if service.shown is None else service.shown.ports
    for port in ports:
        if port.number == number and port.transport in (None, "TCP"):
            # kubernetes-sigs/kustomize kyaml/yaml/merge2: entries are one where number and protocol are
            # written alike, and one of a patch that finds no other is dropped without a word.
            transport: dict[str, Json] = {} if port.transport is None else {"protocol": port.transport}
            entry: dict[str, Json] = {"port": number, **transport, "appProtocol": app_protocol}
            return on_service(service.key, spec={"ports": [entry]})
    return Unnamed("Service", service.key.name)


def on_namespace(name: str, annotations: Mapping[str, str]) -> Patch:
    """Lay annotations over a Namespace."""
    fields: Mapping[str, Json] = {"metadata": {"annotations": dict(annotations)}}
    return Patch(api_version="v1", kind="Namespace", namespace=None, name=name, fields=fields)


def pods_of(service: ResolvedService, shown: Shown) -> Iterator[tuple[str, tuple[ShownWorkload, ...]]]:
    """Group a service's workloads: its own, and those of each version with a selector of its own."""
    apart = [version for version in service.versions.values() if version.has_own_selector]
    if not apart or len(apart) < len(service.versions):
        yield service.key.name, shown.pods(service.key.namespace, service.selector)
    for version in apart:
        yield f"{service.key.name} {version.name}", shown.pods(service.key.namespace, version.selector)


def on_pods(
    pods: Iterable[ShownWorkload], annotations: Mapping[str, str], *, of: str
) -> Iterator[Patch | Unnamed]:
    """Lay annotations over the pods of workloads, which are those `of` a service or a version."""
    found = tuple(on_pod(workload, annotations, of=of) for workload in pods)
    yield from found or (Unnamed("workloads", of),)


def on_pod(workload: ShownWorkload, annotations: Mapping[str, str], *, of: str) -> Patch | Unnamed:
    """Lay annotations over the pods of one workload; one with a generateName cannot be named."""
    if not workload.name:
        return Unnamed("workloads", of)
    fields: Mapping[str, Json] = {"metadata": {"annotations": dict(annotations)}}
    for step in reversed(POD_PATHS[workload.kind]):
        fields = {step: dict(fields)}
    return Patch(
        api_version=workload.api_version,
        kind=workload.kind,
        namespace=workload.namespace,
        name=workload.name,
        fields=fields,
    )


def _written(fields: Mapping[str, Mapping[str, Json] | Mapping[str, str] | None]) -> dict[str, Json]:
    return {name: dict(value) for name, value in fields.items() if value is not None and len(value) > 0}


def merged(patches: Iterable[Patch]) -> tuple[Patch, ...]:
    """Join the patches of each object, sorted by kind, namespace and name."""
    found: dict[tuple[str, str, str, str], Patch] = {}
    for patch in patches:
        key = (patch.kind, patch.namespace or "", patch.name, patch.api_version)
        before = found.get(key)
        fields = patch.fields if before is None else _joined(before.fields, patch.fields)
        found[key] = Patch(
            api_version=patch.api_version,
            kind=patch.kind,
            namespace=patch.namespace,
            name=patch.name,
            fields=fields,
        )
    return tuple(found[key] for key in sorted(found))


def _joined(one: Mapping[str, Json], other: Mapping[str, Json]) -> dict[str, Json]:
    joined: dict[str, Json] = dict(one)
    for name, value in other.items():
        before = joined.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping):
            joined[name] = _joined(before, value)
        elif isinstance(before, list) and isinstance(value, list):
            joined[name] = [*before, *(item for item in value if item not in before)]
        else:
            joined[name] = value
    return joined


def component(patches: Iterable[Patch]) -> str:
    """Write a kustomize Component that lays each patch over its object."""
    identity: dict[str, Json] = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "metadata": {"labels": {MANAGED_BY: "meshgen"}},
    }
    written = "".join(
        "  - patch: |\n" + textwrap.indent(dump(_document(patch)), " " * 6) for patch in merged(patches)
    )
    return HEAD + dump(identity) + (f"patches:\n{written}" if written else "patches: []\n")


def _document(patch: Patch) -> dict[str, Json]:
    identity: dict[str, Json] = {"name": patch.name}
    if patch.namespace is not None:
        identity["namespace"] = patch.namespace
    fields = _joined({"metadata": identity}, patch.fields)
    return {"apiVersion": patch.api_version, "kind": patch.kind, **fields}
