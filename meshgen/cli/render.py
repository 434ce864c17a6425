"""`meshgen render`: intents to the manifests of one mesh, on stdout or in a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, assert_never

import click

from meshgen import folder, profiles
from meshgen.api import read_intents
from meshgen.api import render as translate
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.telling import Telling
from meshgen.cli.usage import Misuse, misuse
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.inputs import read_inputs
from meshgen.intent.model import MeshIntent
from meshgen.manifest import Manifest
from meshgen.output import Syntax, stream
from meshgen.profile import Profile
from meshgen.profiles import Choice
from meshgen.progress import Progress
from meshgen.report.text import count, counted

_BROKEN_PIPE = 128 + 13  # as a shell says that a command died of SIGPIPE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stream:
    """Manifests go to stdout."""

    syntax: Syntax


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folder:
    """Manifests go to a folder, or are compared with what it holds."""

    path: Path
    is_kustomized: bool
    is_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rendered:
    """What the intents came to; no manifests where a finding is an error."""

    intents: tuple[MeshIntent, ...]
    manifests: tuple[Manifest, ...]


@click.command("render", cls=Verbatim)
@inputs
@click.option("-m", "--mesh", metavar="NAME", help="The mesh to write for; leave it out to see the choices.")
@click.option(
    "-o",
    "--output",
    type=click.Choice([syntax.value for syntax in Syntax]),
    default=Syntax.YAML.value,
    show_default=True,
    help="Syntax on stdout: documents, or one List.",
)
@click.option(
    "-d",
    "--output-dir",
    metavar="DIR",
    help="Write a file for each object into DIR instead. Files that this intent no longer asks for are"
    " removed, those of anybody else never touched.",
)
@click.option("--kustomization", is_flag=True, help="With -d: write a kustomization.yaml that lists them.")
@click.option("--check", is_flag=True, help="With -d: write nothing, tell which files are out of date.")
@telling_options
def command(*, names: tuple[str, ...], mesh: str | None, telling: Telling, **target: Any) -> int:
    """Translate intents to the manifests of one mesh.

    INTENT is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input. Services and workloads among the inputs are read for what the
    intent leaves out, and are never changed.

    Manifests go to stdout, findings to stderr. Where a finding is an error,
    nothing is written.

    For example:
      meshgen render intent.yaml -m linkerd
      meshgen render intent.yaml workloads/ -m istio | kubectl apply -f -
      kubectl get service,deployment -o yaml | meshgen render intent.yaml - -m consul
      meshgen render intent.yaml -m istio -d generated --kustomization
      meshgen render intent.yaml -m istio -d generated --check

    Exit codes:
      0  done, and --check found every file as it should be
      1  a finding is an error (see --fail-on), or --check found a difference
      2  the command line is wrong, or --check could not compare
      3  a bug of meshgen
    """
    into = _target(**target)
    chosen = _choose(mesh)
    findings = Findings()
    with telling.progress() as progress:
        rendered = _render(names, chosen, progress=progress, findings=findings)
        progress.stage("writing")
        text = _deliver(rendered, into, telling=telling, findings=findings)
    is_read = _print(text, findings)
    telling.tell(findings, summary=_summary(rendered, chosen.profile, telling, findings))
    return _status(into, telling, findings) if is_read else _BROKEN_PIPE


def _target(*, output: str, output_dir: str | None, kustomization: bool, check: bool) -> _Stream | _Folder:
    if output_dir is None:
        for flag, is_given in (("--kustomization", kustomization), ("--check", check)):
            if is_given:
                raise misuse(f"{flag} needs a folder", hint="add --output-dir DIR")
        return _Stream(syntax=Syntax(output))
    if output != Syntax.YAML.value:
        raise misuse(f"--output {output} is for stdout, a folder holds YAML", hint="leave one of the two out")
    return _Folder(path=Path(output_dir), is_kustomized=kustomization, is_checked=check)


def _choose(mesh: str | None) -> Choice:
    if mesh is None:
        known = profiles.choices(profiles.known())
        width = max(len(choice.profile.name) for choice in known)
        lines = (
            f"--mesh {profile.name:{width}}  {backend.title} {profile.version}" for backend, profile in known
        )
        raise misuse("render needs a mesh", hint="add one of these", choices=tuple(lines))
    match profiles.choose(mesh, profiles.known(mesh)):
        case Diagnostic() as unknown:
            raise Misuse(unknown)
        case chosen:
            return chosen


def _render(names: Iterable[str], chosen: Choice, *, progress: Progress, findings: Findings) -> _Rendered:
    progress.stage("reading")
    unread = Findings()
    contents = read_inputs(names, findings=unread)
    findings.extend(unread)
    if unread.has_errors:
        return _Rendered(intents=(), manifests=())
    reading = read_intents(contents)
    findings.extend(reading.findings)
    if findings.has_errors:
        return _Rendered(intents=reading.intents, manifests=())
    progress.stage(f"rendering for {chosen.profile.name}")
    rendering = translate(reading, chosen.backend, chosen.profile)
    findings.extend(rendering.findings)
    return _Rendered(intents=reading.intents, manifests=rendering.manifests)


def _deliver(rendered: _Rendered, into: _Stream | _Folder, *, telling: Telling, findings: Findings) -> str:
    """Bring a folder in step, or tell how it is not; what is left over is for stdout."""
    if telling.fails(findings):
        return ""
    match into:
        case _Stream(syntax=syntax):
            return stream(rendered.manifests, syntax)
        case _Folder():
            _keep(into, rendered, findings)
            return ""
        case _:
            assert_never(into)


def _keep(into: _Folder, rendered: _Rendered, findings: Findings) -> None:
    changes = folder.compare(
        into.path,
        rendered.manifests,
        owners=frozenset(folder.Owner(*_identity(intent)) for intent in rendered.intents),
        is_kustomized=into.is_kustomized,
        findings=findings,
    )
    if findings.has_errors:
        return
    if into.is_checked:
        findings.extend(folder.differences(changes))
    else:
        folder.write(changes, findings=findings)


def _identity(intent: MeshIntent) -> tuple[str, str]:
    return intent.metadata.name, intent.metadata.namespace


def _print(text: str, findings: Findings) -> bool:
    """Write to stdout; False where its reader has gone. Reports MG704."""
    try:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    except OSError as error:
        # Else the flush at exit fails once more, says the note on SIGPIPE in the docs of `signal`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return False
        findings.add(folder.UNWRITABLE, f"standard output cannot be written: {error.strerror}")
    return True


def _summary(rendered: _Rendered, profile: Profile, telling: Telling, findings: Findings) -> str:
    names = ", ".join(intent.metadata.name for intent in rendered.intents) or "no intent"
    done = "nothing written" if telling.fails(findings) else counted(len(rendered.manifests), "object")
    return f"{names} -> {profile.name} {profile.version}: {', '.join((done, *count(findings)))}"


def _status(into: _Stream | _Folder, telling: Telling, findings: Findings) -> int:
    if not telling.fails(findings):
        return 0
    is_checked = isinstance(into, _Folder) and into.is_checked
    is_uncomparable = any(
        found.severity is Severity.ERROR and found.code is not folder.OUT_OF_DATE for found in findings
    )
    return 2 if is_checked and is_uncomparable else 1
