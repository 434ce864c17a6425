"""One small valid object of each kind, and the same with one field spoiled: what the helper's tests judge."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proof.manifests import read

_FOLDER = Path(__file__).parent
GONE = object()  # in place of a value: leave the field out


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoiled:
    """An object with one field spoiled, and what is to be said of it."""

    name: str
    obj: dict[str, Any]
    where: str
    says: str  # empty where the words are upstream's


def objects(mesh: str) -> list[dict[str, Any]]:
    """Return the valid objects of a mesh, in the file's order."""
    return read(_FOLDER / f"{mesh}.yaml")


def sample(mesh: str, kind: str) -> dict[str, Any]:
    """Return the valid object of a kind."""
    return next(obj for obj in objects(mesh) if obj["kind"] == kind)


def spoiled(mesh: str, by: str) -> list[Spoiled]:
    """Return the rows of `<mesh>.<by>.yaml`; a row without `write` leaves the field out."""
    (kinds,) = read(_FOLDER / f"{mesh}.{by}.yaml")
    return [_spoiled(sample(mesh, kind), row) for kind, rows in kinds.items() for row in rows]


def _spoiled(obj: dict[str, Any], row: dict[str, Any]) -> Spoiled:
    return Spoiled(
        name=f"{obj['kind']} {row['at']}",
        obj=altered(obj, row["at"], row.get("write", GONE)),
        where=row.get("where", ""),
        says=row.get("says", ""),
    )


def altered(obj: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """Return a copy with one field written, `spec.http.0.timeout`, or left out where the value is GONE."""
    result = copy.deepcopy(obj)
    holder: Any = result
    *ahead, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in ahead:
        holder = holder[step]
    if value is GONE:
        del holder[last]
    else:
        holder[last] = value
    return result
