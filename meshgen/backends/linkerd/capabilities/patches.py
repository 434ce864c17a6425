"""What Linkerd asks of Services, namespaces and pods that are not ours, as patches."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.capabilities.axes import accrual
from meshgen.backends.linkerd.plan.pods import is_asked_by, told, unsaid
from meshgen.intent.model import Port
from meshgen.intent.policy import OutlierDetection
from meshgen.intent.resolved import ResolvedService
from meshgen.patches import Patch, Unnamed, on_namespace, on_pods, on_port, on_service, pods_of
from meshgen.support import Use

_DEFAULT = "config.linkerd.io/default-inbound-policy"


def _service(use: Use) -> ResolvedService:
    assert use.service is not None, f"{use.usage.feature} is asked of a service"
    return use.service


def seen_as_grpc(use: Use) -> Iterator[Patch | Unnamed]:
    """Let the proxies see HTTP/2 on a port, which `grpc` would switch off."""
    yield from _declared(use, "kubernetes.io/h2c")


def seen_as_bytes(use: Use) -> Iterator[Patch | Unnamed]:
    """Let the proxies look for no HTTP on a port.

    The annotation config.linkerd.io/opaque-ports would replace the list of the cluster, and loses to this.
    """
    yield from _declared(use, "linkerd.io/tcp")


def _declared(use: Use, app_protocol: str) -> Iterator[Patch | Unnamed]:
    port = use.usage.holder
    assert isinstance(port, Port)
    if port.port is not None:
        yield on_port(_service(use), port.port, app_protocol)


def told_pods(use: Use) -> Iterator[Patch | Unnamed]:
    """Say what the container ports admit that no Server picks."""
    service = _service(use)
    policy = told(service.mode, service.default, unsaid(service.key.namespace, use.set, use.profile))
    for of, pods in pods_of(service, use.set.shown):
        yield from on_pods(pods, {_DEFAULT: policy.value}, of=of)


def told_namespace(use: Use) -> Iterator[Patch]:
    """Say what the pods of a namespace admit; the half that no intent writes stays the cluster's."""
    namespace = next(wide.namespace for wide in use.set.wide if is_asked_by(wide, use.usage.holder))
    yield on_namespace(namespace, {_DEFAULT: unsaid(namespace, use.set, use.profile).value})


def ejecting(use: Use) -> Iterator[Patch]:
    """Have instances left out that fail, wherever the Service is called."""
    detection = use.usage.holder
    assert isinstance(detection, OutlierDetection)
    if detection.consecutive5xx is not None:  # no other detector is known
        yield on_service(_service(use).key, annotations=accrual(detection))
