"""A feature: what it means, what each mesh answers and why, and a small intent that uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from meshgen.ambient import FIELDS
from meshgen.catalogue import Field, codes_of, field_of
from meshgen.explain.examples import example, told
from meshgen.explain.field import facts
from meshgen.explain.layout import filled, indented
from meshgen.intent.features import RELATIONS
from meshgen.intent.samples import small
from meshgen.profiles import Choice
from meshgen.report.matrix import Case, cases, says, word
from meshgen.scalars import Json, dump
from meshgen.support import Approximate, Full, Unsupported


def lines(feature: str, known: tuple[Field, ...], clusters: tuple[Choice, ...]) -> Iterator[str]:
    """Explain a feature on clusters."""
    field = field_of(feature, known)
    yield f"{feature}: {RELATIONS[feature] if field is None else field.doc}"
    yield ""
    if field is not None:
        yield f"  field: {field.written}"
        yield from facts(field)
        below = [id for id in field.ids if id.startswith(f"{feature}.")]
        if below:
            yield from filled(", ".join(below), first="below it: ")
        yield ""
    for choice in clusters:
        yield f"{choice.profile.name} {choice.profile.version}"
        for case in cases(feature, choice.backend, choice.profile):
            yield from _case(case)
        yield from _limits(feature, choice)
        yield from _unwritten(feature, choice)
    yield ""
    yield "For example:"
    yield ""
    yield from indented(dump(cast(Json, small(feature))))


def _case(case: Case) -> Iterator[str]:
    row = case.row
    stop = ", lets through what the intent stops" if row.widens else ""
    condition = f" ({case.when})" if case.when else ""
    yield f"  {word(row)}{stop}{condition}"
    if isinstance(row.answer, Full) and row.answer.is_unasked:
        yield from filled("the mesh does so unasked, nothing is written", indent="    ")
    if (sentence := says(row.answer)) is not None:
        yield from filled(sentence, indent="    ")
    if isinstance(row.answer, Approximate | Full) and row.answer.facets:
        yield from filled(", ".join(row.answer.facets), indent="    ", first="differs in: ")
    if isinstance(row.answer, Unsupported) and row.answer.hint:
        yield from filled(row.answer.hint, indent="    ", first="instead: ")
    for required in row.requires:
        what = required.what.replace("{service}", "SERVICE").replace("{value}", "VALUE")
        yield from filled(what, indent="    ", first=f"{required.severity.value}, {required.id}: ")
    if row.source:
        yield f"    source: {row.source}"


def _limits(feature: str, choice: Choice) -> Iterator[str]:
    """Name the codes by which a mesh refuses the feature beside others, as their examples show."""
    for code in codes_of(choice.backend.name):
        given = example(code)
        found = () if given is None else told(given)
        if any(
            each.code is code and each.feature == feature and each.mesh == choice.backend.name
            for each in found
        ):
            yield f"  refused where {code} says so"
            yield from filled(code.meaning, indent="    ")


def _unwritten(feature: str, choice: Choice) -> Iterator[str]:
    """Name what is in force where nothing is written, for a field that has such a thing."""
    head = feature.removeprefix("routes.").partition(".")[0]
    if head not in FIELDS:
        return
    (default,) = (each for each in choice.backend.ambient(choice.profile) if each.field == head)
    yield f"  where nothing is written of {head}"
    yield from filled(default.value, indent="    ")
    yield f"    source: {default.source}"


def unwritten(choice: Choice) -> Iterator[str]:
    """Name all that is in force on a cluster where an intent says nothing."""
    yield f"{choice.profile.name} {choice.profile.version}, where nothing is written"
    width = max(map(len, FIELDS))
    known = choice.backend.ambient(choice.profile)
    for default in sorted(known, key=lambda default: FIELDS.index(default.field)):
        yield from filled(default.value, first=f"{default.field.ljust(width)}  ")
        yield f"  {'':{width}}  source: {default.source}"
