"""Upstream's CRDs, found by mesh and version below `$MESHGEN_SHARED/crds`."""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .metadata import OBJECT_META

_BESIDE = {"linkerd": ("linkerd-smi/0.2",)}  # extensions whose kinds a mesh's manifests may hold


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ServedKind:
    """One kind as one API version serves it; equal to itself alone, so that it can key a cache."""

    api_version: str
    kind: str
    structural: Mapping[str, Any]  # openAPIV3Schema, with apiVersion, kind and metadata made exact


def directories(mesh: str, version: str, gateway_api: tuple[str, str] | None) -> tuple[Path, ...]:
    """Name the folders that together hold the CRDs of such a cluster."""
    root = Path(os.environ["MESHGEN_SHARED"]) / "crds"
    folders = [root / mesh / version, *(root / beside for beside in _BESIDE.get(mesh, ()))]
    if gateway_api is not None:
        folders.append(root.joinpath("gateway-api", *gateway_api))
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing:
        raise FileNotFoundError(f"no CRDs in {', '.join(missing)}")
    return tuple(folders)


def find(folders: tuple[Path, ...], obj: Mapping[str, Any]) -> ServedKind | None:
    """Find what the cluster with these CRD folders serves for an object, or None."""
    return _find(folders, str(obj.get("apiVersion")), str(obj.get("kind")))


@functools.cache
def _find(folders: tuple[Path, ...], api_version: str, kind: str) -> ServedKind | None:
    paths = [path for folder in folders for path in sorted(folder.glob("*.yaml"))]
    for definition in (definition for path in paths for definition in _definitions(path, kind)):
        structural = _served(definition, api_version)
        if structural is not None:
            exact = exactly(structural, api_version=api_version, kind=kind)
            return ServedKind(api_version=api_version, kind=kind, structural=exact)
    return None


def _definitions(path: Path, kind: str) -> list[dict[str, Any]]:
    # To parse every CRD of every version takes seconds; a document that never writes "kind: X"
    # does not define X.
    documents = (text for text in _documents(path) if f"kind: {kind}\n" in text)
    parsed = [yaml.load(text, Loader=yaml.CSafeLoader) for text in documents]
    return [crd for crd in parsed if crd["spec"]["names"]["kind"] == kind]


@functools.cache
def _documents(path: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8").split("\n---"))


def _served(definition: Mapping[str, Any], api_version: str) -> Mapping[str, Any] | None:
    spec = definition["spec"]
    for version in spec["versions"]:
        if version["served"] and f"{spec['group']}/{version['name']}" == api_version:
            schema: Mapping[str, Any] = version["schema"]["openAPIV3Schema"]
            return schema
    return None


def exactly(structural: Mapping[str, Any], *, api_version: str, kind: str) -> dict[str, Any]:
    """Say of an object's head what the API server knows and a CRD leaves open; `status` is not ours."""
    properties = {name: schema for name, schema in structural["properties"].items() if name != "status"}
    head = {
        "apiVersion": {"type": "string", "enum": [api_version]},
        "kind": {"type": "string", "enum": [kind]},
        "metadata": OBJECT_META,
    }
    required = ["apiVersion", "kind", "metadata", *structural.get("required", ())]
    return {**structural, "required": required, "properties": {**properties, **head}}
