"""What istiod and its ConfigMap say of a cluster."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Findings
from meshgen.seen import Detection, Fact, Object, Seen, container, flagged, release, tag, words
from meshgen.source import MapNode, Node, ScalarNode, read


def _config_map(deployment: Object) -> str:
    """Name the mesh configuration: each revision has its own."""
    # istio/istio manifests/charts/istio-control/istio-discovery/templates/configmap.yaml
    revision = deployment["metadata"].get("labels", {}).get("istio.io/rev", "default")
    return "istio" if revision == "default" else f"istio-{revision}"


def _facts(seen: Seen) -> Iterator[Fact]:
    discovery = container(seen.deployment, "discovery")
    image = str(discovery.get("image", ""))
    yield Fact("version", release(tag(image)), f"{seen.place}, image {image}")
    yield _of_mesh("trustDomain", seen)
    yield flagged("clusterDomain", words(discovery), "domain", seen.place)
    yield _of_mesh("rootNamespace", seen)


def _of_mesh(key: str, seen: Seen) -> Fact:
    name = f"ConfigMap {_config_map(seen.deployment)}"
    if seen.config_map is None:
        return Fact(key, None, f"there is no {name} beside the {seen.place}")
    value = _mesh(seen.config_map, key)
    return Fact(key, value, f"{name}, mesh.{key}" if value else f"{name} has no text mesh.{key}")


def _mesh(config_map: Object, key: str) -> str | None:
    text = str((config_map.get("data") or {}).get("mesh", ""))
    documents: tuple[Node, ...] = tuple(read(text.encode(), file="mesh", findings=Findings()))
    found = documents[0].value(key) if documents and isinstance(documents[0], MapNode) else None
    return (found.text or None) if isinstance(found, ScalarNode) else None


DETECTION = Detection(selector="app=istiod", config_map=_config_map, config_maps=("istio",), facts=_facts)
