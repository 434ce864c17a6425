"""The world that an intent speaks of: its Services, and one pod for all that are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.destinations import mirrored
from meshgen.intent.outcome.picking import pods_behind
from meshgen.intent.outcome.world import Pod, Pods, Port, Service, World
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServicePort, ServiceVersion, ToOther
from meshgen.intent.shown import Shown, ShownPort, ShownService

UNLISTED = "(unlisted)"  # a name that nothing in a cluster can have
_MADE_UP = 20_001  # the first number of container ports of which only the name is known


def world_of(resolved: ResolvedSet, *, trust_domain: str, cluster_domain: str) -> World:
    """Make up the Services and pods of a set, after what Services and workloads show of them.

    Services that are generated for versions come with the manifests. Beside the pods of services each
    namespace has one that none of them picks.
    """
    services = {service.key: service for service in _services(resolved)}
    pods: dict[str, Pod] = {}
    for pod in _pods(resolved, services):
        # A version may give its pods the name of another service; `.` is in no name of either.
        other = replace(pod, name=f"{pod.name}.pods") if pod.title in pods else pod
        pods[other.title] = other
    return World(
        services=services,
        pods={pod.title: pod for pod in _with_ports(resolved, tuple(pods.values()))},
        trust_domain=trust_domain,
        cluster_domain=cluster_domain,
    )


def _services(resolved: ResolvedSet) -> Iterator[Service]:
    """List what exists beside generated manifests; where a key comes twice the later one holds."""
    yield from _targets(resolved)
    for service in resolved.services.values():
        for version in service.versions.values():
            if not version.is_service_created:
                key = ServiceKey(service.key.namespace, version.service)
                selector = _version_labels(service, version, resolved.shown)
                yield replace(_service(service), key=key, selector=selector, labels={}, annotations={})
    yield from map(_shown_service, resolved.shown.services.values())
    yield from map(_service, resolved.services.values())


def _targets(resolved: ResolvedSet) -> Iterator[Service]:
    """Make up the Services outside the set to which routes and mirrors lead, always by a port's number."""
    ports: dict[ServiceKey, set[int]] = {}
    for key, number in _outside(resolved):
        ports.setdefault(key, set()).add(number)
    for key, numbers in ports.items():
        made_up = tuple(_http(number) for number in sorted(numbers))
        yield Service(key=key, selector={"app": key.name}, ports=made_up)


def _http(number: int) -> Port:
    return Port(number=number, target=number, protocol=Protocol.HTTP, name=f"http-{number}")


def _outside(resolved: ResolvedSet) -> Iterator[tuple[ServiceKey, int]]:
    known = _of_versions(resolved) | resolved.services.keys()
    ends = (
        to
        for service in resolved.services.values()
        for route in service.routes
        for to in (route.destination, mirrored(route.mirror, service.key.namespace))
    )
    for to in ends:
        if isinstance(to, ToOther) and to.key not in known and isinstance(to.port, int):
            yield to.key, to.port


def _of_versions(resolved: ResolvedSet) -> frozenset[ServiceKey]:
    return frozenset(
        ServiceKey(service.key.namespace, version.service)
        for service in resolved.services.values()
        for version in service.versions.values()
    )


def _service(service: ResolvedService) -> Service:
    shown = service.shown
    written = {} if shown is None else {port.number: port for port in shown.ports}
    ports = tuple(
        _port(port, port.number, written.get(port.number))
        for port in service.service_ports
        if port.number is not None
    )
    unlisted = () if shown is None else _shown_ports(shown)
    numbers = {port.number for port in ports}
    return Service(
        key=service.key,
        selector=service.selector,
        ports=(*ports, *(port for port in unlisted if port.number not in numbers)),
        is_headless=service.written.headless is not None,
        labels={} if shown is None else shown.labels,
        annotations={} if shown is None else shown.annotations,
    )


def _port(port: ServicePort, number: int, shown: ShownPort | None) -> Port:
    return Port(
        number=number,
        target=port.target,
        protocol=port.protocol,
        name=port.name if shown is None else shown.name,
        declared=None if shown is None else shown.protocol,
    )


def _shown_service(shown: ShownService) -> Service:
    return Service(
        key=shown.key,
        selector=shown.selector,
        ports=tuple(_shown_ports(shown)),
        is_headless=shown.is_headless,
        labels=shown.labels,
        annotations=shown.annotations,
    )


def _shown_ports(shown: ShownService) -> Iterator[Port]:
    for port in shown.ports:
        if port.transport in (None, "TCP"):
            target = int(port.target) if port.target.isdecimal() else port.target
            protocol = port.protocol or Protocol.TCP
            yield Port(number=port.number, target=target, protocol=protocol, name=port.name)


def _pods(resolved: ResolvedSet, services: Mapping[ServiceKey, Service]) -> Iterator[Pod]:
    """List pods that no other pod is like: those of services, of others that are called, and of nobody."""
    known: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for pod in (*_own(resolved), *_others(resolved, services)):
        identity = (pod.namespace, frozenset(pod.labels.items()))
        if identity not in known:
            known.add(identity)
            yield pod
    namespaces = {key.namespace for key in services} | {wide.namespace for wide in resolved.wide}
    for namespace in sorted(namespaces):
        yield Pod(namespace=namespace, name=UNLISTED, labels={}, account=Account(namespace, UNLISTED))


def _own(resolved: ResolvedSet) -> Iterator[Pod]:
    own_first = sorted(resolved.services.items(), key=lambda pair: pair[1].written.pods_of is not None)
    for key, service in own_first:
        for version in service.versions.values():
            yield _pod(
                ServiceKey(key.namespace, f"{key.name}-{version.name}"),
                _version_labels(service, version, resolved.shown),
                version.account,
                resolved.shown,
                version=version.name,
            )
        if not service.versions and service.written.pods_of is None:
            yield _pod(key, service.selector, service.account, resolved.shown)


def _version_labels(service: ResolvedService, version: ServiceVersion, shown: Shown) -> Mapping[str, str]:
    """Name the labels of a version's pods, which a Service that exists may be the only one to know."""
    if version.is_service_created or version.selector != service.selector:
        return version.selector
    existing = shown.services.get(ServiceKey(service.key.namespace, version.service))
    return {**version.selector, **({"version": version.name} if existing is None else existing.selector)}


def _others(resolved: ResolvedSet, services: Mapping[ServiceKey, Service]) -> Iterator[Pod]:
    known = _of_versions(resolved) | resolved.services.keys()
    for key, service in services.items():
        if key not in known and service.selector:
            yield _pod(key, service.selector, Account(key.namespace, key.name), resolved.shown)


def _pod(
    key: ServiceKey, labels: Mapping[str, str], account: Account, shown: Shown, *, version: str | None = None
) -> Pod:
    """Describe pods with some labels, and with all that every workload shows behind which they are."""
    workloads = shown.pods(key.namespace, labels)
    return Pod(
        namespace=key.namespace,
        name=key.name,
        labels={**_common([each.labels for each in workloads]), **labels},
        account=account,
        version=version,
        annotations=_common([each.annotations for each in workloads]),
        ports={port.name or str(port.number): port.number for each in workloads for port in each.ports},
        is_shown=bool(workloads),
    )


def _common(every: Sequence[Mapping[str, str]]) -> Mapping[str, str]:
    """Keep the pairs that all have."""
    first = every[0] if every else {}
    return {key: value for key, value in first.items() if all(each.get(key) == value for each in every)}


def _with_ports(resolved: ResolvedSet, pods: tuple[Pod, ...]) -> Iterator[Pod]:
    """Give pods the container ports of which services speak; where only a name is known, made-up numbers."""
    index = Pods(pods)
    spoken: dict[str, set[str]] = {}
    for service in resolved.services.values():
        for pod in pods_behind(service, index):
            spoken.setdefault(pod.title, set()).update(_spoken(service))
    taken = {int(name) for names in spoken.values() for name in names if name.isdecimal()}
    free = (number for number in range(_MADE_UP, 65_000) if number not in taken)
    made = dict(zip(sorted({name for names in spoken.values() for name in names}), free, strict=False))
    for pod in pods:
        shown = set(map(str, pod.ports.values()))
        names = sorted(spoken.get(pod.title, set()) - shown - pod.ports.keys())
        numbers = {name: int(name) if name.isdecimal() else made[name] for name in names}
        yield replace(pod, ports={**pod.ports, **numbers})


def _spoken(service: ResolvedService) -> Iterable[str]:
    """Name the container ports that a service lists by name or for itself, and those of its probes."""
    listed = (port.target for port in service.ports if port.number is None or isinstance(port.target, str))
    probed = (probe.port for probe in service.probes if probe.port is not None)
    return (str(port) for port in (*listed, *probed))
