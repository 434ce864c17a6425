"""Probes of HTTP that workloads declare: Linkerd lets them in by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import reduce
from typing import Any

from meshgen.intent.outcome.world import Pod
from meshgen.intent.shown import POD_PATHS
from meshgen.resources import Resources

_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")


class Probes:
    """The paths of probes, by pod and container port."""

    def __init__(self, resources: Resources) -> None:
        """Read the workloads among the objects; no schema describes them, so nothing is taken for granted."""
        workloads = (each for each in resources.every if each.kind in POD_PATHS)
        self._templates = tuple((each.namespace, _at(each.body, *POD_PATHS[each.kind])) for each in workloads)

    def paths(self, pod: Pod, port: int) -> frozenset[str] | None:
        """List the paths that are probed on a container port; None where no workload shows the pod."""
        found = [template for namespace, template in self._templates if _is_of(template, namespace, pod)]
        if not found:
            return None
        return frozenset(path for template in found for path in _paths(template, pod, port))


def _is_of(template: Any, namespace: str, pod: Pod) -> bool:
    labels = _at(template, "metadata", "labels")
    return namespace == pod.namespace and isinstance(labels, Mapping) and dict(labels) == dict(pod.labels)


def _paths(template: Any, pod: Pod, port: int) -> Iterator[str]:
    # linkerd/linkerd2 policy-controller/k8s/index/src/inbound/pod.rs, pod_http_probes
    for container in _list(_at(template, "spec", "containers")):
        for probe in _PROBES:
            action = _at(container, probe, "httpGet")
            if isinstance(action, Mapping) and _number(action.get("port"), pod) == port:
                yield str(action.get("path") or "/").partition("?")[0]


def _number(port: Any, pod: Pod) -> Any:
    return pod.ports.get(port) if isinstance(port, str) else port


def _at(body: Any, *keys: str) -> Any:
    return reduce(lambda found, key: found.get(key) if isinstance(found, Mapping) else None, keys, body)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
