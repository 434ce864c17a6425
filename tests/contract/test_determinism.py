"""One input gives one output, whatever the hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from meshgen.backend import backends

ROOT = Path(__file__).parents[2]
PROFILES = [profile.name for backend in backends() for profile in backend.profiles]


def rendered(example: str, profile: str, seed: int) -> tuple[bytes, bytes]:
    command = [sys.executable, "-m", "meshgen", "render", f"examples/{example}", "--mesh", profile]
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return done.stdout, done.stderr


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("example", sorted(path.name for path in (ROOT / "examples").iterdir()))
def test_two_hash_seeds_give_the_same_bytes(example: str, profile: str) -> None:
    assert rendered(example, profile, 1) == rendered(example, profile, 2)
