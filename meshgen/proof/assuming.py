"""The world in which what a translation requires is done: its patches laid over Services and pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from meshgen.backend import Backend
from meshgen.diagnostics import Span
from meshgen.gaps import gaps
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.world import Pod, Port, Service, World
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.intent.show import protocol_of
from meshgen.intent.shown import Shown, ShownPort, ShownService, ShownWorkload
from meshgen.patches import Patch
from meshgen.profile import Profile
from meshgen.support import Use

_NOWHERE = Span("", 0, 0)


def assuming(world: World, meant: ResolvedSet, backend: Backend, profile: Profile) -> World:
    """Do to a world what requirements ask of it, whether the inputs show its workloads or not.

    Those that a profile says to hold are done alike, so that it is one world whoever says so.
    """
    asked = gaps(meant, backend, replace(profile, holds=frozenset()))
    found = [gap for gap in asked if gap.row.requires]
    if not found:
        return world
    shown = _shown(world)
    for gap in found:
        use = _over(gap.use, shown)
        for requirement in gap.row.requires:
            for answer in () if requirement.patches is None else requirement.patches(use):
                world = _patched(world, answer) if isinstance(answer, Patch) else world
    return world


def _shown(world: World) -> Shown:
    """Show the Services of a world, and every pod as a workload of its own."""
    by_label: dict[tuple[str, str, str], list[ShownWorkload]] = {}
    for pod in world.pods.values():
        workload = _workload(pod)
        for key, value in pod.labels.items():
            by_label.setdefault((pod.namespace, key, value), []).append(workload)
    found = {label: tuple(workloads) for label, workloads in by_label.items()}
    services = {key: _shown_service(service) for key, service in world.services.items()}
    return Shown(services=services, by_label=found, unread=0, unplaced=frozenset())


def _shown_service(service: Service) -> ShownService:
    return ShownService(
        key=service.key,
        selector=service.selector,
        ports=tuple(map(_shown_port, service.ports)),
        type="ClusterIP",
        is_headless=service.is_headless,
        annotations=service.annotations,
        labels=service.labels,
        span=_NOWHERE,
    )


def _shown_port(port: Port) -> ShownPort:
    return ShownPort(
        number=port.number,
        target=str(port.target),
        protocol=port.declared,
        transport=None,
        app_protocol=None,
        name=port.name,
        span=_NOWHERE,
    )


def _workload(pod: Pod) -> ShownWorkload:
    return ShownWorkload(
        api_version="v1",
        kind="Pod",
        namespace=pod.namespace,
        name=pod.name,
        labels=pod.labels,
        annotations=pod.annotations,
        account=pod.account.name,
        account_span=_NOWHERE,
        ports=(),
        probes=(),
        span=_NOWHERE,
    )


def _over(use: Use, shown: Shown) -> Use:
    services = {key: _with_pods(service, shown) for key, service in use.set.services.items()}
    service = None if use.service is None else services[use.service.key]
    return replace(use, service=service, set=replace(use.set, services=services, shown=shown))


def _with_pods(service: ResolvedService, shown: Shown) -> ResolvedService:
    own = shown.pods(service.key.namespace, service.selector)
    apart = (version.selector for version in service.versions.values() if version.has_own_selector)
    versions = (pod for selector in apart for pod in shown.pods(service.key.namespace, selector))
    pods = {pod.name: pod for pod in (*own, *versions)}
    return replace(service, pods=tuple(pods.values()), shown=shown.services.get(service.key))


def _patched(world: World, patch: Patch) -> World:
    metadata: Mapping[str, Any] = patch.fields.get("metadata", {})  # type: ignore[assignment]  # as objects have it
    notes, labels = metadata.get("annotations", {}), metadata.get("labels", {})
    match patch.kind:
        case "Service":
            key = ServiceKey(str(patch.namespace), patch.name)
            service = world.services.get(key)
            if service is None:
                return world
            changed = replace(
                service,
                annotations={**service.annotations, **notes},
                labels={**service.labels, **labels},
                ports=tuple(_declared(service.ports, patch)),
            )
            return replace(world, services={**world.services, key: changed})
        case "Namespace":
            pods = (pod for pod in world.pods.values() if pod.namespace == patch.name)
            return _noted(world, ((pod, {**notes, **pod.annotations}) for pod in pods))
        case _:
            pod = world.pods[f"{patch.namespace}/{patch.name}"]
            return _noted(world, ((pod, {**pod.annotations, **notes}),))


def _declared(ports: Iterable[Port], patch: Patch) -> Iterator[Port]:
    """Say of ports what a patch declares; what they speak stays as it is."""
    spec: Mapping[str, Any] = patch.fields.get("spec", {})  # type: ignore[assignment]  # as objects have it
    said = {each["port"]: each["appProtocol"] for each in spec.get("ports", ())}
    for port in ports:
        is_said = port.number in said
        yield replace(port, declared=protocol_of("", said[port.number])) if is_said else port


def _noted(world: World, changed: Iterable[tuple[Pod, Mapping[str, str]]]) -> World:
    found = {pod.title: replace(pod, annotations=notes) for pod, notes in changed}
    return replace(world, pods={**world.pods, **found})
