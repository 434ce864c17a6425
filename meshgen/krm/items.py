"""Objects of a stream: what tells one from another, and their text as they came."""

from __future__ import annotations

from typing import NamedTuple

from meshgen.backend import is_below
from meshgen.scalars import Json, Verbatim
from meshgen.source import ListNode, MapNode, Node, ScalarNode

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_OF_TOOLS = ("config.kubernetes.io", "config.k8s.io")


class Identity(NamedTuple):
    """What kustomize and kpt tell objects by; the version is no part of it."""

    group: str
    kind: str
    namespace: str
    name: str


def identity(item: MapNode) -> Identity:
    """Name an object; what is not written is empty."""
    return Identity(
        group=group(text_at(item, "apiVersion") or ""),
        kind=text_at(item, "kind") or "",
        namespace=text_at(item, "metadata", "namespace") or "",
        name=text_at(item, "metadata", "name") or "",
    )


def group(api_version: str) -> str:
    """Give the group of an apiVersion; the core group is empty."""
    return api_version.rpartition("/")[0]


def text_at(node: Node, *path: str) -> str | None:
    """Find a text; None where it is not written, null, or a collection."""
    here: Node | None = node
    for step in path:
        here = here.value(step) if isinstance(here, MapNode) else None
    if not isinstance(here, ScalarNode) or (here.plain and here.text in _NULLS):
        return None
    return here.text


def noted(item: MapNode) -> dict[str, str]:
    """Give the annotations that kustomize and kpt keep on objects for themselves."""
    metadata = item.value("metadata")
    found = metadata.value("annotations") if isinstance(metadata, MapNode) else None
    entries = found.entries if isinstance(found, MapNode) else ()
    kept = (entry for entry in entries if is_below(entry.key.text.partition("/")[0], _OF_TOOLS))
    return {key.text: value.text for key, value in kept if isinstance(value, ScalarNode)}


def as_written(node: Node) -> Json:
    """Turn a node into what is written again: a plain scalar keeps its text, and so its type for anybody."""
    match node:
        case MapNode(entries=entries):
            return {entry.key.text: as_written(entry.value) for entry in entries}
        case ListNode(items=items):
            return [as_written(item) for item in items]
        case ScalarNode(text=text, plain=True) if "\n" not in text:
            return Verbatim(text or "null")
        case ScalarNode(text=text):
            return text
