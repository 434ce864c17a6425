"""CustomResourceDefinitions for tests: small, sound, and changed by what a test is about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from meshgen.crd.importer import Imported, Origin, imported
from meshgen.diagnostics import Findings
from meshgen.inputs import Content

OBJECT: Mapping[str, Any] = {"type": "object"}
ORIGIN = Origin(project="widgets", version="1.0", licence="MIT", beside=("gadgets/2.0",))


def definition(schema: Mapping[str, Any] = OBJECT, *, kind: str = "Widget", **spec: Any) -> dict[str, Any]:
    """Define a kind of example.com; `spec` is laid over."""
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{kind.lower()}s.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": f"{kind.lower()}s"},
            "versions": [version("v1", schema, storage=True)],
            **spec,
        },
    }


def version(name: str, schema: Mapping[str, Any] = OBJECT, **said: Any) -> dict[str, Any]:
    """Say one version of a kind, served and not stored; `said` is laid over."""
    whole = {"openAPIV3Schema": schema}
    return {"name": name, "served": True, "storage": False, "schema": whole, **said}


def content(*documents: Any, file: str = "widgets.yaml") -> Content:
    """Write documents as a file."""
    return Content(file, "\n---\n".join(map(json.dumps, documents)).encode())


def sound(*documents: Any, origin: Origin = ORIGIN) -> Imported:
    """Import definitions that nothing is wrong with."""
    findings = Findings()
    found = imported([content(*documents)], origin, findings=findings)
    assert [] == list(findings)
    assert found is not None
    return found
