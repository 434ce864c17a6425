"""All that can be asked about: every code, feature and field, found by looking and never listed twice."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import meshgen
from meshgen.diagnostics import Code
from meshgen.intent.document import AlternativesShape, EitherShape, ListShape, MapShape, ObjectShape
from meshgen.intent.features import RELATIONS, declared, fields_of
from meshgen.intent.model import MeshIntent
from meshgen.intent.shape import Shape
from meshgen.kinds import kinds

FAMILIES = {
    "MG1": "reading",
    "MG2": "the intent",
    "MG3": "translation",
    "MG4": "manifests",
    "MG5": "import",
    "MG6": "proof and tests",
    "MG7": "files and the command line",
    "MG9": "bugs of meshgen",
}


@cache
def codes() -> tuple[Code, ...]:
    """List every code that a module of the package declares, by number."""
    return _codes_below(meshgen.__path__, meshgen.__name__)


@cache
def codes_of(backend: str) -> tuple[Code, ...]:
    """List the codes that the modules of a mesh report themselves, by number."""
    package = importlib.import_module(f"meshgen.backends.{backend}")
    return _codes_below(package.__path__, package.__name__)


def _codes_below(path: Iterable[str], package: str) -> tuple[Code, ...]:
    names = (module.name for module in pkgutil.walk_packages(path, f"{package}."))
    found = {
        value
        for name in names
        if not name.endswith(".__main__")
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, Code)
    }
    return tuple(sorted(found, key=lambda code: (code.number, code.slug)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A key of a document."""

    kind: str  # of the document
    path: tuple[str, ...]  # keys from the root; `*` is any name, `[]` any entry of a list
    doc: str
    shape: Shape
    is_required: bool
    ids: tuple[str, ...]  # features that are written in it or below it

    @property
    def written(self) -> str:
        """The path as findings spell it: `spec.services.*.routes[].timeout`."""
        return ".".join(self.path).replace(".[]", "[]")


@cache
def fields() -> tuple[Field, ...]:
    """List every key of every kind, in the order of the model."""
    return tuple(
        field
        for kind, shape in kinds().items()
        for field in _below(shape, kind, (), () if kind == MeshIntent.__name__ else None)
    )


def _below(
    shape: ObjectShape, kind: str, path: tuple[str, ...], prefix: tuple[str, ...] | None
) -> Iterator[Field]:
    """Walk an object; `prefix` is the id of what lies above, None where nothing is asked of a mesh."""
    cls: Any = shape.cls  # a class is hashable whatever its values are
    metas = {key: meta for _, key, meta in fields_of(cls)}
    for key, field in shape.keys.items():
        meta, here = metas[key], (*path, key)
        below = prefix if prefix is None or meta.is_transparent else (*prefix, key)
        ids = () if below is None or meta.is_short else _ids(".".join(below))
        yield Field(
            kind=kind, path=here, doc=field.doc, shape=field.shape, is_required=field.is_required, ids=ids
        )
        for inner, steps in _objects(field.shape):
            yield from _below(inner, kind, (*here, *steps), None if meta.is_short else below)


def _ids(prefix: str) -> tuple[str, ...]:
    if prefix == "":
        return ()
    return tuple(id for id in features() if id == prefix or id.startswith(f"{prefix}."))


def _objects(shape: Shape) -> Iterator[tuple[ObjectShape, tuple[str, ...]]]:
    """Yield the objects of a value, each with the steps that lead to it."""
    match shape:
        case ObjectShape():
            yield shape, ()
        case AlternativesShape(options=options):
            yield from ((option, ()) for option in options.values())
        case EitherShape(other=other):
            yield from _objects(other)
        case ListShape(item=item):
            yield from ((inner, ("[]", *steps)) for inner, steps in _objects(item))
        case MapShape(value=value):
            yield from ((inner, ("*", *steps)) for inner, steps in _objects(value))
        case _:
            return


@cache
def features() -> tuple[str, ...]:
    """List the id of everything that a mesh may be unable to carry."""
    return tuple(sorted(declared(MeshIntent)))


def field_of(feature: str, known: tuple[Field, ...]) -> Field | None:
    """Find the key in which a feature is written, nearest to it; None for a relation between keys."""
    if feature in RELATIONS:
        return None
    holding = [field for field in known if feature in field.ids]
    return min(holding, key=lambda field: (len(field.ids), field.path[:2] != ("spec", "services")))
