"""The files that a command is given: files, folders and standard input, each read once and whole."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, near_miss

NO_SUCH_FILE = Code(
    number="MG701", slug="no-such-file", meaning="A file or folder that was named is not there."
)
UNREADABLE = Code(number="MG702", slug="unreadable-file", meaning="A file is there but cannot be read.")
NO_INPUT = Code(number="MG703", slug="no-input", meaning="A folder that was named holds no YAML file.")

_ENDINGS = (".yaml", ".yml")


class Content(NamedTuple):
    """A file's bytes under the name that findings show."""

    file: str
    content: bytes


def read_inputs(names: Iterable[str], *, findings: Findings) -> tuple[Content, ...]:
    """Read files, the `*.yaml` and `*.yml` below folders (sorted), and `-`; each file once.

    Reports MG701 to MG703.
    """
    found: dict[Path | str, Content] = {}
    for name in names:
        if name == "-":
            found.setdefault("-", Content("-", _standard_input(findings)))
            continue
        for path in _files(name, findings):
            content = _read(path, findings)
            if content is not None:
                found.setdefault(path.resolve(), Content(path.as_posix(), content))
    return tuple(found.values())


def _standard_input(findings: Findings) -> bytes:
    if sys.stdin is None:  # what Python makes of a closed one
        findings.add(UNREADABLE, "standard input cannot be read: it is closed")
        return b""
    return sys.stdin.buffer.read()


def _files(name: str, findings: Findings) -> tuple[Path, ...]:
    try:
        return _below(Path(name), name, findings)
    except OSError as error:  # of a name that is too long, or in a folder that is shut
        findings.add(UNREADABLE, f"{error.filename} cannot be read: {error.strerror}")
        return ()


def _below(path: Path, name: str, findings: Findings) -> tuple[Path, ...]:
    if not path.is_dir():
        if path.exists():  # a pipe too, as of <(kustomize build)
            return (path,)
        hint = near_miss(path.name, _siblings(path)) or None
        findings.add(NO_SUCH_FILE, f"there is no file or folder {name!r}", hint=hint)
        return ()
    files = tuple(sorted(below for below in path.rglob("*") if below.suffix in _ENDINGS and below.is_file()))
    if not files:
        findings.add(NO_INPUT, f"the folder {name!r} holds no *.yaml or *.yml")
    return files


def _siblings(path: Path) -> tuple[str, ...]:
    return tuple(sibling.name for sibling in path.parent.iterdir()) if path.parent.is_dir() else ()


def _read(path: Path, findings: Findings) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        findings.add(UNREADABLE, f"{path.as_posix()} cannot be read: {error.strerror}")
        return None
