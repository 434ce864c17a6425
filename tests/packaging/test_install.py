"""A wheel and an editable install work in an environment that has what they declare and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution, distributions
from pathlib import Path

import pytest
from hatchling.build import build_editable, build_wheel
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
DATA = ("templates", "schemas")
RENDER = ("render", str(ROOT / "examples" / "bookinfo"), "--mesh", "linkerd")


@dataclass(frozen=True, slots=True, kw_only=True)
class Install:
    """An environment with meshgen in it."""

    scripts: Path
    data: Path  # where templates/ and schemas/ are to be found

    def run(self, program: str, *arguments: str) -> str:
        """Run a program of the environment from a folder that is no checkout; return what it prints."""
        return _output(str(self.scripts / program), *arguments, cwd=self.scripts)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what a build takes, with a file in each data folder that can have come from nowhere else."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in ("LICENSE", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    for name in ("meshgen", *DATA):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in DATA:
        (copy / name).mkdir(exist_ok=True)
        (copy / name / "planted.json").write_text("{}")
    return copy


@pytest.fixture(scope="module", params=[build_wheel, build_editable])
def install(
    request: pytest.FixtureRequest, checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> Install:
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=os.name != "nt")
    paths = sysconfig.get_paths("venv", vars={"base": str(folder), "platbase": str(folder)})
    packages = Path(paths["purelib"])
    python = str(Path(paths["scripts"]) / "python")
    wheel = _built(request.param, checkout, tmp_path_factory.mktemp("wheel"))
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-index", "--no-deps")
    subprocess.run([*pip, str(wheel)], check=True)
    for found in _required(*distributions(name="meshgen", path=[str(packages)])):
        _copy(found, packages)
    data = packages / "meshgen" if request.param is build_wheel else checkout
    return Install(scripts=Path(paths["scripts"]), data=data)


def _built(build: Callable[[str], str], checkout: Path, folder: Path) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(checkout)  # PEP 517: a hook runs in the root of the source tree
        return folder / build(str(folder))


def _required(of: Distribution) -> Iterator[Distribution]:
    for text in of.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = distribution(requirement.name)
            yield found
            yield from _required(found)


def _copy(found: Distribution, packages: Path) -> None:
    for file in found.files or ():
        if ".." not in file.parts:  # a script
            target = packages / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(str(file.locate()), target)


def _output(*command: str, cwd: Path) -> str:
    clean = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "COVERAGE_"))}
    done = subprocess.run(command, cwd=cwd, env=clean, check=True, stdout=subprocess.PIPE, encoding="utf-8")
    return done.stdout


def test_an_install_renders_what_the_checkout_renders(install: Install) -> None:
    expected = _output(sys.executable, "-m", "meshgen", *RENDER, cwd=ROOT)
    actual = install.run("meshgen", *RENDER)

    assert expected == actual
    assert actual != ""


@pytest.mark.parametrize("folder", DATA)
def test_an_install_finds_every_data_file_of_the_checkout(
    install: Install, checkout: Path, folder: str
) -> None:
    found = install.run("python", "-c", f"from meshgen.datafiles import {folder}; print({folder}())")

    assert f"{install.data / folder}\n" == found
    assert _files(checkout / folder) == _files(install.data / folder)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
