"""What exists beside intents and mesh objects: the Services and pods that requests come from and go to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import ToPod, ToService


@dataclass(frozen=True, slots=True, kw_only=True)
class Pod:
    """One pod that stands for all that are alike."""

    namespace: str
    name: str  # as people call it, unique in its world: `reviews-v1`
    labels: Mapping[str, str]
    account: Account
    version: str | None = None  # the version of a service that it is, for meshes that read it from no label
    annotations: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)  # container ports by name
    is_shown: bool = False  # True: it is known to have no other container ports

    @property
    def title(self) -> str:
        """How outcomes name it."""
        return f"{self.namespace}/{self.name}"

    def is_picked_by(self, selector: Mapping[str, str]) -> bool:
        """True where it carries every label of a selector."""
        return all(self.labels.get(key) == value for key, value in selector.items())


class Pods:
    """Pods that selectors pick, in time that does not grow with the rest of the world."""

    def __init__(self, pods: Iterable[Pod]) -> None:
        self._by_label: dict[tuple[str, str, str], list[Pod]] = {}
        for pod in pods:
            for label in pod.labels.items():
                self._by_label.setdefault((pod.namespace, *label), []).append(pod)

    def picked(self, namespace: str, selector: Mapping[str, str]) -> tuple[Pod, ...]:
        """List the pods that carry every label of a selector; an empty one picks none."""
        candidates = (self._by_label.get((namespace, *label), []) for label in selector.items())
        fewest: list[Pod] = min(candidates, key=len, default=[])
        return tuple(pod for pod in fewest if pod.is_picked_by(selector))


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port of a Service."""

    number: int
    target: int | str  # container port by number or name
    protocol: Protocol
    name: str = ""
    declared: Protocol | None = None  # what the Service says of it; None: nothing that is known to differ


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Service that callers address."""

    key: ServiceKey
    selector: Mapping[str, str]
    ports: tuple[Port, ...]
    is_headless: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def port(self, number: int) -> Port | None:
        """Find a port by its number, or None."""
        return next((port for port in self.ports if port.number == number), None)


@dataclass(frozen=True, kw_only=True)
class World:
    """All of it; `services` and `pods` do not change while a request is under way."""

    services: Mapping[ServiceKey, Service]
    pods: Mapping[str, Pod]  # by title
    trust_domain: str = "cluster.local"
    cluster_domain: str = "cluster.local"

    def pods_of(self, service: Service, extra: Mapping[str, str] | None = None) -> tuple[Pod, ...]:
        """List the pods behind a Service, those alone with `extra` labels too; without selector none."""
        if not service.selector:
            return ()
        return self.index.picked(service.key.namespace, {**service.selector, **(extra or {})})

    @cached_property
    def index(self) -> Pods:
        """Give the pods as selectors pick them."""
        return Pods(self.pods.values())

    @cached_property
    def fronting(self) -> Mapping[str, Sequence[Service]]:
        """Name the Services that pick a pod, by its title; pods that none picks are not there."""
        found: dict[str, list[Service]] = {}
        for service in self.services.values():
            for pod in self.pods_of(service):
                found.setdefault(pod.title, []).append(service)
        return found

    @cached_property
    def services_of(self) -> Mapping[Account, tuple[ServiceKey | None, ...]]:
        """Name the services whose pods run as an account; None stands for pods that no Service picks."""
        found: dict[Account, dict[ServiceKey | None, None]] = {}
        for service in self.services.values():
            for pod in self.pods_of(service):
                found.setdefault(pod.account, {})[service.key] = None
        for pod in self.pods.values():
            found.setdefault(pod.account, {None: None})
        return {account: tuple(keys) for account, keys in found.items()}

    def host_of(self, key: ServiceKey) -> str:
        """Give the whole name by which pods call a Service."""
        return f"{key.name}.{key.namespace}.svc.{self.cluster_domain}"

    def container_port(self, pod: Pod, target: int | str) -> int | None:
        """Give the number of a container port; None where the pod has no port of that name."""
        return target if isinstance(target, int) else pod.ports.get(target)

    def place(self, to: ToService | ToPod) -> str:
        """Name where a call goes, for people."""
        return f"{to.service}:{to.port}" if isinstance(to, ToService) else f"pod {to.pod}:{to.port}"
