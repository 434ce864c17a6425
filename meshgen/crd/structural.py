"""The structure of an object as the API server judges it, told in our words, once, where it is mended."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from meshgen.crd import formats, junctors, patterns
from meshgen.crd.engine import Refusal, refusals
from meshgen.crd.extremes import extremes
from meshgen.crd.listtypes import duplicates
from meshgen.crd.served import ServedKind
from meshgen.crd.wording import either, listed, shown, type_of, wanted
from meshgen.diagnostics import Code, near_miss
from meshgen.resources import Complaint, Path

MISTYPED_FIELD = Code(
    number="MG401",
    slug="mistyped-field",
    meaning="A value is of another type than its field, such as text where a number stands.",
)
UNKNOWN_FIELD = Code(
    number="MG402",
    slug="unknown-field",
    meaning="The kind has no such field at this version, so an API server refuses it or drops it unread.",
)
MISSING_FIELD = Code(
    number="MG403",
    slug="missing-field",
    meaning="A field that the kind requires is absent, or null, which counts as absent.",
)
UNKNOWN_VALUE = Code(
    number="MG404",
    slug="unknown-value",
    meaning="A field that takes one of a few words holds another.",
)
REFUSED_VALUE = Code(
    number="MG405",
    slug="refused-value",
    meaning="A value is outside what its field takes: its range, length, pattern, format or company.",
)

BEYOND_FORMAT = Code(
    number="MG417",
    slug="beyond-format",
    meaning="A number is more than its format holds: an API server stores it, and its readers fail over it.",
)

_MOST_NAMED = 12  # names that a message lists
_MOST_COMPARED = 100  # mistakes for which a near miss is sought, which takes a millisecond each
_LONGEST_PATTERN = 200  # characters that a message shows
_OF_WHOLES = frozenset({"anyOf", "oneOf", "not", "required", "additionalProperties"})
_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """What is wrong with an object's structure, and whether its CEL rules can be asked at all."""

    complaints: tuple[Complaint, ...]
    stops_cel: bool


def check(served: ServedKind, body: Any) -> Structure:
    """Judge a body whose defaults are filled in, MG401 to MG406 and MG417; any depth will do."""
    unreadable = tuple(_unreadable(path, message) for path, message in extremes(body))
    if unreadable:
        return Structure(complaints=unreadable, stops_cel=True)
    refused = refusals(served, body)
    return Structure(
        complaints=(*dict.fromkeys(_complaints(refused)), *duplicates(served, body)),
        stops_cel=any(each.stops_cel for each in refused),
    )


def _unreadable(path: Path, message: str) -> Complaint:
    return Complaint(code=REFUSED_VALUE, path=path, message=message)


def _complaints(refused: Sequence[Refusal]) -> Iterator[Complaint]:
    """Tell refusals; what only follows from another one is not told."""
    unknown = list(_unknown_fields(refused))
    meant = frozenset((complaint.path[:-1], complaint.hint) for complaint in unknown)
    mistyped = frozenset(refusal.path for refusal in refused if refusal.keyword == "type")
    broken = frozenset(refusal.path for refusal in refused if refusal.keyword not in _OF_WHOLES)
    yield from unknown
    for index, refusal in enumerate(refused):
        is_typed = refusal.path not in mistyped or refusal.keyword == "type"
        if is_typed and not _follows(refusal, broken=broken, meant=meant):
            yield from _told(refusal, compares=index < _MOST_COMPARED)


def _unknown_fields(refused: Sequence[Refusal]) -> Iterator[Complaint]:
    unknown = (
        (refusal, refusal.fields, key)
        for refusal in refused
        if refusal.keyword == "additionalProperties"
        for key in refusal.unknown
    )
    for index, (refusal, known, key) in enumerate(unknown):
        near = (_twin(key, known) or near_miss(key, known)) if index < _MOST_COMPARED else ""
        yield Complaint(
            code=UNKNOWN_FIELD,
            path=(*refusal.path, key),
            message=f"unknown field {shown(key)}",
            hint=near or (f"known here: {listed(sorted(known), most=_MOST_NAMED)}" if known else None),
        )


def _twin(key: str, names: Iterable[str]) -> str:
    """Find the name that differs in nothing but case and joints: `max_age` is `maxAge`."""
    alike = [name for name in names if _bare(name) == _bare(key)]
    return f"did you mean {alike[0]!r}?" if alike else ""


def _bare(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()


def _follows(
    refusal: Refusal, *, broken: Collection[Path], meant: Collection[tuple[Path, str | None]]
) -> bool:
    """Tell a refusal that another mistake explains: a key misspelt, a value below that is told itself."""
    if refusal.keyword == "required":
        return _is_misspelt(refusal, meant)
    if refusal.keyword in ("pattern", "re2", "format") and refusal.value == "":
        return bool(refusal.schema.get("minLength"))
    if not refusal.branches or not all(refusal.branches):
        return False
    return any(all(_is_misspelt(each, meant) for each in branch) for branch in refusal.branches) or all(
        any(each.path in broken for each in branch) for branch in refusal.branches
    )


def _is_misspelt(refusal: Refusal, meant: Collection[tuple[Path, str | None]]) -> bool:
    return refusal.keyword == "required" and (refusal.path, f"did you mean {refusal.missing!r}?") in meant


def _told(refusal: Refusal, *, compares: bool = False) -> Iterator[Complaint]:
    said: Any = refusal.schema.get(refusal.keyword)
    match refusal.keyword:
        case "additionalProperties":
            return
        case "type":
            yield _wrong_type(refusal, [said] if isinstance(said, str) else said)
        case "required":
            yield _missing_field(refusal, str(refusal.missing))
        case "enum":
            yield _unknown_value(refusal, said, compares=compares)
        case "minimum" | "maximum" if said in formats.RANGES.get(refusal.schema.get("format", ""), ()):
            yield _beyond_format(refusal)
        case _:
            yield Complaint(
                code=REFUSED_VALUE,
                path=refusal.path,
                message=_against(refusal, said),
                hint=patterns.meaning(said) if refusal.keyword in ("pattern", "re2") else None,
            )


def _wrong_type(refusal: Refusal, types: Sequence[str]) -> Complaint:
    value = refusal.value
    found = "null is" if value is None else f"{shown(value)} is {type_of(value)},"
    return Complaint(
        code=MISTYPED_FIELD,
        path=refusal.path,
        message=f"{found} not {wanted(types)}",
        hint=_remedy(value, types),
    )


def _remedy(value: Any, types: Sequence[str]) -> str | None:
    match value:
        case None:
            return "write a value, or leave it out"
        case str() if {"integer", "number"} & set(types) and _NUMBER.fullmatch(value):
            return f"write {value} without quotes"
        case str() if "boolean" in types and value in ("true", "false"):
            return f"write {value} without quotes"
        case bool() | int() | float() if set(types) <= {"string", "null"}:
            return f'write "{shown(value)}" with quotes'
        case str() | dict() | bool() | int() | float() if "array" in types:
            return "write a list, each entry after '- '"
        case _:
            return None


def _missing_field(refusal: Refusal, name: str) -> Complaint:
    schema = refusal.fields.get(name, {})
    types = schema.get("type", ())
    kind = wanted([types] if isinstance(types, str) else types) if types else "a value"
    words = listed(map(shown, schema.get("enum", ())), most=_MOST_NAMED)
    return Complaint(
        code=MISSING_FIELD,
        path=refusal.path,
        message=f"field {name!r} is missing",
        hint=f"write {name!r}: {f'one of {words}' if words else kind}",
    )


def _unknown_value(refusal: Refusal, options: Sequence[Any], *, compares: bool) -> Complaint:
    value = refusal.value
    words = [option for option in options if isinstance(option, str)] if compares else []
    return Complaint(
        code=UNKNOWN_VALUE,
        path=refusal.path,
        message=f"{shown(value)} is not one of {listed(map(shown, options), most=_MOST_NAMED)}",
        hint=(near_miss(value, words) or None) if isinstance(value, str) else None,
    )


def _beyond_format(refusal: Refusal) -> Complaint:
    how = "less" if refusal.keyword == "minimum" else "more"
    return Complaint(
        code=BEYOND_FORMAT,
        path=refusal.path,
        message=f"{shown(refusal.value)} is {how} than the format {refusal.schema['format']} holds",
    )


def _against(refusal: Refusal, said: Any) -> str:
    value = refusal.value
    match refusal.keyword:
        case "minimum":
            return f"{shown(value)} is less than {shown(said)}, the least that is allowed"
        case "maximum":
            return f"{shown(value)} is more than {shown(said)}, the most that is allowed"
        case "exclusiveMinimum":
            return f"{shown(value)} is not more than {shown(said)}"
        case "exclusiveMaximum":
            return f"{shown(value)} is not less than {shown(said)}"
        case "multipleOf":
            return f"{shown(value)} is no multiple of {shown(said)}"
        case "pattern" | "re2":
            return f"{shown(value)} does not match {said[:_LONGEST_PATTERN]}"
        case "format":
            return f"{shown(value)} is not {formats.STRINGS[said].what}"
        case "anyOf" | "oneOf" | "not":
            return _against_junctor(refusal)
        case "minLength" | "minItems" | "minProperties":
            return f"{_size(value)}, fewer than {said}" if value else f"{shown(value)} is empty"
        case "maxLength" | "maxItems" | "maxProperties":
            return f"{_size(value)}, more than {said}"
        case _:
            return f"{shown(value)} is not what the keyword {refusal.keyword} of the schema asks for"


def _size(value: Any) -> str:
    one, more = ("character", "characters") if isinstance(value, str) else ("entry", "entries")
    return f"{shown(value)} has {len(value)} {one if len(value) == 1 else more}"


def _against_junctor(refusal: Refusal) -> str:
    if refusal.keyword == "not":
        return f"{shown(refusal.value)} is not allowed"
    alternatives = refusal.schema[refusal.keyword]
    choice = junctors.choice(alternatives) if refusal.keyword == "oneOf" else None
    if choice is not None and isinstance(refusal.value, dict):
        return choice.against(refusal.value)
    if not all(refusal.branches):
        return "more than one of the alternatives holds, not exactly one"
    if all(branch[0].keyword == "format" for branch in refusal.branches):
        names = [branch[0].schema["format"] for branch in refusal.branches]
        return f"{shown(refusal.value)} is not {either([formats.STRINGS[name].what for name in names])}"
    reasons = dict.fromkeys(_reason(branch[0]) for branch in refusal.branches)
    return f"none of the alternatives holds: {'; '.join(reasons)}"


def _reason(refusal: Refusal) -> str:
    if refusal.unknown:
        return f"unknown field {shown(refusal.unknown[0])}"
    return next(_told(refusal)).message
