"""What tests of CI servers have in common: an environment without one, a clone, and hostile words."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.packaging.kustomize import programs

ROOT = Path(__file__).parents[2]
BOOKINFO = ROOT / "examples" / "bookinfo"

HOSTILE = [
    "$(touch pwned)`touch pwned`",
    "'\"; touch pwned; \"'",
    "--output-dir=pwned",
    "*\x1b[2J::stop-commands::x %0A::error::x",
]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Make an environment with `meshgen`, and nothing of a CI server that runs this."""
    made = programs(tmp_path)
    return {name: value for name, value in made.items() if not name.startswith(("GITHUB_", "CI_", "INPUT_"))}


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Make a clone of somebody's repository, rendered and in step."""
    return Path(shutil.copytree(BOOKINFO, tmp_path / "clone"))
