"""Which pods selectors pick, in time that does not grow with the rest of the world."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from meshgen.intent.outcome.world import Pod
from meshgen.intent.resolved import ResolvedService


class Pods:
    """Pods that are found by their labels."""

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


def pods_behind(service: ResolvedService, pods: Pods) -> tuple[Pod, ...]:
    """List the pods that a service or a version's own selector picks, each once."""
    own = (version.selector for version in service.versions.values() if version.has_own_selector)
    namespace = service.key.namespace
    found = (pod for selector in (service.selector, *own) for pod in pods.picked(namespace, selector))
    return tuple({pod.title: pod for pod in found}.values())
