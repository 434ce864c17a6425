"""`meshgen render`: intents to the manifests of one mesh, on stdout or in a folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, assert_never

import click

from meshgen import folder, profiles
from meshgen.api import Reading, read_intents
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
from meshgen.settings import BAD_SETTING

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


class _Rendered(NamedTuple):
    """What the intents came to on one cluster; no manifests where a finding is an error."""

    intents: tuple[MeshIntent, ...]
    profile: Profile
    manifests: tuple[Manifest, ...]


@click.command("render", cls=Verbatim)
@inputs
@click.option(
    "-m",
    "--mesh",
    metavar="NAME",
    help="A mesh, a profile of the set, a file with one, or all; leave it out to see the choices.",
)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Replace a field of the profile, as in --set version=1.29. May be repeated.",
)
@click.option(
    "--partial",
    "is_partial",
    is_flag=True,
    help="Leave out what the mesh cannot carry, where that lets nothing more through.",
)
@click.option(
    "-o",
    "--output",
    type=click.Choice([syntax.value for syntax in Syntax]),
    help="Syntax on stdout: documents, or one List.  [default: yaml]",
)
@click.option("-d", "--output-dir", metavar="DIR", help="Write a file for each object into DIR instead.")
@click.option("--kustomization", is_flag=True, help="With -d: write a kustomization.yaml that lists them.")
@click.option("--check", is_flag=True, help="With -d: write nothing, tell which files are out of date.")
@telling_options
def command(
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    is_partial: bool,
    telling: Telling,
    **target: Any,
) -> int:
    """Translate intents to the manifests of one mesh, or of all.

    INTENT is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input. Services and workloads among the inputs are read for what the
    intent leaves out, and are never changed.

    Manifests go to stdout, findings to stderr. Where a finding is an error,
    nothing is written.

    For example:
      meshgen render intent.yaml -m linkerd
      meshgen render intent.yaml workloads/ -m istio | kubectl apply -f -
      kubectl get service,deployment -o yaml | meshgen render intent.yaml - -m consul
      meshgen render intent.yaml -m istio --set version=1.29 -d generated --kustomization
      meshgen render intent.yaml -m istio -d generated --check
      meshgen render intent.yaml -m all -d generated

    With -d, files of this intent that it no longer asks for are removed; files of
    anybody else are never touched. With --mesh all, each mesh has a folder in DIR.

    Exit codes:
      0  done, and --check found every file as it should be
      1  a finding is an error (see --fail-on), or --check found a difference
      2  the command line is wrong, or --check could not compare
      3  a bug of meshgen
    """
    into = _target(**target)
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        reading = _read(names, findings)
        chosen = _choose(mesh, settings, reading, into, findings)
        rendered = _render(reading, chosen, is_partial=is_partial, progress=progress, findings=findings)
        progress.stage("writing")
        text = _deliver(rendered, into, is_one=mesh != "all", telling=telling, findings=findings)
    is_read = _print(text, findings)
    telling.tell(findings, summary=_summary(reading, rendered, telling, findings))
    return _status(into, telling, findings) if is_read else _BROKEN_PIPE


def _target(
    *, output: str | None, output_dir: str | None, kustomization: bool, check: bool
) -> _Stream | _Folder:
    if output_dir is None:
        for flag, is_given in (("--kustomization", kustomization), ("--check", check)):
            if is_given:
                raise misuse(f"{flag} needs a folder", hint="add --output-dir DIR")
        return _Stream(syntax=Syntax(output or "yaml"))
    if output == "json":
        raise misuse("--output json is for stdout, a folder holds YAML", hint="leave one of the two out")
    return _Folder(path=Path(output_dir), is_kustomized=kustomization, is_checked=check)


def _read(names: Iterable[str], findings: Findings) -> Reading:
    unread = Findings()
    contents = read_inputs(names, findings=unread)
    findings.extend(unread)
    reading = read_intents(() if unread.has_errors else contents)
    if not unread.has_errors:
        findings.extend(reading.findings)
    return reading


def _choose(
    mesh: str | None,
    settings: tuple[str, ...],
    reading: Reading,
    into: _Stream | _Folder,
    findings: Findings,
) -> tuple[Choice, ...]:
    """Find the clusters that are meant; one that cannot be is a matter of the command line."""
    if mesh == "all" and isinstance(into, _Stream):
        raise misuse("--mesh all needs a folder, in which each mesh has one", hint="add --output-dir DIR")
    before = len(findings)
    written = profiles.read_profiles(reading.documents.profiles, findings=findings)
    if len(findings) > before:
        return ()
    unsettled = Findings()
    chosen = profiles.choose(mesh, written, settings, findings=unsettled)
    for found in unsettled:
        if found.code in (profiles.UNKNOWN_MESH, profiles.NO_MESH, BAD_SETTING):
            raise Misuse(found, choices=_choices(written) if found.code is profiles.NO_MESH else ())
    findings.extend(unsettled)
    return chosen


def _choices(written: profiles.Profiles) -> tuple[str, ...]:
    known = tuple(written.values()) or profiles.built_in()
    width = max(len(choice.profile.name) for choice in known)
    return tuple(
        f"--mesh {choice.profile.name:{width}}  {choice.backend.title} {choice.profile.version}"
        for choice in known
    )


def _render(
    reading: Reading,
    chosen: Iterable[Choice],
    *,
    is_partial: bool,
    progress: Progress,
    findings: Findings,
) -> tuple[_Rendered, ...]:
    rendered: list[_Rendered] = []
    told: list[Diagnostic] = []
    for backend, profile in chosen:
        progress.stage(f"rendering for {profile.name}")
        if findings.has_errors:
            rendered.append(_Rendered(reading.written, profile, ()))
            continue
        rendering = translate(reading, backend, profile, is_partial=is_partial)
        told.extend(rendering.findings)
        rendered.append(_Rendered(reading.written, profile, rendering.manifests))
    findings.extend(dict.fromkeys(told))  # what is of the intent alone is told once
    return tuple(rendered)


def _deliver(
    rendered: tuple[_Rendered, ...],
    into: _Stream | _Folder,
    *,
    is_one: bool,
    telling: Telling,
    findings: Findings,
) -> str:
    """Bring folders in step, or tell how they are not; what is left over is for stdout."""
    if telling.fails(findings):
        return ""
    match into:
        case _Stream(syntax=syntax):
            return "".join(stream(found.manifests, syntax) for found in rendered)
        case _Folder():
            for found in rendered:
                path = into.path if is_one else into.path / found.profile.name
                _keep(replace(into, path=path), found, findings)
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
    if any(found.severity is Severity.ERROR and found.code is not folder.OUT_OF_DATE for found in findings):
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


def _summary(reading: Reading, rendered: tuple[_Rendered, ...], telling: Telling, findings: Findings) -> str:
    """Say on one line what became of the command: `bookinfo -> linkerd 2.20: 14 objects, 1 warning`."""
    names = ", ".join(intent.metadata.name for intent in reading.written) or "no intent"
    meshes = "".join(
        f" -> {found.profile.name} {found.profile.version}" if index == 0 else f", {found.profile.name}"
        for index, found in enumerate(rendered)
    )
    objects = counted(sum(len(found.manifests) for found in rendered), "object")
    done = "nothing written" if telling.fails(findings) else objects
    return f"{names}{meshes}: {', '.join((done, *count(findings)))}"


def _status(into: _Stream | _Folder, telling: Telling, findings: Findings) -> int:
    if not telling.fails(findings):
        return 0
    is_checked = isinstance(into, _Folder) and into.is_checked
    is_uncomparable = any(
        found.severity is Severity.ERROR and found.code is not folder.OUT_OF_DATE for found in findings
    )
    return 2 if is_checked and is_uncomparable else 1
