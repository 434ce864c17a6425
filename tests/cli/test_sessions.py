"""Sessions: each page of this folder is replayed in a shell, and says exactly what happens there.

In a `console` block a line `$ command` is followed by what stands on stdout, then on stderr behind `! `,
then by the exit code in brackets unless it is 0. A page begins in a copy of examples/bookinfo, to which
blocks such as `yaml shop.yaml` add files.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(Path(__file__).parent.glob("*.md"))
TAMPERING = ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "MESHGEN_DEBUG")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_session_goes_as_its_page_says(page: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    expected = page.read_text("utf-8")

    actual = _replay(expected, tmp_path)

    if request.config.getoption("--update-goldens"):
        page.write_text(actual, "utf-8")
    else:
        assert actual == expected


def _replay(page: str, folder: Path) -> str:
    here = folder / "bookinfo"
    shutil.copytree(ROOT / "examples" / "bookinfo", here)
    for name, content in re.findall(r"^```yaml (\S+)\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL):
        (here / name).write_text(content, "utf-8")
    path = folder / "bin"
    path.mkdir()
    (path / "meshgen").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m meshgen "$@"\n')
    (path / "meshgen").chmod(0o755)
    env = {name: value for name, value in os.environ.items() if name not in TAMPERING} | {
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "LC_ALL": "C",
        "COLUMNS": "100",
    }

    def run(block: re.Match[str]) -> str:
        commands = re.findall(r"^\$ (.*)$", block.group(), flags=re.MULTILINE)
        return f"```console\n{''.join(_run(command, here, env) for command in commands)}```\n"

    return re.sub(r"^```console\n.*?^```\n", run, page, flags=re.MULTILINE | re.DOTALL)


def _run(command: str, here: Path, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command], cwd=here, env=env, check=False, capture_output=True, encoding="utf-8"
    )
    errors = "".join(f"! {line}\n" for line in done.stderr.splitlines())
    code = f"[{done.returncode}]\n" if done.returncode != 0 else ""
    return f"$ {command}\n{done.stdout}{errors}{code}"
