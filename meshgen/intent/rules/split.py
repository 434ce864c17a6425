"""Splits and mirrors: versions that exist, shares that are whole."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings, Span, near_miss
from meshgen.intent.features import Located
from meshgen.intent.rules.subjects import Scene, Subject
from meshgen.intent.traffic import Mirror, Split

SPLIT_SUM = Code(
    number="MG202",
    slug="split-sum",
    meaning="The shares of a split do not sum to 100, so somebody's intent is lost.",
)
UNKNOWN_VERSION = Code(
    number="MG203",
    slug="unknown-version",
    meaning="A split or mirror names a version that the service does not declare.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG202 and MG203."""
    for subject in scene.subjects.values():
        for holder, field, split in _splits(subject):
            _check_sum(holder, split, field, findings)
            for version in split:
                place = f"{field}.{version}"
                _check_version(subject, version, place, holder.span("split", version), findings)
        for mirror, field in _mirrors(subject):
            if mirror.version is not None:
                _check_version(subject, mirror.version, f"{field}.version", mirror.span("version"), findings)


def _splits(subject: Subject) -> Iterator[tuple[Located, str, Split]]:
    if subject.service.split is not None:
        yield subject.service, f"{subject.field}.split", subject.service.split
    for route, field in subject.routes():
        if route.split is not None:
            yield route, f"{field}.split", route.split


def _mirrors(subject: Subject) -> Iterator[tuple[Mirror, str]]:
    if isinstance(subject.service.mirror, Mirror):
        yield subject.service.mirror, f"{subject.field}.mirror"
    for route, field in subject.routes():
        if isinstance(route.mirror, Mirror):
            yield route.mirror, f"{field}.mirror"


def _check_sum(holder: Located, split: Split, field: str, findings: Findings) -> None:
    total = sum(percent.hundredths for percent in split.values())
    if total != 10_000:
        findings.add(
            SPLIT_SUM,
            f"the shares of {field} sum to {total / 100:g}, not 100",
            span=holder.span("split"),
            field=field,
            hint="give what is missing to one version, or take it away; shares are percentages",
        )


def _check_version(subject: Subject, version: str, field: str, span: Span | None, findings: Findings) -> None:
    known = subject.service.versions or {}
    if version not in known:
        findings.add(
            UNKNOWN_VERSION,
            f"{field} names the version {version!r}, which the service does not declare",
            span=span,
            field=field,
            hint=near_miss(version, known) or f"add it to versions: {{{version}: {{}}}}",
        )
