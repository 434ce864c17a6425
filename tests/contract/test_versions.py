"""No known version of a mesh changes a byte of what is written, so that none has rows of its own.

But Consul 1.22, of chart 1.9, loses prefixes unless they are written: see its case `prefixes-that-stay`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from meshgen.api import read_intents, render
from meshgen.backend import Backend, backends
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.manifest import Manifest
from meshgen.profile import GatewayApi, Profile

TESTS = Path(__file__).parents[1]
EXAMPLES = sorted((TESTS.parent / "examples").iterdir())
WITH_MORE = {("consul", "1.9")}
CASES = [
    pytest.param(backend, profile, intent, id=f"{profile.name}-{intent.parent.name}-{intent.stem}")
    for backend in backends()
    for profile in backend.profiles
    for intent in (*EXAMPLES, *sorted((TESTS / "cases" / backend.name).rglob("intent.yaml")))
]


def manifests(intent: Path, backend: Backend, profile: Profile, version: str) -> tuple[Manifest, ...]:
    reading = read_intents(read_inputs([str(intent)], findings=Findings()))
    supported = backend.gateway_apis.get(version, ())
    api = GatewayApi(supported[-1]) if supported else None
    return render(reading, backend, replace(profile, version=version, gateway_api=api)).manifests


@pytest.mark.parametrize(("backend", "profile", "intent"), CASES)
def test_every_known_version_gets_the_same_bytes(backend: Backend, profile: Profile, intent: Path) -> None:
    oldest, *later = (each for each in backend.versions if (backend.name, each) not in WITH_MORE)

    expected = manifests(intent, backend, profile, oldest)

    assert [manifests(intent, backend, profile, version) for version in later] == [expected] * len(later)
