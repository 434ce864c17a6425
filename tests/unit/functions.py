"""`meshgen krm` as kustomize calls it, and what tests hand to it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.cli import run

NOTED = {"internal.config.kubernetes.io/path": "app/cart.yaml", "config.k8s.io/id": "7"}

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "cart", "namespace": "shop"},
    "spec": {"selector": {"app": "cart"}, "ports": [{"port": 80}]},
}


def intent(**service: Any) -> dict[str, Any]:
    """Make an intent of one service for Istio."""
    return {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop", "annotations": {"meshgen.dev/mesh": "istio"}},
        "spec": {"selectorLabel": "app", "services": {"cart": {"port": 80, **service}}},
    }


def render_config(**spec: Any) -> dict[str, Any]:
    """Make a MeshRender."""
    head = {"apiVersion": "meshgen.dev/v1alpha1", "kind": "MeshRender", "metadata": {"name": "mesh"}}
    return {**head, "spec": spec} if spec else head


class Function:
    """Runs `meshgen krm` as kustomize does, with what it is given and what it says in files."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self._folder, self._patch, self._capture = folder, patch, capture

    def __call__(self, items: Sequence[Any], config: Any, *options: str) -> tuple[int, dict[str, Any], str]:
        """Return the exit code, the ResourceList, and what stands on stderr."""
        listed = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "items": items}
        code, output, errors = self.text(yaml.safe_dump({**listed, "functionConfig": config}), *options)
        return code, yaml.safe_load(output), errors

    def text(self, text: str, *options: str) -> tuple[int, str, str]:
        """Return the exit code, stdout and stderr for any text."""
        file = self._folder / "stdin"
        file.write_text(text)
        with file.open() as stdin, self._patch.context() as patch:
            patch.setattr("sys.stdin", stdin)
            code = run(["krm", *options])
        output, errors = self._capture.readouterr()
        return code, output, errors


def names(listed: dict[str, Any]) -> list[str]:
    """Name the items of a ResourceList."""
    return [f"{item['kind']} {item['metadata']['name']}" for item in listed["items"]]
