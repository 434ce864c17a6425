"""A value of the model as the file would have it."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from meshgen.intent.features import Located, fields_of
from meshgen.scalars import Json
from meshgen.values import Duration, Percent


def dump(value: object) -> Json:
    """Write a value as JSON types under the keys of the language; what is not written stays away."""
    match value:
        case Located():
            cls = type(value)
            written = ((key, getattr(value, name)) for name, key, _ in fields_of(cls))  # type: ignore[arg-type]  # a class is hashable whatever its values are
            return {key: dump(inner) for key, inner in written if inner is not None and inner != ()}
        case enum.Enum(value=word):
            return dump(word)
        case Duration():
            return str(value)
        case Percent(number=number):
            return number
        case Mapping():
            return {name: dump(inner) for name, inner in value.items()}
        case list() | tuple():
            return [dump(inner) for inner in value]
        case str() | bool() | int():
            return value
        case _:
            raise TypeError(f"{value!r} is no value of the model")
