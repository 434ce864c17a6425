"""A field: where it stands, what it means, what may be written, and which features it has."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.catalogue import Field
from meshgen.explain.layout import filled
from meshgen.intent.document import AlternativesShape, EitherShape, ListShape, MapShape, ObjectShape
from meshgen.intent.shape import (
    ConstantShape,
    EnumShape,
    FlagShape,
    ParsedShape,
    Shape,
    TextShape,
    WholeShape,
)
from meshgen.values import Text

_INDEX = re.compile(r"\[\d*\]")


def meant(word: str, known: tuple[Field, ...]) -> tuple[Field, ...]:
    """Find the fields that a path means, as findings or people spell it: whole, else the end of one."""
    asked = _INDEX.sub("", word).split(".")
    whole = tuple(field for field in known if _fits(asked, _steps(field)))
    return whole or tuple(field for field in known if _ends(_steps(field), asked))


def _steps(field: Field) -> list[str]:
    return [step for step in field.path if step != "[]"]


def _fits(asked: list[str], steps: list[str]) -> bool:
    """Compare step by step; `*` in a path is any name."""
    return len(asked) == len(steps) and all(
        step in ("*", name) for step, name in zip(steps, asked, strict=True)
    )


def _ends(steps: list[str], asked: list[str]) -> bool:
    """Compare with the end of a path; the names that users choose may be left out."""
    named = [step for step in steps if step != "*"]
    return _fits(asked, steps[-len(asked) :]) or asked == named[-len(asked) :]


def lines(found: tuple[Field, ...]) -> Iterator[str]:
    """Explain a field, or list those that a word may mean."""
    first, *others = sorted(found, key=_rank)
    if all(field.path == first.path for field in others):
        for field in found:
            yield from _one(field)
    elif all(field.doc == first.doc for field in others):
        yield from _one(first)
        yield from ("", "It stands in these places too:", "")
        yield from (f"  {field.written}" for field in others)
    else:
        yield from _choices(found)


def _rank(field: Field) -> tuple[bool, int]:
    """Prefer what stands on a service, then what stands nearer to the root."""
    return field.path[:2] != ("spec", "services"), len(field.path)


def _one(field: Field) -> Iterator[str]:
    yield f"{field.written}: {field.doc}"
    yield ""
    yield from facts(field)
    if field.ids:
        yield ""
        yield "Its features, of which meshgen explain FEATURE says who carries them:"
        yield ""
        yield from (f"  {id}" for id in field.ids)


def _choices(found: tuple[Field, ...]) -> Iterator[str]:
    yield f"{found[0].path[-1]}: {len(found)} fields, each of which can be asked for by its path"
    yield ""
    width = max(len(field.written) for field in found)
    for field in found:
        yield from filled(field.doc, first=f"{field.written.ljust(width)}  ")


def facts(field: Field) -> Iterator[str]:
    """Say what may be written, and in which kind of document."""
    yield f"  kind: {field.kind}, {'required' if field.is_required else 'may be left out'}"
    yield from filled(described(field.shape), first="value: ")
    for key, inner in _keys(field.shape).items():
        yield from filled(inner, indent="    ", first=f"{key}: ")


def _keys(shape: Shape) -> dict[str, str]:
    """List the keys of a mapping, each with its meaning."""
    match shape:
        case ObjectShape(keys=keys):
            return {key: field.doc for key, field in keys.items()}
        case AlternativesShape(options=options):
            return {key: option.keys[key].doc for key, option in options.items()}
        case EitherShape(other=inner) | ListShape(item=inner) | MapShape(value=inner):
            return _keys(inner)
        case _:
            return {}


def described(shape: Shape) -> str:
    """Say in words what a field takes."""
    match shape:
        case ListShape(item=item, may_be_single=True):
            return f"{described(item)}, or a list of them"
        case ListShape(item=item):
            return f"a list, each {described(item)}"
        case MapShape(key=key, value=value):
            return f"a mapping, each key {key.limit.what}, each value {described(value)}"
        case EitherShape(words=words, other=other):
            return " or ".join((described(other), *words.members))
        case ObjectShape(shorthand=None):
            return "a mapping"
        case ObjectShape(shorthand=shorthand):
            return f"a mapping, or the value of {shorthand} alone"
        case AlternativesShape():
            return "a mapping with one of these keys"
        case _:
            return _scalar(shape)


def _scalar(shape: Shape) -> str:
    match shape:
        case TextShape(limit=limit):
            return _limited(limit)
        case WholeShape(limit=limit):
            return f"{limit.what}, {limit.least} to {limit.most}"
        case ParsedShape(cls=cls):
            return cls.what
        case EnumShape(members=members):
            return f"one of {', '.join(members)}"
        case FlagShape(only_true=only_true):
            return "true" if only_true else "true or false"
        case ConstantShape(word=word):
            return word
        case _:
            raise TypeError(f"{shape!r} is no shape of a value")


def _limited(limit: Text) -> str:
    longest = "" if limit.longest is None else f", at most {limit.longest} characters"
    example = "" if limit.example is None else f", such as {limit.example}"
    return f"{limit.what}{example}{longest}"
