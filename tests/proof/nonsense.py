"""An object with one field made nonsense: what a proof that can fail must reject."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any


def nonsense(obj: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield copies, each with a name: one has an unknown field, in one the first value is of a wrong type."""
    unknown = copy.deepcopy(obj)
    if isinstance(unknown.get("spec"), dict):
        unknown["spec"]["nonsense"] = 1
    yield "unknown field in spec", unknown

    mistyped = copy.deepcopy(obj)
    path = _first_scalar(mistyped.get("spec"))
    holder: Any = mistyped
    for step in ("spec", *path)[:-1]:
        holder = holder[step]
    holder[("spec", *path)[-1]] = {"nonsense": True} if path else "nonsense"
    yield f"wrong type of spec.{'.'.join(map(str, path))}", mistyped


def _first_scalar(value: Any) -> tuple[str | int, ...]:
    """Find the way to the first value, in the order written, that is neither mapping nor list."""
    match value:
        case dict():
            children: list[tuple[str | int, Any]] = list(value.items())
        case list():
            children = list(enumerate(value))
        case _:
            return ()
    for step, child in children:
        if not isinstance(child, dict | list):
            return (step,)
        below = _first_scalar(child)
        if below:
            return (step, *below)
    return ()
