"""Start-up is a feature: a command imports no library that it can do without."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BOOKINFO = Path(__file__).parents[2] / "examples" / "bookinfo"
RENDER = ("render", str(BOOKINFO), "--mesh", "istio")

VERSION_DENIES = frozenset({"click", "jinja2", "jsonschema", "kubernetes", "yaml"})
RENDER_DENIES = frozenset(
    {"asyncio", "importlib.metadata", "importlib.resources", "jsonschema", "kubernetes", "pydantic", "rich"}
    | {"meshgen.report.github", "meshgen.report.gitlab", "meshgen.report.junit", "meshgen.report.sarif"}
    | {"meshgen.argocd", "meshgen.report.markdown", "xml", "xml.etree.ElementTree"}
)
WRITER_DENIES = RENDER_DENIES | {"jinja2", "jsonschema_rs", "re2", "meshgen.ladder"}


@pytest.mark.parametrize(
    ("arguments", "needed", "denied"),
    [
        pytest.param(["--version"], {"meshgen"}, VERSION_DENIES, id="version"),
        pytest.param(RENDER, {"meshgen", "click", "jinja2", "yaml"}, RENDER_DENIES, id="render"),
        pytest.param(["init"], {"meshgen", "click"}, WRITER_DENIES, id="init"),
        pytest.param(["fmt", str(BOOKINFO)], {"meshgen", "click", "yaml"}, WRITER_DENIES, id="fmt"),
    ],
)
def test_a_command_imports_nothing_it_can_do_without(
    arguments: list[str], needed: set[str], denied: set[str]
) -> None:
    imported = _imported(*arguments)

    assert set() == imported & denied
    assert set() == needed - imported


def _imported(*arguments: str) -> set[str]:
    """Run meshgen as a user would, without what measures coverage, and list the modules it imports."""
    clean = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "COVERAGE_"))}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "meshgen", *arguments],
        env=clean,
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, flags=re.MULTILINE))
