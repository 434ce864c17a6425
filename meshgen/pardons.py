"""`meshgen.dev/ignore` on an object: findings that its owner has looked at and lives with."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path

ANNOTATION = "meshgen.dev/ignore"
_PATH: Path = ("metadata", "annotations", ANNOTATION)
_EXAMPLE = f'{ANNOTATION}: "MG401 why it may stay"'

UNNEEDED_IGNORE = Code(
    number="MG410",
    slug="unneeded-ignore",
    meaning="An object asks to ignore a finding that it does not have, and would hide the next one.",
    severity=Severity.WARNING,
)
BAD_IGNORE = Code(
    number="MG411",
    slug="bad-ignore",
    meaning="An object asks to ignore a finding without saying which one, or why.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pardon:
    """One finding that an object's owner lives with."""

    code: str  # number or slug
    reason: str

    def covers(self, complaint: Complaint) -> bool:
        """Tell whether it speaks of this finding."""
        return self.code in (complaint.code.number, complaint.code.slug)


def pardoned(annotation: object, complaints: Iterable[Complaint]) -> Iterator[Complaint]:
    """Give back an object's complaints, those that its annotation names as notes with the reason.

    Entries are separated by line breaks or semicolons. Reports MG410 for one that covers nothing and MG411
    for one without a code or a reason; neither can be ignored.
    """
    found = tuple(complaints)
    if not isinstance(annotation, str):  # absent, or of a wrong type, which is told by itself
        yield from found
        return
    written = tuple(entry for part in re.split(r"[\n;]", annotation) if (entry := part.strip()))
    pardons = tuple(pardon for entry in written if (pardon := _read(entry)) is not None)
    for complaint in found:
        pardon = next((pardon for pardon in pardons if pardon.covers(complaint)), None)
        yield complaint if pardon is None else _noted(complaint, pardon)
    yield from (_bad(entry) for entry in written if _read(entry) is None)
    if not written:
        yield _bad("")
    covered = [pardon for pardon in pardons if any(map(pardon.covers, found))]
    yield from (_unneeded(pardon) for pardon in pardons if pardon not in covered)


def _read(entry: str) -> Pardon | None:
    code, _, reason = entry.partition(" ")
    is_code = re.fullmatch(r"MG4[0-9]{2}|[a-z0-9]+(-[a-z0-9]+)*", code) is not None
    return Pardon(code=code, reason=reason.strip()) if is_code and reason.strip() else None


def _noted(complaint: Complaint, pardon: Pardon) -> Complaint:
    return replace(
        complaint, severity=Severity.NOTE, message=f"{complaint.message} (ignored: {pardon.reason})"
    )


def _bad(entry: str) -> Complaint:
    return Complaint(
        code=BAD_IGNORE,
        path=_PATH,
        message=f"{entry!r} does not name a finding of manifests and a reason",
        hint=f"write {_EXAMPLE}",
    )


def _unneeded(pardon: Pardon) -> Complaint:
    return Complaint(
        code=UNNEEDED_IGNORE,
        path=_PATH,
        message=f"the object has no finding {pardon.code} to ignore",
        hint="take the entry away",
    )
