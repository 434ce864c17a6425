"""Data files are found inside the package, else beside it; where they are in neither, we are to blame."""

from __future__ import annotations

import re
import runpy
import shutil
from pathlib import Path

import pytest

from meshgen import datafiles


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Make a package that holds nothing but what looks for the folders."""
    package = tmp_path / "meshgen"
    package.mkdir()
    shutil.copy(datafiles.__file__, package)
    return package


def _found(package: Path, name: str) -> Path:
    found = runpy.run_path(str(package / "datafiles.py"))[name]()
    assert isinstance(found, Path)
    return found


@pytest.mark.parametrize("name", ["templates", "schemas"])
def test_a_folder_inside_the_package_goes_before_one_beside_it(package: Path, name: str) -> None:
    (package.parent / name).mkdir()
    beside = _found(package, name)
    (package / name).mkdir()
    inside = _found(package, name)

    assert (package.parent / name, package / name) == (beside, inside)


@pytest.mark.parametrize("name", ["templates", "schemas"])
def test_a_folder_that_is_nowhere_is_our_mistake(package: Path, name: str) -> None:
    message = f"no folder '{name}' in {package} or beside it: meshgen is not installed whole"

    with pytest.raises(RuntimeError, match=f"^{re.escape(message)}$"):
        _found(package, name)
