"""What a code, a feature or a field is, why, what to do, and where the fact comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.catalogue import FAMILIES, codes, features, fields
from meshgen.diagnostics import Code, near_miss
from meshgen.explain import code, feature, field, layout
from meshgen.profiles import Choice


def explain(word: str, clusters: Iterable[Choice]) -> str | None:
    """Explain a word, about a mesh as the clusters have it; None where nothing is known by it.

    A code is asked for by number or slug; a field by its path as findings spell it, or by the end of one.
    """
    written = fields()
    if word in features():
        return layout.text(feature.lines(word, written, tuple(clusters)))
    for known in codes():
        if word.casefold() in (known.number.casefold(), known.slug):
            return layout.text(code.lines(known))
    found = field.meant(word, written)
    return layout.text(field.lines(found)) if found else None


def nearest(word: str) -> str:
    """Say "did you mean 'x'?" for the code, feature or field nearest to a word, or an empty string."""
    keys = {each.path[-1] for each in fields()}
    return near_miss(
        word, {*(slug for each in codes() for slug in (each.number, each.slug)), *features(), *keys}
    )


def overview() -> str:
    """List every code by its family, and say what else can be asked for."""
    return layout.text(_overview(codes()))


def _overview(known: tuple[Code, ...]) -> Iterator[str]:
    width = max(len(each.slug) for each in known)
    for prefix, title in FAMILIES.items():
        family = [each for each in known if each.number.startswith(prefix)]
        if family:
            yield f"{prefix}xx {title}"
            yield from (f"  {each.number} {each.slug.ljust(width)}  {each.severity.value}" for each in family)
            yield ""
    yield "meshgen explain CODE says more of one."
    yield "meshgen capabilities lists the features, meshgen explain FEATURE says more of one."
    yield "meshgen explain timeout, or spec.services.*.timeout, explains a field."


def unwritten(clusters: Iterable[Choice]) -> str:
    """Name what is in force on clusters where an intent says nothing."""
    return layout.text(line for choice in clusters for line in feature.unwritten(choice))
