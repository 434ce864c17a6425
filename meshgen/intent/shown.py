"""What Services and workloads among the inputs show: selectors, ports, accounts, probes, and where."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from meshgen.diagnostics import Span
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Protocol

# Where the pod template lies in each kind of workload.
POD_PATHS: Mapping[str, tuple[str, ...]] = {
    "Pod": (),
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPort:
    """A port of a Service."""

    number: int
    target: str  # number or name of the container port
    protocol: Protocol | None  # by appProtocol, else by the name's prefix; None: it does not say
    transport: str | None  # TCP, UDP or SCTP; None: not written, which is TCP
    app_protocol: str | None
    name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownService:
    """A Service of the inputs."""

    key: ServiceKey
    selector: Mapping[str, str]
    ports: tuple[ShownPort, ...]
    type: str
    is_headless: bool
    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContainerPort:
    """A port that a container declares."""

    number: int
    name: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownProbe:
    """A probe of a container."""

    path: str | None  # of httpGet; None for the others
    kind: str  # path, tcp or grpc
    port: str  # number or name of the container port
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWorkload:
    """Pods as a workload describes them."""

    api_version: str
    kind: str
    namespace: str
    name: str
    labels: Mapping[str, str]  # of the pods
    annotations: Mapping[str, str]  # of the pods
    account: str
    account_span: Span
    ports: tuple[ShownContainerPort, ...]
    probes: tuple[ShownProbe, ...]
    span: Span

    def is_picked_by(self, selector: Mapping[str, str]) -> bool:
        """True where the pods carry every label of a selector."""
        return all(self.labels.get(key) == value for key, value in selector.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Everything that the inputs show beside intents."""

    services: Mapping[ServiceKey, ShownService]
    by_label: Mapping[tuple[str, str, str], tuple[ShownWorkload, ...]]  # by namespace, key and value
    unread: int  # documents that say nothing to us
    unplaced: Collection[tuple[str, str]]  # kind and name of what names no namespace itself

    def pods(self, namespace: str, selector: Mapping[str, str]) -> tuple[ShownWorkload, ...]:
        """Find the workloads whose pods a selector picks; an empty one picks none."""
        candidates = (self.by_label.get((namespace, *pair), ()) for pair in selector.items())
        fewest = min(candidates, key=len, default=())
        return tuple(found for found in fewest if found.is_picked_by(selector))


NOTHING = Shown(services={}, by_label={}, unread=0, unplaced=frozenset())
