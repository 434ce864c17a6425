"""Rules of the intent: each case trips where it should, and what is nearly the same is silent."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.api import Reading, read_intents, render
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.inputs import Content
from meshgen.intent.access import From, Mode
from meshgen.intent.exposure import check_exposure
from meshgen.intent.resolve import resolve
from meshgen.intent.rules import check
from meshgen.profiles import choose, read_profiles

CASES = Path(__file__).parent / "cases" / "rules"
UNWRITTEN = {"unwritten-mode": Mode.PERMISSIVE}
CALLERS = {"ingress": (From(service_account="ingress/gateway"),)}

# `for istio` renders the part for a mesh, `for istio version=1.28` with settings, as a command line has them.
_HEADER = re.compile(r"^# (trips|heals|near miss)(?: for ([^:\n]+))?(: .*)?$", re.MULTILINE)
# Three lines, as the comment that opens a case, so that every position is that of the case's own file.
_OPENING = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: case, namespace: shop}"


class Section(NamedTuple):
    """A set of documents inside a case, and what it is to show."""

    case: str
    kind: str
    line: int
    text: str
    arguments: tuple[str, ...] = ()  # the mesh that it is rendered for, then settings; empty: only checked

    @property
    def id(self) -> str:
        return f"{self.case}:{self.line}"


def sections(path: Path) -> tuple[Section, ...]:
    """Take a case apart; each part stands at the lines that it has in the file."""
    text = path.read_text("utf-8")
    headers = list(_HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    found = []
    for header, end in zip(headers, ends, strict=True):
        body = text[header.end() : end]
        above = text.count("\n", 0, header.end())
        is_whole = "apiVersion:" in body.partition("\n---\n")[0]
        padding = "\n" * above if is_whole else "\n" * (above - 2) + _OPENING
        arguments = tuple((header.group(2) or "").split())
        found.append(Section(path.stem, header.group(1), above + 1, padding + body, arguments))
    return tuple(found)


def findings(section: Section) -> tuple[Diagnostic, ...]:
    """Read and check a section as a command does."""
    found = Findings()
    reading = read_intents([Content(f"{section.case}.yaml", section.text.encode())])
    found.extend(reading.findings)
    if section.arguments:
        _render(reading, section.arguments, found)
    else:
        read_profiles(reading.documents.profiles, findings=found)
        _check(reading, UNWRITTEN.get(section.case), found)
    return tuple(sorted(found, key=lambda diagnostic: diagnostic.order))


def _render(reading: Reading, arguments: tuple[str, ...], found: Findings) -> None:
    mesh, *settings = arguments
    written = read_profiles(reading.documents.profiles, findings=found)
    for backend, profile in choose(mesh, written, settings, findings=found):
        if not found.has_errors:
            found.extend(render(reading, backend, profile).findings)


def _check(reading: Reading, unwritten: Mode | None, found: Findings) -> None:
    if not found.has_errors:
        check(reading.intents, callers=CALLERS, unwritten=unwritten, findings=found)
    if not found.has_errors:
        check_exposure(resolve(reading.intents, callers=CALLERS, shown=reading.shown), found)


def told(found: Iterable[Diagnostic]) -> str:
    """Write all that a finding says."""
    return "".join(line for diagnostic in found for line in _lines(diagnostic))


def _lines(found: Diagnostic) -> Iterable[str]:
    place = "" if found.span is None else f"{found.span.line}:{found.span.column} "
    yield f"{place}{found.severity.value} {found.code}: {found.field or found.feature}\n"
    yield f"    {found.message}\n"
    yield from (f"    {what}: {place.line}:{place.column}\n" for what, place in found.related)
    yield f"    hint: {found.hint}\n"


ALL = tuple(section for path in sorted(CASES.glob("*.yaml")) for section in sections(path))
SILENT = tuple(section for section in ALL if section.kind != "trips")


@pytest.mark.parametrize("case", sorted({section.case for section in ALL}))
def test_a_mistake_is_told_with_its_place_and_what_to_write(
    case: str, request: pytest.FixtureRequest
) -> None:
    tripping = (section for section in ALL if section.case == case and section.kind == "trips")
    actual = "".join(told(findings(section)) for section in tripping)
    golden = CASES / f"{case}.findings.txt"
    if request.config.getoption("--update-goldens"):
        golden.write_text(actual, "utf-8")

    assert golden.read_text("utf-8") == actual


@pytest.mark.parametrize("section", SILENT, ids=lambda section: section.id)
def test_what_is_nearly_the_same_or_healed_is_silent(section: Section) -> None:
    assert told(findings(section)) == ""


@pytest.mark.parametrize("case", ["ten-of-reading", "ten-of-rules"])
def test_ten_mistakes_of_ten_kinds_are_ten_findings_of_one_run_that_writes_nothing(
    case: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable,
        "-m",
        "meshgen",
        "render",
        f"{CASES / case}.yaml",
        "-m",
        "istio",
        "-d",
        str(out),
    ]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    codes = re.findall(rf"^.*{case}\.yaml:\d+:\d+: error\[(MG\d+) ", done.stderr, re.MULTILINE)

    assert (len(codes), len(set(codes))) == (10, 10)
    assert (done.returncode, done.stdout, out.exists()) == (1, "", False)
