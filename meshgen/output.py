"""Manifests as one stream, byte for byte the same for the same intent."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import assert_never

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.manifest import Manifest
from meshgen.scalars import Json
from meshgen.source import MapNode, read


class Syntax(enum.Enum):
    """How manifests are spelled."""

    YAML = "yaml"
    JSON = "json"


def stream(manifests: Iterable[Manifest], syntax: Syntax) -> str:
    """Write YAML documents with `---` between them, or the one JSON `List` that kubectl would print."""
    match syntax:
        case Syntax.YAML:
            return "---\n".join(manifest.text for manifest in manifests)
        case Syntax.JSON:
            return _json([to_json(as_node(manifest)) for manifest in manifests])
        case _:
            assert_never(syntax)


def _json(items: list[Json]) -> str:
    import json  # 3 ms that YAML does not need

    document = {"apiVersion": "v1", "kind": "List", "items": items}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_node(manifest: Manifest) -> MapNode:
    """Read a manifest back, as any document is read."""
    findings = Findings()
    (document,) = read(manifest.text.encode(), file=manifest.file_name, findings=findings)
    assert len(findings) == 0, list(findings)
    assert isinstance(document, MapNode)
    return document
