"""The patches that the requirements of a set come to, and what is told of those that there are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.gaps import Gap
from meshgen.intent.shown import Shown
from meshgen.patches import Patch, Unnamed, merged
from meshgen.profile import Profile
from meshgen.scalars import Json

UNPATCHED = Code(
    number="MG313",
    slug="unpatched-requirement",
    meaning="A patch could bring a requirement about, if the inputs showed the object that it is laid over.",
    severity=Severity.WARNING,
)
TWO_VALUES = Code(
    number="MG314",
    slug="two-values",
    meaning="Requirements of two services ask for different values in one place of an object they share.",
    severity=Severity.WARNING,
)


class Patching(NamedTuple):
    """The patches of a set, one for each object, and what is to be told of those that there are not."""

    patches: tuple[Patch, ...]
    findings: tuple[Diagnostic, ...]


class _Step(NamedTuple):
    """What one requirement of one use comes to."""

    gap: Gap
    requirement: str
    answer: Patch | Unnamed


def patching(found: Iterable[Gap], profile: Profile, shown: Shown) -> Patching:
    """Collect what brings about the requirements that no profile holds. Reports MG313 and MG314."""
    steps = tuple(_steps(found, profile))
    patches = (step.answer for step in steps if isinstance(step.answer, Patch))
    return Patching(
        patches=merged(_as_written(patch, shown) for patch in patches),
        findings=(*_unpatched(steps, profile), *_two_values(steps, profile)),
    )


def _steps(found: Iterable[Gap], profile: Profile) -> Iterator[_Step]:
    for gap in found:
        for requirement in gap.row.requires:
            if requirement.patches is not None and requirement.id not in profile.holds:
                yield from (_Step(gap, requirement.id, answer) for answer in requirement.patches(gap.use))


def _as_written(patch: Patch, shown: Shown) -> Patch:
    """Leave the namespace out where the object's document does: kustomize would not find it."""
    return replace(patch, namespace=None) if (patch.kind, patch.name) in shown.unplaced else patch


def _unpatched(steps: Iterable[_Step], profile: Profile) -> Iterator[Diagnostic]:
    """One requirement is one finding, which lists what it lacks."""
    lacking: dict[tuple[str, str], dict[str, Gap]] = {}
    for gap, requirement, answer in steps:
        if isinstance(answer, Unnamed):
            lacking.setdefault((requirement, answer.kind), {}).setdefault(answer.of, gap)
    for (requirement, kind), gaps in lacking.items():
        usage = next(iter(gaps.values())).use.usage
        yield Diagnostic(
            code=UNPATCHED,
            message=f"{requirement}: no patch for {', '.join(gaps)}, whose {kind} the inputs do not show",
            span=usage.span,
            severity=UNPATCHED.severity,
            feature=usage.feature,
            mesh=profile.name,
            hint="name the files that hold them among the inputs",
        )


def _two_values(steps: Iterable[_Step], profile: Profile) -> Iterator[Diagnostic]:
    """A patch that says both would say the last alone."""
    first: dict[tuple[str | None, ...], tuple[Json, _Step]] = {}
    for step in steps:
        for path, value in _values(step.answer):
            before, other = first.setdefault(path, (value, step))
            if before != value:
                usage, span = step.gap.use.usage, other.gap.use.usage.span
                yield Diagnostic(
                    code=TWO_VALUES,
                    message=f"{step.requirement}: {path[-1]} of the {path[0]} {path[2]} would have to be "
                    f"{before!r} and {value!r}",
                    span=usage.span,
                    severity=TWO_VALUES.severity,
                    feature=usage.feature,
                    mesh=profile.name,
                    hint="ask for the same, or give each service pods of its own",
                    related=() if span is None else (("the other one", span),),
                )


def _values(answer: Patch | Unnamed) -> Iterator[tuple[tuple[str | None, ...], Json]]:
    """Name each value of a patch by its object and its place there."""
    if isinstance(answer, Patch):
        yield from _below((answer.kind, answer.namespace, answer.name), answer.fields)


def _below(
    path: tuple[str | None, ...], fields: Mapping[str, Json]
) -> Iterator[tuple[tuple[str | None, ...], Json]]:
    for name, value in fields.items():
        if isinstance(value, Mapping):
            yield from _below((*path, name), value)
        elif not isinstance(value, list):  # entries of lists are joined
            yield (*path, name), value
