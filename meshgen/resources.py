"""Kubernetes objects as admission and controllers see them, and what is held against one of them."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meshgen.diagnostics import Code, Severity
from meshgen.manifest import MANAGED_BY

Path = tuple[str | int, ...]  # keys and indexes from the root of an object


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Resource:
    """One object in JSON types, its defaults filled in; equal to itself alone."""

    group: str  # empty for the core group
    version: str
    kind: str
    namespace: str  # empty where none is written
    name: str
    body: Mapping[str, Any]

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> Resource:
        """Name an object whose apiVersion, kind and metadata are sound."""
        group, _, version = str(body["apiVersion"]).rpartition("/")
        metadata = body["metadata"]
        return cls(
            group=group,
            version=version,
            kind=body["kind"],
            namespace=metadata.get("namespace") or "",
            name=metadata.get("name") or "",
            body=body,
        )

    @property
    def spec(self) -> Mapping[str, Any]:
        """What the object asks for; empty where it has no `spec`."""
        return self.body.get("spec") or {}

    @property
    def labels(self) -> Mapping[str, str]:
        """The labels of the object itself."""
        return self.body["metadata"].get("labels") or {}

    @property
    def annotations(self) -> Mapping[str, str]:
        """The annotations of the object itself."""
        return self.body["metadata"].get("annotations") or {}

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong in one object, before its place in a file is known."""

    code: Code
    path: Path = ()  # empty: the object as a whole
    message: str  # no full stop; names the value
    hint: str | None = None
    source: str | None = None  # the rule's repository and path
    severity: Severity | None = None  # None: the code's
    of: Resource | None = None  # the object that it speaks of, where several were looked at
    beside: tuple[tuple[str, Resource, Path], ...] = ()  # (what is there, in which object, where)

    @property
    def gravity(self) -> Severity:
        """How grave it is: as it says itself, else as its code does."""
        return self.severity or self.code.severity


class Resources:
    """Every object among the files, found by what it is; what is absent may exist in the cluster."""

    def __init__(self, every: Sequence[Resource], *, unsound: Sequence[Resource] = ()) -> None:
        """Take objects that may be read; of what is `unsound` it is only known that it is there."""
        self.every = tuple(every)
        self._unsound = frozenset((each.group, each.kind, each.namespace) for each in unsound)
        self._by_kind: dict[tuple[str, str], list[Resource]] = defaultdict(list)
        for resource in every:
            self._by_kind[resource.group, resource.kind].append(resource)

    def of(self, group: str, *kinds: str) -> Iterator[Resource]:
        """List the objects of some kinds of a group, in the order of the files."""
        for kind in kinds:
            yield from self._by_kind.get((group, kind), ())

    def find(self, group: str, kind: str, namespace: str, name: str) -> Resource | None:
        """Find one object, or None."""
        return self._by_name.get((group, kind, namespace, name))

    @functools.cached_property
    def _by_name(self) -> Mapping[tuple[str, str, str, str], Resource]:
        return {(each.group, each.kind, each.namespace, each.name): each for each in self.every}

    @functools.cached_property
    def service_namespaces(self) -> frozenset[str]:
        """Name the namespaces of which the files hold Services: elsewhere an absent one tells nothing.

        Services that were generated stand beside others that were not, and so tell nothing either; nor
        does a namespace with an unsound one, which may be the one that is missed.
        """
        return frozenset(
            each.namespace
            for each in self.of("", "Service")
            if each.labels.get(MANAGED_BY) != "meshgen" and not self.is_hidden("", "Service", each.namespace)
        )

    def is_hidden(self, group: str, kind: str, namespace: str) -> bool:
        """Tell whether what is missed may be there: an unsound object of its kind stands in the namespace."""
        return (group, kind, namespace) in self._unsound


# What runs pods. No schema describes these kinds here, so nothing in them is taken for granted.
WORKLOADS = (
    ("", "Pod"),
    *(("apps", kind) for kind in ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")),
    ("batch", "Job"),
)


def pod_labels(workload: Resource) -> Mapping[str, str]:
    """Read the labels of the pods that a workload runs, as far as they are sound."""
    path = ("metadata",) if workload.kind == "Pod" else ("spec", "template", "metadata")
    labels = functools.reduce(_member, (*path, "labels"), workload.body)
    pairs = labels.items() if isinstance(labels, Mapping) else ()
    return {key: value for key, value in pairs if isinstance(value, str)}


def _member(body: Any, key: str) -> Any:
    return body.get(key) if isinstance(body, Mapping) else None


def spell(path: Path) -> str:
    """Write a path as the file reads: `spec.http[0].match`, `metadata.labels["a.b/c"]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif not (step.replace("-", "_").isidentifier() and step.isascii()):
            text += f'["{step}"]'
        else:
            text += f".{step}" if text else step
    return text
