"""Which pods are a service's."""

from __future__ import annotations

from meshgen.intent.outcome.world import Pod, Pods
from meshgen.intent.resolved import ResolvedService


def pods_behind(service: ResolvedService, pods: Pods) -> tuple[Pod, ...]:
    """List the pods that a service or a version's own selector picks, each once."""
    own = (version.selector for version in service.versions.values() if version.has_own_selector)
    namespace = service.key.namespace
    found = (pod for selector in (service.selector, *own) for pod in pods.picked(namespace, selector))
    return tuple({pod.title: pod for pod in found}.values())
