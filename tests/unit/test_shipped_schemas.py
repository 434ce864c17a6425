"""The schemas that are shipped can be applied, and what upstream calls valid is sound by them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen import datafiles
from meshgen.crd import metadata
from meshgen.crd.defaults import prepared
from meshgen.crd.served import ServedKind
from meshgen.crd.store import Absent, Store, set_folders
from meshgen.crd.structural import check
from tests.unit.served import told


def shipped() -> list[tuple[str, ServedKind]]:
    folders = [folder for project in sorted(datafiles.schemas().iterdir()) for folder in set_folders(project)]
    stores = {folder: Store([folder]) for folder in folders}
    return [
        (f"{folder.parent.name}/{folder.name}", store.load(listed.entry, version))
        for folder, store in stores.items()
        for listed in store.kinds()
        for version in listed.entry.served
    ]


def test_every_schema_that_is_shipped_can_be_applied() -> None:
    empty = {(name, kind.kind): check(kind, {"metadata": {"name": "x"}}) for name, kind in shipped()}

    assert {type(structure.complaints) for structure in empty.values()} == {tuple}


@pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no corpora")
def test_what_the_gateway_api_calls_valid_is_sound() -> None:
    folders = set_folders(datafiles.schemas() / "gateway-api")
    found = [
        f"{path.name} {line}"
        for path in sorted(
            Path(os.environ["MESHGEN_SHARED"], "corpora", "gateway-api", "valid").rglob("*.yaml")
        )
        for body in yaml.safe_load_all(path.read_text("utf-8"))
        if body is not None and not isinstance(kind := newest(folders, body), Absent)
        for line in told([*metadata.check(kind, body), *check(kind, prepared(kind, body)).complaints])
    ]

    assert found == []


def newest(folders: tuple[Path, ...], body: dict[str, Any]) -> ServedKind | Absent:
    return Store(folders[::-1]).find(body["apiVersion"], body["kind"])
