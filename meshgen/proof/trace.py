"""One request, step by step: what decides, where it is written, and by which rule of the mesh."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from meshgen.diagnostics import Span
from meshgen.intent.outcome.facets import Facet, Outcome, Step
from meshgen.intent.outcome.wording import plain, worded
from meshgen.proof.telling import Nodes, based, span_of
from meshgen.report.text import printable


class Line(NamedTuple):
    """A step, and where what decides it is written."""

    step: Step
    span: Span | None


def lines(outcome: Outcome, nodes: Nodes) -> tuple[Line, ...]:
    """Place every step of an outcome, in its order."""
    return tuple(Line(step, span_of(step.basis, nodes)) for step in outcome.steps)


def as_text(title: str, outcome: Outcome, nodes: Nodes) -> str:
    """Write the steps in words, and below them what they come to."""
    found = [title]
    for number, line in enumerate(lines(outcome, nodes), 1):
        found += [f"  {number}. {_says(line.step)}", *(f"     {each}" for each in _grounds(line))]
    found.append(f"  = {_sum(outcome)}")
    return "".join(f"{printable(each)}\n" for each in found)


def _says(step: Step) -> str:
    said = step.says
    if step.facet is not None and not said.startswith(f"{step.facet.value}: "):
        said += f" -> {step.facet.value}: {plain(worded(step.facet, step.value))}"
    return f"{said} (nobody asked for it)" if step.is_ambient else said


def _grounds(line: Line) -> Iterator[str]:
    at = f" at {line.span}" if line.span is not None else ""
    yield f"{based(line.step.basis)}{at}"
    if line.step.basis.source:
        yield line.step.basis.source


def _sum(outcome: Outcome) -> str:
    asked = [step for step in outcome.facets.values() if not step.is_ambient or step.facet is Facet.VERDICT]
    said = (f"{step.facet.value} {plain(worded(step.facet, step.value))}" for step in asked if step.facet)
    return "; ".join(said) or "nobody says what becomes of it"


def as_json(title: str, outcome: Outcome, nodes: Nodes) -> dict[str, Any]:
    """Write the steps for programs."""
    return {
        "request": title,
        "steps": [_step(line) for line in lines(outcome, nodes)],
        "outcome": {facet.value: worded(facet, step.value) for facet, step in outcome.facets.items()},
    }


def _step(line: Line) -> dict[str, Any]:
    step, span = line
    return {
        "says": step.says,
        "facet": None if step.facet is None else step.facet.value,
        "value": None if step.facet is None else worded(step.facet, step.value),
        "unasked": step.is_ambient,
        "rule": based(step.basis),
        "place": None if span is None else str(span),
        "source": step.basis.source or None,
    }
