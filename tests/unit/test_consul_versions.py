"""No known version of Consul changes a byte of what is written, so that none has rows of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.inputs import Content
from meshgen.manifest import Manifest

CONSUL = backend("consul")
INTENTS = sorted((Path(__file__).parents[1] / "cases" / "consul").rglob("intent.yaml"))


def manifests(intent: Path, version: str) -> tuple[Manifest, ...]:
    reading = read_intents([Content("intent.yaml", intent.read_bytes())])
    return render(reading, CONSUL, replace(CONSUL.profiles[0], version=version)).manifests


@pytest.mark.parametrize(
    "intent", INTENTS, ids=lambda path: path.relative_to(INTENTS[0].parents[1]).as_posix()
)
def test_every_known_version_gets_the_same_bytes(intent: Path) -> None:
    oldest, *later = CONSUL.versions

    expected = manifests(intent, oldest)

    assert [manifests(intent, version) for version in later] == [expected] * len(later)
