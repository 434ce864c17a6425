"""What surrounds intents in a cluster: its Services and workloads, as documents that no file holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from meshgen.cluster import FAILED, Cluster, Kind, Unanswered
from meshgen.diagnostics import Span
from meshgen.intent.show import GROUPS
from meshgen.source import MAX_DEPTH, Entry, ListNode, MapNode, Node, ScalarNode

KINDS: Mapping[str, Kind] = {
    name: Kind(group, "v1", f"{name.lower()}s") for name, group in sorted(GROUPS.items())
}


def surroundings(cluster: Cluster, namespaces: Collection[str]) -> Iterator[MapNode]:
    """Give the Services and workloads of some namespaces, in the same order each time; raises Unanswered."""
    for namespace in sorted(namespaces):
        for kind, listed in KINDS.items():
            found = cluster.list(listed, namespace=namespace)
            yield from (_document(each, kind, namespace) for each in sorted(found, key=_name))


def _name(found: Mapping[str, Any]) -> str:
    return str(_metadata(found).get("name", ""))


def _metadata(found: Mapping[str, Any]) -> Mapping[str, Any]:
    metadata = found.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _document(found: Mapping[str, Any], kind: str, namespace: str) -> MapNode:
    """Head an object, which a list gives without its kind, and leave out what is of the server's making."""
    head = {"apiVersion": KINDS[kind].api_version, "kind": kind}
    metadata = {key: value for key, value in _metadata(found).items() if key != "managedFields"}
    at = Span(f"cluster:{kind}/{namespace}/{_name(found)}", 0, 0)
    node = _node({**head, "metadata": metadata, "spec": found.get("spec")}, at)
    assert isinstance(node, MapNode)
    return node


def _node(value: Any, at: Span, depth: int = 0) -> Node:
    if depth > MAX_DEPTH:
        raise Unanswered(FAILED, f"{at}: the answer is nested more than {MAX_DEPTH} levels deep")
    match value:
        case dict():
            entries = (Entry(_text(key, at), _node(below, at, depth + 1)) for key, below in value.items())
            return MapNode(tuple(entries), at)
        case list():
            return ListNode(tuple(_node(item, at, depth + 1) for item in value), at)
        case str():
            return _text(value, at)
        case _:
            return ScalarNode(json.dumps(value), plain=True, span=at)


def _text(text: str, at: Span) -> ScalarNode:
    return ScalarNode(text, plain=False, span=at)
