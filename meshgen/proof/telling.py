"""What came of a proof: findings for what differs, and a report of what was compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from meshgen.diagnostics import Code, Diagnostic, Severity, Span
from meshgen.intent.features import Located
from meshgen.intent.outcome.calling import called
from meshgen.intent.outcome.facets import Basis, Step
from meshgen.intent.outcome.wording import plain, worded
from meshgen.proof.verify import Difference, Proof
from meshgen.report.text import counted
from meshgen.resources import Resource, spell
from meshgen.source import MapNode
from meshgen.validation import place_of

UNEQUAL = Code(
    number="MG602",
    slug="unequal-outcomes",
    meaning="What becomes of a request differs between the two sides that were compared.",
)
SAMPLED = Code(
    number="MG603",
    slug="sampled",
    meaning="There are too many classes of requests to ask about each, so pairs and a sample were.",
    severity=Severity.NOTE,
)
NOTHING_TO_ASK = Code(
    number="MG610",
    slug="nothing-to-ask",
    meaning="No Service or workload stands among the manifests, so there is no request to ask about.",
)

Nodes = Mapping[Resource, MapNode]  # where objects stand in files; empty for what was rendered


def nothing_to_ask() -> Diagnostic:
    """Report MG610: what nobody can call is no proof of anything."""
    return Diagnostic(
        code=NOTHING_TO_ASK,
        message="the files hold no Service and no workload, so no request can be asked about",
        severity=NOTHING_TO_ASK.severity,
        hint="name the files with Services and workloads beside the manifests",
    )


def unequal(proof: Proof, *, names: tuple[str, str], mesh: str | None, nodes: Nodes) -> Iterator[Diagnostic]:
    """Tell each facet that differs at a service by the smallest request that shows it.

    Reports MG602 and MG603.
    """
    for difference in proof.differences:
        yield _unequal(difference, names, mesh, nodes)
    if not proof.is_exhaustive:
        message = f"{proof.asked:,} of {proof.classes:,} classes of requests were asked"
        yield Diagnostic(
            code=SAMPLED,
            message=message,
            severity=SAMPLED.severity,
            hint="--max-requests asks more of them, --seed others",
        )


def _unequal(found: Difference, names: tuple[str, str], mesh: str | None, nodes: Nodes) -> Diagnostic:
    place, call, (facet, one, other), times = found
    said = " and ".join(f"{name} says {_said(step)}" for name, step in zip(names, (one, other), strict=True))
    more = f" (and {times - 1:,} other requests)" if times > 1 else ""
    other_span = None if other is None else span_of(other.basis, nodes)
    return Diagnostic(
        code=UNEQUAL,
        message=f"{facet.value} differs for {called(call)}: {said}{more}",
        span=None if one is None else span_of(one.basis, nodes),
        severity=UNEQUAL.severity,
        field=None if place.service is None else f"services.{place.service.name}",
        mesh=mesh,
        source=None if other is None else other.basis.source or None,
        related=() if other_span is None else (("the other side", other_span),),
    )


def _said(step: Step | None) -> str:
    if step is None or step.facet is None:
        return "nothing"
    return f"{plain(worded(step.facet, step.value))} ({based(step.basis)})"


def based(basis: Basis) -> str:
    """Name what decides: an object and the field in it."""
    return f"{basis.name} {spell(basis.path)}" if basis.path else basis.name


def span_of(basis: Basis, nodes: Nodes) -> Span | None:
    """Find where a rule is written; None for what stands in no file."""
    if isinstance(basis.of, Located):
        return basis.of.span(*basis.path)
    node = nodes.get(basis.of) if isinstance(basis.of, Resource) else None
    return None if node is None else place_of(node, basis.path)


def told(proof: Proof, *, title: str, required: Iterable[str]) -> str:
    """Write what was compared, for people; `required` are what was taken to hold."""
    verdict = "equal" if not proof.differences else counted(len(proof.differences), "difference")
    how = "each asked" if proof.is_exhaustive else f"{proof.asked:,} asked"
    asked = f"{counted(proof.services, 'service')}, {proof.classes:,} classes of requests, {how}"
    lines = [f"{title}: {verdict}; {asked}"]
    compared = (f"{facet.value} {count:,}" for facet, count in proof.compared.items())
    lines.append(f"  compared  {', '.join(compared) or 'nothing'}")
    for service, group in proof.excused:
        lines.append(f"  excused   {group} of {service or 'a namespace'}, as a finding says")
    for facet, value, basis in proof.ambient:
        source = f" [{basis.source}]" if basis.source else ""
        lines.append(f"  ambient   {facet.value} {plain(worded(facet, value))}{source}")
    lines += [f"  assumed   {each}" for each in sorted(set(required))]
    return "".join(f"{line}\n" for line in lines)


def as_json(proof: Proof, *, title: str, required: Iterable[str]) -> dict[str, Any]:
    """Write what was compared, for programs."""
    return {
        "title": title,
        "equal": not proof.differences,
        "services": proof.services,
        "classes": proof.classes,
        "asked": proof.asked,
        "exhaustive": proof.is_exhaustive,
        "compared": {facet.value: count for facet, count in proof.compared.items()},
        "differences": [_difference(each) for each in proof.differences],
        "excused": [
            {"service": service and str(service), "facet": group} for service, group in proof.excused
        ],
        "ambient": [
            {"facet": facet.value, "value": worded(facet, value), "source": basis.source}
            for facet, value, basis in proof.ambient
        ],
        "assumed": sorted(set(required)),
    }


def _difference(found: Difference) -> dict[str, Any]:
    place, call, (facet, one, other), times = found
    return {
        "service": place.service and str(place.service),
        "facet": facet.value,
        "request": called(call),
        "requests": times,
        "sides": [_side(one), _side(other)],
    }


def _side(step: Step | None) -> dict[str, Any] | None:
    if step is None or step.facet is None:
        return None
    return {"value": worded(step.facet, step.value), "rule": based(step.basis), "source": step.basis.source}
