"""Every case under `cases/`: what each profile makes of an intent, manifests and findings compared whole.

A golden is named by its profile. Where a case needs more, a line of its `arguments.txt` says
`<golden>: <mesh> [--partial] [--patches] [--set K=V]...`, what the command line has after `--mesh`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.output import Syntax, stream
from meshgen.patches import component
from meshgen.profiles import choose, read_profiles
from meshgen.rendering import Rendering
from meshgen.report import Format, report

TESTS = Path(__file__).parent
CASES = TESTS / "cases"
ROOT = TESTS.parent


class Golden(NamedTuple):
    """What a render of one profile writes to stdout and to stderr; a file that is not there is empty."""

    case: Path
    profile: str

    @property
    def manifests(self) -> Path:
        return self.case / f"{self.profile}.yaml"

    @property
    def findings(self) -> Path:
        return self.case / f"{self.profile}.findings.txt"


class Output(NamedTuple):
    """The two texts of a render."""

    manifests: str
    findings: str


def cases() -> list[Path]:
    inputs = (path for name in ("intent.yaml", "input", "inputs.txt") for path in CASES.rglob(name))
    return sorted({path.parent for path in inputs if "input" not in path.parent.parts})


def goldens(case: Path) -> Iterator[Golden]:
    found = {path.name.removesuffix(".findings.txt") for path in case.glob("*.findings.txt")}
    found |= {path.stem for path in case.glob("*.yaml") if path.name != "intent.yaml"}
    yield from (Golden(case, profile) for profile in sorted(found))


def place(case: Path) -> tuple[Path, list[str]]:
    """Say in which folder a case is rendered, and which inputs the command line would name."""
    if (case / "inputs.txt").is_file():
        return ROOT, (case / "inputs.txt").read_text(encoding="utf-8").split()
    return case, ["input" if (case / "input").is_dir() else "intent.yaml"]


class Arguments(NamedTuple):
    """What a command line has after `--mesh`."""

    mesh: str
    is_partial: bool = False
    is_patched: bool = False  # then stdout is the Component
    settings: tuple[str, ...] = ()


def arguments(golden: Golden) -> Arguments:
    written = golden.case / "arguments.txt"
    for line in written.read_text(encoding="utf-8").splitlines() if written.is_file() else ():
        name, _, rest = line.partition(": ")
        if name == golden.profile:
            mesh, *words = rest.split()
            settings = tuple(word for word in words if "=" in word)
            return Arguments(mesh, "--partial" in words, "--patches" in words, settings)
    return Arguments(golden.profile)


def rendered(names: list[str], how: Arguments) -> Output:
    findings = Findings()
    contents = read_inputs(names, findings=findings)
    reading = read_intents(contents)
    written = read_profiles(reading.documents.profiles, findings=findings)
    (chosen,) = choose(how.mesh, written, how.settings, findings=findings)
    findings.extend(reading.findings)
    manifests = ""
    if not findings.has_errors:
        backend, profile = chosen
        rendering = render(reading, backend, profile, is_partial=how.is_partial, is_patched=how.is_patched)
        findings.extend(rendering.findings)
        manifests = "" if findings.has_errors else written_as(rendering, how)
    return Output(manifests, report(findings, Format.TEXT))


def written_as(rendering: Rendering, how: Arguments) -> str:
    return component(rendering.patches) if how.is_patched else stream(rendering.manifests, Syntax.YAML)


def expected(golden: Golden) -> Output:
    files = (golden.manifests, golden.findings)
    return Output(*(file.read_text(encoding="utf-8") if file.is_file() else "" for file in files))


def rewrite(golden: Golden, output: Output) -> None:
    for file, text in zip((golden.manifests, golden.findings), output, strict=True):
        if text:
            file.write_text(text, encoding="utf-8")
        else:
            file.unlink(missing_ok=True)


EVERY = [golden for case in cases() for golden in goldens(case)]


@pytest.mark.parametrize(
    "golden", EVERY, ids=lambda golden: f"{golden.case.relative_to(CASES).as_posix()}-{golden.profile}"
)
def test_a_render_writes_and_tells_what_the_case_expects(
    golden: Golden, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = expected(golden)
    folder, names = place(golden.case)
    monkeypatch.chdir(folder)

    output = rendered(names, arguments(golden))

    if request.config.getoption("--update-goldens"):
        rewrite(golden, output)
    else:
        assert output.findings == before.findings
        assert output.manifests == before.manifests


def test_every_case_has_a_golden() -> None:
    without = [case.relative_to(CASES).as_posix() for case in cases() if not list(goldens(case))]

    assert without == []
