"""Manifests against a cluster: what applying them would change there, object by object."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import takewhile, zip_longest
from typing import Any, NamedTuple

from meshgen.backend import Backend
from meshgen.cluster import CONNECTIONS, FAILED, Cluster, Refusal, Served, Unanswered
from meshgen.delivered import unmarked, without_dropped
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.dryrun import absent
from meshgen.folder import Owner
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedSet
from meshgen.jsontypes import to_json
from meshgen.labelled import Labelled, labelled
from meshgen.manifest import Manifest
from meshgen.output import as_node
from meshgen.refusals import refused
from meshgen.resources import Complaint, Path, spell
from meshgen.scalars import Json

_Kind = tuple[str, str]  # apiVersion and kind, as an object says them

KUBECTL = "kubectl"  # as kubectl apply --server-side calls itself

_OF_THE_SERVER = ("managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink")


class Verdict(enum.Enum):
    """What becomes of an object when the manifests are applied."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT_OVER = "left-over"  # nothing, since no manifest asks for it any longer


class Change(NamedTuple):
    """One field of an object; None where it is not there."""

    path: Path
    old: Json
    new: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What would become of one object."""

    api_version: str
    kind: str
    namespace: str
    name: str
    verdict: Verdict
    changes: tuple[Change, ...] = ()  # of fields, where the object is changed
    there: Mapping[str, Any] | None = None  # the object in the cluster
    applied: Mapping[str, Any] | None = None  # and as it would be

    @property
    def title(self) -> str:
        """Name the object for people."""
        return f"{self.kind} {self.namespace}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What was rendered: of which intents, for which mesh, and who would apply it."""

    intents: Sequence[MeshIntent]
    meant: ResolvedSet  # by them
    backend: Backend
    manifests: Sequence[Manifest]
    manager: str


def differences(side: Side, cluster: Cluster, *, findings: Findings) -> tuple[Difference, ...]:
    """Compare what a cluster has with what it would have, by a dry run of server-side apply.

    None where one object cannot be compared: half an answer would look like a whole one. Fields that another
    manager added stay, and so are no difference. Reports MG402, MG769, MG770, MG772 and MG773; raises
    Unanswered.
    """
    kinds = {_kind_of(each): cluster.served(*_kind_of(each)) for each in side.manifests}
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        compared = tuple(pool.map(partial(_compared, cluster, kinds, side.manager), side.manifests))
    found = tuple(each for each in compared if isinstance(each, Difference))
    findings.extend(_against(each for each in compared if isinstance(each, _Against)))
    return (*found, *_left_over(side, cluster)) if len(found) == len(compared) else ()


def _kind_of(manifest: Manifest) -> _Kind:
    return manifest.api_version, manifest.kind


class _Against(NamedTuple):
    """Why nobody knows what would become of an object."""

    title: str
    complaints: tuple[Complaint, ...]


def _compared(
    cluster: Cluster, kinds: Mapping[_Kind, Served | None], manager: str, manifest: Manifest
) -> Difference | _Against:
    served = kinds[_kind_of(manifest)]
    if served is None:
        return _Against(manifest.title, (absent(manifest.api_version, manifest.kind),))
    node = as_node(manifest)
    wanted = to_json(node)
    live = cluster.find(served.kind, manifest.namespace, manifest.name)
    answer = cluster.dry_run(served, wanted, manager=manager, is_forced=True)
    if isinstance(answer, Refusal):
        return _Against(manifest.title, tuple(refused(node, answer)))
    asked = f"{cluster.place}: compare {manifest.title}"
    would = _kept(answer.body, asked)
    if live is None:
        return _difference(manifest, Verdict.CREATED, there=None, applied=would)
    was = _kept(live, asked)
    would = without_dropped(would, live, wanted) if manager == KUBECTL else would
    changes = tuple(_changes(was, would))
    verdict = Verdict.CHANGED if changes else Verdict.UNCHANGED
    return _difference(manifest, verdict, changes, there=was, applied=would)


def _difference(
    manifest: Manifest,
    verdict: Verdict,
    changes: tuple[Change, ...] = (),
    *,
    there: Mapping[str, Any] | None,
    applied: Mapping[str, Any],
) -> Difference:
    return Difference(
        api_version=manifest.api_version,
        kind=manifest.kind,
        namespace=manifest.namespace,
        name=manifest.name,
        verdict=verdict,
        changes=changes,
        there=there,
        applied=applied,
    )


def _kept(body: Mapping[str, Any], asked: str) -> dict[str, Any]:
    """Leave out what servers and deliverers note for themselves."""
    match body:
        case {"metadata": {"name": str()} as metadata}:
            ours = {key: value for key, value in metadata.items() if key not in _OF_THE_SERVER}
            kept = {key: value for key, value in body.items() if key != "status"}
            return {**kept, "metadata": unmarked(ours)}
        case _:
            raise Unanswered(FAILED, f"{asked}: the answer is no object")


def _changes(old: Json, new: Json) -> Iterator[Change]:
    """Walk two values together, without recursion: nobody knows how deep an object of a cluster is."""
    pending: list[Change] = [Change((), old, new)]
    while pending:
        change = pending.pop()
        if change.old == change.new:
            continue
        match change.old, change.new:
            case dict() as was, dict() as would:
                keys = sorted({*was, *would}, reverse=True)
                pending.extend(Change((*change.path, key), was.get(key), would.get(key)) for key in keys)
            case list() as was, list() as would:
                pending.extend(reversed([*_items(change.path, was, would)]))
            case _:
                yield change


def _items(path: Path, was: list[Json], would: list[Json]) -> Iterator[Change]:
    """Pair the items between those that both lists begin and end with."""
    before = _alike(was, would)
    behind = _alike(was[before:][::-1], would[before:][::-1])
    pairs = zip_longest(was[before : len(was) - behind], would[before : len(would) - behind])
    yield from (Change((*path, index), *pair) for index, pair in enumerate(pairs, start=before))


def _alike(was: list[Json], would: list[Json]) -> int:
    pairs = zip(was, would, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _against(those: Iterable[_Against]) -> Iterator[Diagnostic]:
    """One cause is one finding, which lists its objects."""
    titles: dict[Complaint, list[str]] = {}
    for title, complaints in those:
        for complaint in complaints:
            titles.setdefault(complaint, []).append(title)
    for complaint, of in titles.items():
        yield Diagnostic(
            code=complaint.code,
            message=f"{', '.join(of)}: {complaint.message}",
            severity=complaint.gravity,
            field=spell(complaint.path) or None,
            hint=complaint.hint,
        )


def _left_over(side: Side, cluster: Cluster) -> Iterator[Difference]:
    """Find what was written for these intents, and is not among the manifests."""
    owners = {Owner(each.metadata.name, each.metadata.namespace) for each in side.intents}
    wanted = {(_group(each), each.kind, each.namespace, each.name) for each in side.manifests}
    for found in labelled(cluster, side.backend, owners):
        if (_group(found), found.kind, found.namespace, found.name) not in wanted:
            yield Difference(
                api_version=found.api_version,
                kind=found.kind,
                namespace=found.namespace,
                name=found.name,
                verdict=Verdict.LEFT_OVER,
                there=found.body,
                applied=found.body,  # applying takes nothing away
            )


def _group(each: Manifest | Labelled) -> str:
    """Name the group: an object of another version is the same one."""
    return each.api_version.rpartition("/")[0]
