"""What exists beside intents and mesh objects: the Services and pods that requests come from and go to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All of it; `services` and `pods` do not change while a request is under way."""

    services: Mapping[ServiceKey, Service]
    pods: Mapping[str, Pod]  # by title
    trust_domain: str = "cluster.local"
    cluster_domain: str = "cluster.local"

    def pods_of(self, service: Service, extra: Mapping[str, str] | None = None) -> tuple[Pod, ...]:
        """List the pods behind a Service, those alone with `extra` labels too; without selector none."""
        wanted = {**service.selector, **(extra or {})}
        same = (pod for pod in self.pods.values() if pod.namespace == service.key.namespace)
        return tuple(pod for pod in same if service.selector and pod.is_picked_by(wanted))

    def container_port(self, pod: Pod, target: int | str) -> int | None:
        """Give the number of a container port; None where the pod has no port of that name."""
        return target if isinstance(target, int) else pod.ports.get(target)

    def place(self, to: ToService | ToPod) -> str:
        """Name where a call goes, for people."""
        return f"{to.service}:{to.port}" if isinstance(to, ToService) else f"pod {to.pod}:{to.port}"
