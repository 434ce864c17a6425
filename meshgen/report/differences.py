"""What would become of each object of a cluster, for people, for pages and for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from meshgen.differing import Change, Difference, Verdict
from meshgen.report.markdown import literal
from meshgen.report.text import counted, printable
from meshgen.resources import spell
from meshgen.scalars import Json

_LONGEST = 200  # characters of a value that people read

_SIGNS = {Verdict.CREATED: "+", Verdict.CHANGED: "~", Verdict.UNCHANGED: " ", Verdict.LEFT_OVER: "-"}
_WORDS = {Verdict.LEFT_OVER: "no longer asked for"}


def as_text(found: Sequence[Difference]) -> str:
    """Write a line for each object that differs, its fields below it, and a line that counts."""
    lines = (line for each in found for line in _lines(each))
    return "".join(f"{line}\n" for line in (*lines, _summary(found)))


def _lines(difference: Difference) -> Iterator[str]:
    if difference.verdict is not Verdict.UNCHANGED:
        sign = _SIGNS[difference.verdict]
        yield f"{sign} {printable(difference.title)}: {_word(difference.verdict)}"
        for change in difference.changes:
            yield f"    {printable(_told(change))}"


def _word(verdict: Verdict) -> str:
    return _WORDS.get(verdict, verdict.value)


def _told(change: Change) -> str:
    return f"{spell(change.path)}: {_value(change.old)} -> {_value(change.new)}"


def _value(value: Json) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _summary(found: Sequence[Difference]) -> str:
    counts = Counter(each.verdict for each in found)
    if set(counts) <= {Verdict.UNCHANGED}:
        return f"same: {counted(len(found), 'object')}"
    return ", ".join(f"{counts[verdict]} {_word(verdict)}" for verdict in Verdict if counts[verdict] > 0)


def as_markdown(found: Sequence[Difference]) -> str:
    """Write a line that counts, and a table of what differs."""
    rows = [row for each in found for row in _rows(each)]
    head = ("| object | what becomes of it | field | there | rendered |", "|---|---|---|---|---|")
    table = ("", *head, *rows) if rows else ()
    return "".join(f"{line}\n" for line in (f"**{_summary(found)}**", *table))


def _rows(difference: Difference) -> Iterator[str]:
    head = f"| {literal(difference.title)} | {_word(difference.verdict)} |"
    if difference.verdict is Verdict.UNCHANGED:
        return
    if not difference.changes:
        yield f"{head} | | |"
    for change in difference.changes:
        cells = (spell(change.path), _value(change.old), _value(change.new))
        yield f"{head} {' | '.join(map(literal, cells))} |"


def as_json(found: Sequence[Difference], *, requests: Mapping[str, Any] | None = None) -> str:
    """Write every object and every field whole, for programs, and what becomes of requests beside them."""
    document = {
        "version": 1,  # as that of a report: it goes up when a key changes its meaning or goes away
        "requests": requests,
        "objects": [_object(each) for each in found],
    }
    return f"{json.dumps(document, indent=2, ensure_ascii=False)}\n"


def _object(difference: Difference) -> dict[str, Json]:
    changes = difference.changes
    return {
        "apiVersion": difference.api_version,
        "kind": difference.kind,
        "namespace": difference.namespace,
        "name": difference.name,
        "verdict": difference.verdict.value,
        "changes": [{"path": spell(path), "old": old, "new": new} for path, old, new in changes],
    }
