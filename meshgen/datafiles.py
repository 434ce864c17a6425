"""Where the data files lie: inside the package in a wheel, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent


def templates() -> Path:
    """Find the folder of the templates: the shared ones, and a folder for each mesh."""
    return _folder("templates")


def schemas() -> Path:
    """Find the folder of what upstream's CRDs say, by mesh and version."""
    return _folder("schemas")


def findings() -> Path:
    """Find the folder that has for each code the smallest input that trips it."""
    return _folder("findings")


def _folder(name: str) -> Path:
    places = (_PACKAGE / name, _PACKAGE.parent / name)
    found = next(filter(Path.is_dir, places), None)
    if found is None:
        raise RuntimeError(f"no folder {name!r} in {_PACKAGE} or beside it: meshgen is not installed whole")
    return found
