"""Splits: versions that exist, shares that are whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.intent.features import Located
from meshgen.intent.model import MeshIntent, Service
from meshgen.intent.traffic import Split

SPLIT_SUM = Code(
    number="MG202",
    slug="split-sum",
    meaning="The shares of a split do not sum to 100, so somebody's intent is lost.",
)
UNKNOWN_VERSION = Code(
    number="MG203",
    slug="unknown-version",
    meaning="A split names a version that the service does not declare.",
)


def check(intents: Iterable[MeshIntent], findings: Findings) -> None:
    """Report MG202 and MG203."""
    for intent in intents:
        for name, service in (intent.spec.services or {}).items():
            for holder, path, split in _splits(service):
                field = f"spec.services.{name}.{path}"
                _check_sum(holder, split, field, findings)
                _check_versions(holder, split, service, field, findings)


def _splits(service: Service) -> Iterator[tuple[Located, str, Split]]:
    if service.split is not None:
        yield service, "split", service.split
    for index, route in enumerate(service.routes):
        if route.split is not None:
            yield route, f"routes[{index}].split", route.split


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


def _check_versions(holder: Located, split: Split, service: Service, field: str, findings: Findings) -> None:
    known = service.versions or {}
    for version in split:
        if version not in known:
            hint = near_miss(version, known) or f"add it to versions: {{{version}: {{}}}}"
            findings.add(
                UNKNOWN_VERSION,
                f"{field} names the version {version!r}, which the service does not declare",
                span=holder.span("split", version),
                field=f"{field}.{version}",
                hint=hint,
            )
