"""A mesh as a value: its profiles, its capability table, its limits and its plan; found by folder."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from meshgen.ambient import Default
from meshgen.diagnostics import Diagnostic
from meshgen.intent.access import Mode
from meshgen.intent.features import Located
from meshgen.intent.model import MeshIntent
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.intent.resolved import ResolvedSet
from meshgen.manifest import MANAGED_BY, PART_OF, Meta, Plan
from meshgen.profile import Blocks, Profile
from meshgen.resources import Complaint, Resource, Resources
from meshgen.seen import Detection
from meshgen.support import Capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Everything that meshgen knows of one mesh."""

    name: str  # of its folder, its templates and its schemas
    title: str  # how its users spell it
    versions: tuple[str, ...]  # that are known, oldest first
    gateway_apis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by mesh version, oldest first
    profiles: tuple[Profile, ...]  # built in; the first is what the backend's name means
    block: type[Located] | None  # its own block of a MeshProfile, under the key of the same name
    domains: tuple[str, ...]  # its API groups; label and annotation keys of these stay with the intent
    table: Callable[[], Capabilities]  # of who carries what
    ambient: Callable[[Profile], tuple[Default, ...]]  # what is in force where nothing is written
    unwritten_mode: Callable[[Profile], Mode]  # what ports admit where nobody writes a mode
    limits: Callable[[ResolvedSet, Profile], Iterable[Diagnostic]]  # relations between fields
    plan: Callable[[ResolvedSet, Profile], tuple[Plan, ...]]  # in an order that is safe to apply
    detection: Detection  # how a live cluster shows it
    admission: Callable[[Resource, Profile], Iterable[Complaint]]  # what is refused of one object
    coherence: Callable[[Resources, Profile], Iterable[Complaint]]  # and of several together
    evaluator: Callable[
        [Resources, World, Profile], Evaluator
    ]  # what becomes of requests, by manifests alone
    unmodelled: Callable[
        [Resources], Iterable[Complaint]
    ]  # what decides about requests and is not understood

    @property
    def capabilities(self) -> Capabilities:
        """Who carries what."""
        return self.table()

    def owns(self, group: str) -> bool:
        """Tell whether an API group, or a domain of labels, is the mesh's own."""
        return is_below(group, self.domains)


def late(module: str, name: str) -> Callable[..., Any]:
    """Name a function of a backend whose module is imported when it is called first.

    Plans, tables and rules of one mesh take 50 ms to import, and most commands need few of them.
    """

    def call(*arguments: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*arguments)

    return call


def backends() -> tuple[Backend, ...]:
    """Load every backend, in the order of their names."""
    return tuple(backend(name) for name in backend_names())


def backend_names() -> tuple[str, ...]:
    """List the folders below `backends/`, without importing them."""
    folder = Path(__file__).parent / "backends"
    return tuple(sorted(path.parent.name for path in folder.glob("*/__init__.py")))


def backend(name: str) -> Backend:
    """Load one backend by the name of its folder."""
    found = importlib.import_module(f"meshgen.backends.{name}").BACKEND
    assert isinstance(found, Backend)
    return found


def blocks(known: Iterable[Backend]) -> Blocks:
    """List what each backend adds to a MeshProfile, under its own key."""
    return tuple((each.name, each.block) for each in known if each.block is not None)


# Kubernetes' own keys and ours describe the intent, not what is generated from it.
_OWN_DOMAINS = ("kubernetes.io", "k8s.io", "meshgen.dev")


def meta(
    intent: MeshIntent,
    name: str,
    *,
    domains: tuple[str, ...],
    annotations: tuple[tuple[str, str], ...] = (),
    namespace: str | None = None,
) -> Meta:
    """Name an object of an intent and give it the intent's labels and annotations, sorted by key.

    `annotations` are the object's own and win; `namespace` is the intent's unless given.
    """
    ours = {MANAGED_BY: "meshgen", PART_OF: intent.metadata.name}
    labels = {**_copied(intent.metadata.labels or {}, domains), **ours}
    noted = {**_copied(intent.metadata.annotations or {}, domains), **dict(annotations)}
    return Meta(
        name=name,
        namespace=namespace or intent.metadata.namespace,
        labels=tuple(sorted(labels.items())),
        annotations=tuple(sorted(noted.items())),
    )


def _copied(pairs: Mapping[str, str], domains: tuple[str, ...]) -> dict[str, str]:
    kept = (*_OWN_DOMAINS, *domains)
    return {key: value for key, value in pairs.items() if not is_below(key.rpartition("/")[0], kept)}


def is_below(domain: str, domains: tuple[str, ...]) -> bool:
    """Tell whether a domain is one of some domains, or below one."""
    return any(domain == known or domain.endswith(f".{known}") for known in domains)
