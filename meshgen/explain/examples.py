"""For each code the smallest input that trips it, and what is told of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from meshgen import datafiles
from meshgen.api import Reading, read_intents, render
from meshgen.diagnostics import Code, Diagnostic, Findings
from meshgen.inputs import Content
from meshgen.intent.rules import check
from meshgen.profiles import Profiles, choose, read_profiles

_MESH = re.compile(r"^# meshgen render .* --mesh (\S+)")
_SETTING = re.compile(r" --set (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An input; its first line says how it is rendered, where reading it is not enough."""

    file: str
    content: bytes

    @property
    def text(self) -> str:
        """The input for people; what is no text is escaped."""
        return self.content.decode("utf-8", errors="backslashreplace")


def example(code: Code) -> Example | None:
    """Find the input that trips a code; None for one that no input can trip."""
    path = datafiles.findings() / f"{code.slug}.yaml"
    return Example(file=path.name, content=path.read_bytes()) if path.is_file() else None


@cache
def told(given: Example) -> tuple[Diagnostic, ...]:
    """Read, check and, where a mesh is named, render an example; give all findings in their order."""
    findings = Findings()
    reading = read_intents([Content(given.file, given.content)])
    findings.extend(reading.findings)
    written = read_profiles(reading.documents.profiles, findings=findings)
    if not findings.has_errors:
        _translate(reading, written, given.text.partition("\n")[0], findings)
    return tuple(sorted(findings, key=lambda found: found.order))


def _translate(reading: Reading, written: Profiles, head: str, findings: Findings) -> None:
    """Check the rules alone, or do all that the command line in the first line does."""
    mesh = _MESH.match(head)
    if mesh is None:
        check(reading.intents, callers={}, findings=findings)
        return
    for backend, profile in choose(mesh.group(1), written, _SETTING.findall(head), findings=findings):
        rendering = render(reading, backend, profile, is_patched="--patches" in head)
        findings.extend(rendering.findings)
