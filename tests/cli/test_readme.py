"""The command lines that the README shows run as printed."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
LINES = [line.removeprefix("$ ") for block in BLOCKS for line in block.splitlines()]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *words = shlex.split(line)
    assert program == "meshgen"
    return subprocess.run(
        [sys.executable, "-m", "meshgen", *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_there_are_command_lines_to_run() -> None:
    assert len(LINES) >= 5


def test_each_command_line_succeeds_in_the_order_printed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")

    failed = {line: done.stderr for line in LINES if (done := run(line, tmp_path)).returncode != 0}

    assert failed == {}


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md"])
def test_what_the_pages_name_as_commands_exists(name: str) -> None:
    from meshgen.cli import COMMANDS

    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`meshgen ([a-z]+)", text)) | {shlex.split(line)[1] for line in LINES}

    assert sorted(named - set(COMMANDS)) == []
