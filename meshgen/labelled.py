"""The objects of a cluster that carry our labels: what some intents once asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from meshgen import datafiles
from meshgen.backend import Backend
from meshgen.cluster import FAILED, Cluster, Unanswered
from meshgen.crd.index import Entry
from meshgen.crd.sets import sets_of
from meshgen.crd.store import Store
from meshgen.folder import Owner
from meshgen.manifest import MANAGED_BY, PART_OF


class Labelled(NamedTuple):
    """An object that was written for an intent."""

    api_version: str
    kind: str
    namespace: str
    name: str
    body: Mapping[str, Any]


def emitted(backend: Backend) -> tuple[Entry, ...]:
    """List the kinds that a mesh has a template for, whatever the profile."""
    templates = datafiles.templates()
    files = (path for folder in (templates / backend.name, templates) for path in folder.glob("*.j2"))
    names = {path.name.partition(".")[0] for path in files}
    kinds = Store(sets_of(datafiles.schemas(), backend.profiles)).kinds()
    return tuple(listed.entry for listed in kinds if listed.entry.kind.lower() in names)


def labelled(cluster: Cluster, backend: Backend, owners: Collection[Owner]) -> Iterator[Labelled]:
    """Find the objects of some intents in the namespaces of these; raises Unanswered."""
    for namespace in sorted({owner.namespace for owner in owners}):
        for entry in emitted(backend):
            yield from _of_kind(entry, cluster, namespace, owners)


def _of_kind(entry: Entry, cluster: Cluster, namespace: str, owners: Collection[Owner]) -> Iterator[Labelled]:
    """Ask in the first version that the cluster has; of a kind that it lacks there is no object."""
    versions = map(entry.api_version, entry.versions)
    served = ((version, cluster.served(version, entry.kind)) for version in versions)
    first = next(((version, found.kind) for version, found in served if found is not None), None)
    if first is None:
        return
    api_version, kind = first
    for each in cluster.list(kind, f"{MANAGED_BY}=meshgen", namespace=namespace):
        match each:
            case {"metadata": {"name": str(name), "labels": {**labels}}}:
                if Owner(str(labels.get(PART_OF)), namespace) in owners:
                    body = {**each, "apiVersion": api_version, "kind": entry.kind}
                    yield Labelled(api_version, entry.kind, namespace, name, body)
            case _:
                where = f"{cluster.place}: list {kind} in {namespace}"
                raise Unanswered(FAILED, f"{where}: the answer is no list of labelled objects")
