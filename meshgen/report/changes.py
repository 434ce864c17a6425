"""Which requests fare otherwise, for people, for pull requests and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from meshgen.intent.outcome.calling import called
from meshgen.intent.outcome.facets import Step
from meshgen.intent.outcome.wording import plain, worded
from meshgen.proof.diff import Changes, Row
from meshgen.proof.telling import based
from meshgen.report.markdown import literal
from meshgen.report.text import counted, printable

MOST_ROWS = 50  # that people are shown, the gravest first

_COLUMNS = ("what", "service", "facet", "before", "after", "requests", "for example")
_HEAD = (f"| {' | '.join(_COLUMNS)} |", "|---" * len(_COLUMNS) + "|")


def summary(found: Changes) -> str:
    """Say whether anything differs, and how much was asked."""
    how = "each asked" if found.is_exhaustive else "a sample asked"
    asked = f"{counted(found.classes, 'class', plural='classes')} of requests, {how}"
    return f"{'different' if found.rows else 'same'}: {asked}"


def as_table(found: Changes) -> str:
    """Write the rows, and what was asked."""
    lines = [line for row in found.rows[:MOST_ROWS] for line in _lines(row)]
    return "".join(f"{printable(line)}\n" for line in (*lines, *_more(found), summary(found)))


def _lines(row: Row) -> Iterator[str]:
    classes = counted(row.classes, "class", plural="classes")
    yield f"{row.change.value} at {_service(row)}: {classes} of requests, such as {called(row.example)}"
    yield f"    {row.facet.value}: {_said(row, row.before)} -> {_said(row, row.after)}"


def _more(found: Changes) -> Sequence[str]:
    left = len(found.rows) - MOST_ROWS
    return (f"and {counted(left, 'row')} more",) if left > 0 else ()


def _service(row: Row) -> str:
    return "pods of no service" if row.service is None else str(row.service)


def _said(row: Row, step: Step | None) -> str:
    return "left to the mesh" if step is None else plain(worded(row.facet, step.value))


def as_markdown(found: Changes) -> str:
    """Write a line that says what was asked, and a table of the rows."""
    rows = [_row(row) for row in found.rows[:MOST_ROWS]]
    table = ("", *_HEAD, *rows) if rows else ()
    more = ("", *_more(found)) if _more(found) else ()
    return "".join(f"{line}\n" for line in (f"**{summary(found)}**", *table, *more))


def _row(row: Row) -> str:
    cells = (
        row.change.value,
        _service(row),
        row.facet.value,
        _said(row, row.before),
        _said(row, row.after),
        str(row.classes),
        called(row.example),
    )
    return f"| {' | '.join(map(literal, cells))} |"


def as_json(found: Changes) -> dict[str, Any]:
    """Write every row, for programs."""
    return {
        "same": not found.rows,
        "classes": found.classes,
        "exhaustive": found.is_exhaustive,
        "rows": [
            {
                "change": row.change.value,
                "service": None if row.service is None else str(row.service),
                "facet": row.facet.value,
                "before": _side(row, row.before),
                "after": _side(row, row.after),
                "classes": row.classes,
                "example": called(row.example),
            }
            for row in found.rows
        ],
    }


def _side(row: Row, step: Step | None) -> dict[str, Any] | None:
    if step is None:
        return None
    return {"value": worded(row.facet, step.value), "rule": based(step.basis)}


def document(found: Changes) -> str:
    """Write every row as a document of its own."""
    return json.dumps({"version": 1, **as_json(found)}, indent=2, ensure_ascii=False) + "\n"
