"""What Consul asks of Services and pods that are not ours, as patches."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.capabilities.axes import EXCLUDED, IGNORE, META_VERSION, service_of, version_of
from meshgen.backends.consul.plan.names import subsets
from meshgen.intent.keys import ServiceKey
from meshgen.intent.resolved import ResolvedService
from meshgen.intent.shown import ShownWorkload
from meshgen.patches import Patch, Unnamed, on_pod, on_pods, on_service, pods_of
from meshgen.support import Use


def named_versions(use: Use) -> Iterator[Patch | Unnamed]:
    """Tell the versions of a service apart by an annotation of their pods."""
    service = service_of(use)
    for version in subsets(service):
        pods = (pod for pod in service.pods if pod.is_picked_by(version.selector))
        yield from on_pods(pods, {META_VERSION: version.name}, of=f"{service.key.name} {version.name}")


def ignored_front(use: Use) -> Iterator[Patch]:
    """Keep Consul from registering pods a second time, by the Service with `podsOf`."""
    yield on_service(service_of(use).key, labels={IGNORE: "true"})


def ignored_version(use: Use) -> Iterator[Patch]:
    """Keep Consul from registering pods a second time, by the Service of a version."""
    key = ServiceKey(service_of(use).key.namespace, version_of(use).service)
    yield on_service(key, labels={IGNORE: "true"})


def past_the_proxy(use: Use) -> Iterator[Patch | Unnamed]:
    """Exclude the ports of a service's gRPC probes, beside those that its pods exclude already."""
    service = service_of(use)
    for of, pods in pods_of(service, use.set.shown):
        if not pods:
            yield Unnamed("workloads", of)
        for pod in pods:
            excluded = [port for port in pod.annotations.get(EXCLUDED, "").split(",") if port]
            ports = dict.fromkeys((*excluded, *_probed(service, pod)))
            yield on_pod(pod, {EXCLUDED: ",".join(ports)}, of=of)


def _probed(service: ResolvedService, pod: ShownWorkload) -> Iterator[str]:
    """Name the ports by number, as the annotation does."""
    numbers = {port.name: str(port.number) for port in pod.ports}
    shown = [probe.port for probe in pod.probes if probe.kind == "grpc"]
    for probe in (probe for probe in service.probes if probe.grpc is not None):
        ports = shown if probe.port is None else (probe.port,)
        yield from (numbers.get(port, port) for port in ports)
