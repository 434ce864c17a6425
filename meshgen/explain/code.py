"""A code: what it means, what trips it, how that is told, and what to do."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.catalogue import FAMILIES
from meshgen.diagnostics import Code
from meshgen.explain.examples import example, told
from meshgen.explain.layout import filled, indented
from meshgen.report import Format, report


def lines(code: Code) -> Iterator[str]:
    """Explain a code."""
    yield f"{code}: {code.severity.value}, {FAMILIES[code.number[:3]]}"
    yield ""
    yield from filled(code.meaning)
    given = example(code)
    if given is None:
        yield ""
        yield from filled(
            "No intent trips it; it is told of the command line, of files, or of meshgen itself."
        )
        return
    found = tuple(each for each in told(given) if each.code.number == code.number)
    yield ""
    yield f"What trips it, {given.file}:"
    yield ""
    yield from indented(given.text)
    yield ""
    yield "What is told:"
    yield ""
    yield from indented(report(found, Format.TEXT))
    sources = sorted({each.source for each in found if each.source is not None})
    yield from (f"  source: {source}" for source in sources)
