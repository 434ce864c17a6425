"""Where the data files lie: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def templates() -> Path:
    """Find the folder of the templates: the shared ones, and a folder for each mesh."""
    return _folder("templates")


def schemas() -> Path:
    """Find the folder of the schemas of our documents, and of an example for each finding."""
    return _folder("schemas")


def findings() -> Path:
    """Find the folder that has for each code the smallest input that trips it."""
    return schemas() / "findings"


def name_references() -> Path:
    """Find the file that tells kustomize where generated objects name each other and Services."""
    return schemas() / "kustomize" / "names.yaml"


def _folder(name: str) -> Path:
    places = (_PACKAGE / name, _PACKAGE.parent / name)
    found = next(filter(Path.is_dir, places), None)
    if found is None:
        raise RuntimeError(f"no folder {name!r} in {_PACKAGE} or beside it: meshgen is not installed whole")
    return found
