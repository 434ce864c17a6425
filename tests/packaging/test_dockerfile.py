"""The image holds what its file says: run by nobody, compiled ahead, built by steps that work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.packaging.kustomize import ROOT, programs, run

TEXT = (ROOT / "Dockerfile").read_text("utf-8")
BUILD, FINAL = (stage.splitlines() for stage in re.split(r"^FROM ", TEXT, flags=re.MULTILINE)[1:])


def _steps(stage: list[str], word: str) -> list[str]:
    return [line.removeprefix(f"{word} ") for line in stage if line.startswith(f"{word} ")]


def test_both_stages_are_of_one_slim_debian() -> None:
    assert ["debian:12-slim AS build", "debian:12-slim"] == [BUILD[0], FINAL[0]]


def test_the_image_runs_the_function_as_nobody_in_the_folder_that_is_mounted() -> None:
    ends = {word: _steps(FINAL, word) for word in ("USER", "WORKDIR", "ENTRYPOINT", "CMD")}

    assert {"USER": ["nobody"], "WORKDIR": ["/in"], "ENTRYPOINT": ['["meshgen"]'], "CMD": ['["krm"]']} == ends


def test_what_is_copied_is_what_an_install_needs() -> None:
    copied = [word for step in _steps(BUILD, "COPY") for word in step.split()[:-1]]

    assert {"pyproject.toml", "README.md", "LICENSE", "meshgen", "templates", "schemas"} == set(copied)
    assert all((ROOT / name).exists() for name in copied)


@pytest.mark.long
def test_the_steps_of_the_build_give_a_program_that_is_compiled_and_renders(tmp_path: Path) -> None:
    source, prefix = tmp_path / "src", tmp_path / "opt"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("meshgen", "templates", "schemas"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for step in _steps(BUILD, "RUN"):
        if not step.startswith("apt-get "):
            moved = step.replace("/opt/meshgen", str(prefix)).replace("/src", str(source))
            subprocess.run(re.sub(r"^python3 ", f"{sys.executable} ", moved), shell=True, check=True)
    env = programs(tmp_path) | {"PATH": f"{prefix}/bin:/usr/bin:/bin"}
    del env["PYTHONPATH"]
    render = ["render", "intent.yaml", "--mesh", "istio"]
    example = ROOT / "integrations" / "kustomize" / "exec"

    done = run(["meshgen", *render], cwd=example, env=env)
    here = run([sys.executable, "-m", "meshgen", *render], cwd=example, env=env | {"PYTHONPATH": str(ROOT)})

    assert (0, "", here.output) == (done.code, done.errors, done.output)
    (package,) = prefix.glob("lib/python*/site-packages/meshgen")
    sources = {file.relative_to(package).with_suffix("") for file in package.rglob("*.py")}
    compiled = {
        file.relative_to(package).parent.parent / file.name.partition(".")[0]
        for file in package.rglob("__pycache__/*.pyc")
    }
    assert sources == compiled
