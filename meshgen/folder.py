"""Manifests as a folder of files: what must change there, decided before anything is touched, then done."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from meshgen import manifest
from meshgen.diagnostics import Code, Diagnostic, Findings, Span
from meshgen.inputs import UNREADABLE
from meshgen.jsontypes import to_json
from meshgen.manifest import Manifest
from meshgen.scalars import dump
from meshgen.source import read

UNWRITABLE = Code(number="MG704", slug="unwritable-file", meaning="A file or folder cannot be written.")
FOREIGN_FILE = Code(
    number="MG705",
    slug="foreign-file",
    meaning="What stands where a manifest belongs was not written for the same intent, so it stays.",
)
OUT_OF_DATE = Code(
    number="MG706",
    slug="out-of-date",
    meaning="A file is not what the intent renders to: what is reviewed is not what would be applied.",
)

KUSTOMIZATION = "kustomization.yaml"
_ITS_OTHER_NAMES = ("kustomization.yml", "Kustomization")


class Owner(NamedTuple):
    """The intent that an object of ours was written for, as its metadata says."""

    part_of: str
    namespace: str


_EVERY_INTENT = Owner("", "")  # of the kustomization, which lists the manifests of all intents of the folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What brings a folder in step; both empty where it is."""

    folder: Path
    written: Mapping[str, bytes]  # the whole content by file name
    removed: tuple[str, ...]


class _Standing(NamedTuple):
    """What a folder holds: files with their content, and names that are none (links are not followed)."""

    files: Mapping[str, bytes]
    others: frozenset[str]


def compare(
    folder: Path,
    manifests: Sequence[Manifest],
    *,
    owners: frozenset[Owner],
    is_kustomized: bool,
    findings: Findings,
) -> Changes:
    """Say what brings a folder in step with the manifests of the intents `owners`.

    What was not written for them is never changed. A kustomization of ours is kept in step once it is
    there, asked for or not. Reports MG702, and MG705 for what is in the way.
    """
    try:
        standing = _standing(folder)
    except OSError as error:
        findings.add(UNREADABLE, f"{error.filename} cannot be read: {error.strerror}")
        return Changes(folder=folder, written={}, removed=())
    wanted = {each.file_name: each.text.encode() for each in manifests}
    assert len(wanted) == len(manifests), "two manifests have one file name"
    beside = {name: _owner(content) for name, content in standing.files.items() if name not in wanted}
    stale = tuple(sorted(name for name, owner in beside.items() if owner in owners))
    if is_kustomized or beside.get(KUSTOMIZATION) == _EVERY_INTENT:
        of_others = {name for name, owner in beside.items() if owner not in (None, _EVERY_INTENT, *owners)}
        wanted[KUSTOMIZATION] = _kustomization([*wanted, *sorted(of_others)])
    written = {name: content for name, content in wanted.items() if standing.files.get(name) != content}
    _report_foreign(folder, _in_the_way(written, standing, owners), findings)
    return Changes(folder=folder, written=written, removed=stale)


def compare_component(folder: Path, component: str, *, findings: Findings) -> Changes:
    """Say what brings a folder in step that holds one Component of ours alone. Reports MG702 and MG705."""
    try:
        standing = _standing(folder)
    except OSError as error:
        findings.add(UNREADABLE, f"{error.filename} cannot be read: {error.strerror}")
        return Changes(folder=folder, written={}, removed=())
    content = component.encode()
    written = {} if standing.files.get(KUSTOMIZATION) == content else {KUSTOMIZATION: content}
    _report_foreign(folder, _in_the_way(written, standing, frozenset()), findings)
    return Changes(folder=folder, written=written, removed=())


def _report_foreign(folder: Path, names: Iterable[str], findings: Findings) -> None:
    if foreign := sorted(names):
        message = f"what lies in {folder.as_posix()} was not written for this intent: {', '.join(foreign)}"
        findings.add(FOREIGN_FILE, message, hint="move it away, or name another folder")


def _standing(folder: Path) -> _Standing:
    if not folder.exists():
        return _Standing({}, frozenset())
    files: dict[str, bytes] = {}
    others: set[str] = set()
    for path in folder.iterdir():
        if path.suffix == ".yaml" and path.is_file() and not path.is_symlink():
            files[path.name] = path.read_bytes()
        else:
            others.add(path.name)
    return _Standing(files, frozenset(others))


def _owner(content: bytes) -> Owner | None:
    """Find the intent of the one object in a file; None: the file is not ours."""
    if manifest.MANAGED_BY.encode() not in content:
        return None
    findings = Findings()
    documents = [to_json(node) for node in read(content, file="", findings=findings)]
    match documents:
        case _ if findings.has_errors:
            return None
        case [
            {
                "metadata": {
                    "namespace": str(namespace),
                    "labels": {manifest.MANAGED_BY: "meshgen", manifest.PART_OF: str(part_of)},
                }
            }
        ]:
            return Owner(part_of, namespace)
        case [
            {"kind": "Kustomization" | "Component", "metadata": {"labels": {manifest.MANAGED_BY: "meshgen"}}}
        ]:
            return _EVERY_INTENT
        case _:
            return None


def _kustomization(resources: Iterable[str]) -> bytes:
    content = dump(
        {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "metadata": {"labels": {manifest.MANAGED_BY: "meshgen"}},
            "resources": list(resources),
        }
    )
    return content.encode()


def _in_the_way(names: Iterable[str], standing: _Standing, owners: frozenset[Owner]) -> Iterator[str]:
    ours = {owner.part_of for owner in (*owners, _EVERY_INTENT)}  # an object may lie in another namespace
    for name in names:
        owner = _owner(standing.files.get(name, b""))
        if name in standing.others or (
            name in standing.files and (owner is None or owner.part_of not in ours)
        ):
            yield name
    if KUSTOMIZATION in names:
        yield from (name for name in _ITS_OTHER_NAMES if name in standing.others)


def differences(changes: Changes) -> Iterator[Diagnostic]:
    """Tell each change as a finding, MG706, of the file that would change."""
    for name, content in changes.written.items():
        path = changes.folder / name
        if path.exists():
            line = _first_difference(path.read_bytes(), content)
            yield _out_of_date(
                f"{name} differs from what the intent renders to", Span(path.as_posix(), line, 1)
            )
        else:
            yield _out_of_date(f"{path.as_posix()} is missing", None)
    for name in changes.removed:
        path = changes.folder / name
        yield _out_of_date(
            f"{name} is left over: the intent no longer asks for it", Span(path.as_posix(), 1, 1)
        )


def _first_difference(old: bytes, new: bytes) -> int:
    pairs = zip(old.splitlines(), new.splitlines(), strict=False)
    same = itertools.takewhile(lambda lines: lines[0] == lines[1], pairs)
    return sum(1 for _ in same) + 1


def _out_of_date(message: str, span: Span | None) -> Diagnostic:
    hint = "run the same command without --check"
    return Diagnostic(code=OUT_OF_DATE, message=message, span=span, severity=OUT_OF_DATE.severity, hint=hint)


def write(changes: Changes, *, findings: Findings) -> None:
    """Put every file under another name first, so that a full disk leaves the folder as it was.

    Reports MG704. Without changes nothing is touched.
    """
    from tempfile import TemporaryDirectory  # 10 ms that a stream does not need

    if not changes.written and not changes.removed:
        return
    try:
        changes.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".meshgen-", dir=changes.folder) as aside:
            for name, content in changes.written.items():
                Path(aside, name).write_bytes(content)
            for name in changes.written:
                os.replace(Path(aside, name), changes.folder / name)
        for name in changes.removed:
            (changes.folder / name).unlink()
    except OSError as error:
        place = changes.folder.as_posix()
        findings.add(UNWRITABLE, f"the folder {place} cannot be written: {error.strerror}")
