"""Which pods Consul knows under which service, and at which port."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.consul.read.filters import Fields, Filter
from meshgen.backends.consul.read.names import Name, Naming
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.world import Pod, Service, World

_DOMAIN = "consul.hashicorp.com"


class Instance(NamedTuple):
    """A pod as the registry has it."""

    pod: Pod
    port: int  # the one container port that is in the mesh; 0: it only calls
    service: Name
    fields: Fields  # that filters ask about

    @property
    def place(self) -> tuple[Pod, int]:
        """Say where requests arrive."""
        return self.pod, self.port


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """All instances of a world."""

    services: Mapping[Name, tuple[Instance, ...]]
    pods: Mapping[str, Instance]  # by title; a pod that is not here is not in the mesh
    behind: Mapping[ServiceKey, tuple[Instance, ...]]  # whoever picks them, registered there or not

    @classmethod
    def of(cls, world: World, naming: Naming, redirected: Collection[Name]) -> Registry:
        """Register each pod under one service; `redirected` ones need no instances of their own."""
        pods = dict[str, Instance]()
        picked = {key: world.pods_of(each) for key, each in world.services.items()}
        for pod, candidates in _candidates(world, picked).items():
            described = world.pods[pod]
            service = min(candidates, key=lambda each: _rank(described, each, naming, redirected))
            instance = _instance(world, naming, described, service)
            if instance is not None:
                pods[pod] = instance
        services: dict[Name, list[Instance]] = {}
        for instance in pods.values():
            services.setdefault(instance.service, []).append(instance)
        return cls(
            services={name: tuple(every) for name, every in services.items()},
            pods=pods,
            behind={
                key: tuple(pods[pod.title] for pod in every if pod.title in pods)
                for key, every in picked.items()
            },
        )

    def pool(self, service: Name, taken: Filter | None) -> tuple[Instance, ...]:
        """List the instances of a service, or of a subset of it."""
        every = self.services.get(service, ())
        return every if taken is None else tuple(one for one in every if taken.takes(one.fields))


def _candidates(world: World, picked: Mapping[ServiceKey, tuple[Pod, ...]]) -> Mapping[str, list[Service]]:
    """List the Services that would register each pod."""
    # hashicorp/consul-k8s control-plane/connect-inject/controllers/endpoints: service-ignore
    found: dict[str, list[Service]] = {}
    for service in world.services.values():
        if service.labels.get(f"{_DOMAIN}/service-ignore") != "true":
            for pod in picked[service.key]:
                found.setdefault(pod.title, []).append(service)
    return found


_Rank = tuple[bool, bool, bool, bool, int, ServiceKey]


def _rank(pod: Pod, service: Service, naming: Naming, redirected: Collection[Name]) -> _Rank:
    """Order the Services of a pod; but for one all must be ignored, and it is the one that stands for it."""
    is_only_calling = not service.ports
    is_redirected = naming.name(*service.key) in redirected
    is_named_so = pod.account.name == service.key.name  # consul-k8s connect-init asks for it under ACLs
    return (
        is_only_calling,
        is_redirected,
        service.is_headless,
        not is_named_so,
        len(service.selector),
        service.key,
    )


def _instance(world: World, naming: Naming, pod: Pod, service: Service) -> Instance | None:
    port = world.container_port(pod, service.ports[0].target) if service.ports else 0
    if port is None:
        return None
    written = pod.annotations.get(f"{_DOMAIN}/connect-service")
    name = naming.name(pod.namespace, written or service.key.name)
    return Instance(pod, port, name, dict(_fields(pod, name)))


def _fields(pod: Pod, service: Name) -> Iterator[tuple[tuple[str, ...], str | tuple[str, ...]]]:
    """Say what filters may ask of an instance."""
    # hashicorp/consul-k8s control-plane/connect-inject/controllers/endpoints: createServiceRegistrations
    meta = {
        "k8s-namespace": pod.namespace,
        "k8s-service-name": service.name,
        "managed-by": "consul-k8s-endpoints-controller",
        "pod-name": pod.name,
    }
    if pod.version is not None:
        meta["version"] = pod.version
    for key, value in pod.annotations.items():
        if key.startswith(f"{_DOMAIN}/service-meta-"):
            meta[key.removeprefix(f"{_DOMAIN}/service-meta-")] = value.replace("$POD_NAME", pod.name)
    for key, value in meta.items():
        yield ("Service", "Meta", key), value
    yield ("Service", "Meta"), tuple(meta)
    yield ("Service", "Service"), service.name
    tags = pod.annotations.get(f"{_DOMAIN}/service-tags", "")
    yield ("Service", "Tags"), tuple(tags.split(",")) if tags else ()


def excluded_ports(pod: Pod) -> frozenset[int]:
    """List the container ports that are kept out of the proxy."""
    # hashicorp/consul-k8s control-plane/connect-inject/constants/annotations_and_labels.go
    written = pod.annotations.get(f"{_DOMAIN}/transparent-proxy-exclude-inbound-ports", "")
    return frozenset(int(port) for port in written.split(",") if port.strip().isdecimal())
