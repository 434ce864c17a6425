"""What must be added to Services, namespaces and workloads that are not ours, as patches for kustomize."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from meshgen.intent.keys import ServiceKey
from meshgen.intent.shown import POD_PATHS, ShownWorkload
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
    namespace: str | None  # None: the object is of no namespace
    name: str
    fields: Mapping[str, Json]


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


def on_namespace(name: str, annotations: Mapping[str, str]) -> Patch:
    """Lay annotations over a Namespace."""
    fields: Mapping[str, Json] = {"metadata": {"annotations": dict(annotations)}}
    return Patch(api_version="v1", kind="Namespace", namespace=None, name=name, fields=fields)


def on_pods(pods: Iterable[ShownWorkload], annotations: Mapping[str, str]) -> Iterator[Patch]:
    """Lay annotations over the pods of workloads; a workload that the inputs do not show cannot be named."""
    for workload in pods:
        fields: Mapping[str, Json] = {"metadata": {"annotations": dict(annotations)}}
        for step in reversed(POD_PATHS[workload.kind]):
            fields = {step: dict(fields)}
        yield Patch(
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
