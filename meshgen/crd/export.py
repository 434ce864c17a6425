"""A kind as one JSON Schema that needs no other, for editors and validators."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from meshgen.crd.served import ServedKind

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def whole(kind: ServedKind) -> dict[str, Any]:
    """Say of a whole object what its kind says; a `status`, which is the cluster's, may stand there."""
    head = {
        "apiVersion": {"type": "string", "const": kind.api_version},
        "kind": {"type": "string", "const": kind.kind},
        "metadata": {"type": "object", **kind.schema["properties"]["metadata"]},
    }
    required = dict.fromkeys((*head, *kind.schema.get("required", ())))
    return {
        "$schema": _DIALECT,
        "title": f"{kind.kind} of {kind.api_version}",
        **kind.schema,
        "required": list(required),
        "properties": {**kind.schema["properties"], **head, "status": {"type": "object"}},
    }


def written(kind: ServedKind) -> str:
    """Spell that schema, the same text for the same kind."""
    return json.dumps(whole(kind), indent=2) + "\n"


def kubeconform_path(kind: ServedKind) -> PurePosixPath:
    """Name the file where kubeconform looks for a kind.

    That is `{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json` behind its -schema-location.
    """
    # yannh/kubeconform pkg/registry/registry.go: without a group, what stands for it is the version
    return PurePosixPath(kind.group or kind.version, f"{kind.kind.lower()}_{kind.version}.json")
