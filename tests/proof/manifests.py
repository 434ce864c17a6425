"""Manifest files read as an API server would receive them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read(path: Path) -> list[dict[str, Any]]:
    """Read the objects of a file of YAML documents; every key of theirs is a string, as in JSON."""
    documents = yaml.load_all(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return [_as_json(document) for document in documents if document is not None]


def _as_json(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): _as_json(child) for key, child in value.items()}
        case list():
            return [_as_json(child) for child in value]
        case _:
            return value
