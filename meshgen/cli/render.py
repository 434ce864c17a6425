"""`meshgen render`: intents to the manifests of one mesh, on stdout or in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from meshgen import folder
from meshgen.api import Reading, read_files
from meshgen.api import render as translate
from meshgen.backend import Backend
from meshgen.cli.clusters import (
    choose,
    mesh_option,
    partial_option,
    pin_option,
    settings_option,
    templates_option,
)
from meshgen.cli.delivery import Folder, Rendered, Stream, Target, deliver, target
from meshgen.cli.help import Verbatim
from meshgen.cli.live import live_options, surroundings_of, tell_unanswered
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.cluster import Access, Unanswered
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.output import Syntax
from meshgen.profile import Profile
from meshgen.profiles import Choice
from meshgen.progress import Progress
from meshgen.rendering import Rendering
from meshgen.report.text import count, counted


@click.command("render", cls=Verbatim)
@inputs("INTENT")
@mesh_option(
    "A mesh, a profile of the set, a file with one, or all; leave it out to see the choices.",
)
@settings_option
@templates_option
@partial_option
@pin_option
@click.option(
    "-o",
    "--output",
    type=click.Choice([syntax.value for syntax in Syntax]),
    help="Syntax on stdout: documents, or one List.  [default: yaml]",
)
@click.option("-d", "--output-dir", metavar="DIR", help="Write a file for each object into DIR instead.")
@click.option("--kustomization", is_flag=True, help="With -d: write a kustomization.yaml that lists them.")
@click.option(
    "--patches",
    is_flag=True,
    help="Write what must be added to Services and workloads of yours, as a kustomize Component: "
    "alone on stdout, or with -d in DIR/patches.",
)
@click.option("--check", is_flag=True, help="With -d: write nothing, tell which files are out of date.")
@click.option(
    "--verify",
    "is_verified",
    is_flag=True,
    help="Prove first that the manifests do to every request what the intent says, as meshgen verify does.",
)
@live_options("Read the Services and workloads of the intents' namespaces in a cluster too.")
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    templates: tuple[Path, ...],
    is_partial: bool,
    is_pinned: bool,
    is_verified: bool,
    access: Access | None,
    telling: Telling,
    **into_what: Any,
) -> int:
    """Translate intents to the manifests of one mesh, or of all.

    INTENT is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input. Services and workloads among the inputs are read for what the
    intent leaves out, and are never changed. With --live those of a cluster are read
    likewise, but for what a file describes too.

    Manifests go to stdout, findings to stderr. Where a finding is an error,
    nothing is written.

    For example:
      meshgen render intent.yaml -m linkerd
      meshgen render intent.yaml workloads/ -m istio | kubectl apply -f -
      kubectl get service,deployment -o yaml | meshgen render intent.yaml - -m consul
      meshgen render intent.yaml -m istio --set version=1.29 -d generated --kustomization
      meshgen render intent.yaml -m istio -d generated --check
      meshgen render intent.yaml -m istio -d generated --verify
      meshgen render intent.yaml -m all -d generated
      meshgen render intent.yaml -m istio --live --context staging

    With -d, files of this intent that it no longer asks for are removed; files of
    anybody else are never touched. With --mesh all, each mesh has a folder in DIR.

    Exit codes:
      0  done, and --check found every file as it should be
      1  a finding is an error (see --fail-on), or --check found a difference
      2  the command line is wrong, --check could not compare, or --live got no answer
      3  a bug of meshgen
    """
    into = target(**into_what)
    if mesh == "all" and isinstance(into, Stream):
        raise misuse("--mesh all needs a folder, in which each mesh has one", hint="add --output-dir DIR")
    findings = Findings()
    try:
        with telling.progress() as progress:
            progress.stage("reading")
            live = surroundings_of(access, progress.stage)
            reading = read_files(names, is_pinned=is_pinned, live=live, findings=findings)
            chosen = choose(mesh, settings, reading.documents, findings)
            how = partial(translate, is_partial=is_partial, is_patched=into.is_patched, shadows=templates)
            what = _verified(how) if is_verified else how
            rendered = _render(reading, chosen, what, progress=progress, findings=findings)
            progress.stage("writing")
            text = deliver(rendered, into, is_one=mesh != "all", telling=telling, findings=findings)
    except Unanswered as refused:
        return tell_unanswered(refused, telling)
    is_read = write_out(text, findings)
    telling.tell(findings, summary=_summary(reading, rendered, telling, findings))
    return _status(into, telling, findings) if is_read else BROKEN_PIPE


def _verified(how: Callable[[Reading, Backend, Profile], Rendering]) -> Callable[..., Rendering]:
    """Tell beside what is rendered where it does not do what was meant: then nothing is written."""
    from meshgen.proof.prove import Asked, prove_rendering  # 20 ms, which nobody else has to wait for

    def both(reading: Reading, backend: Backend, profile: Profile) -> Rendering:
        rendering = how(reading, backend, profile)
        if rendering.left is None:
            return rendering
        proved = prove_rendering(rendering, backend, Asked())
        return replace(rendering, findings=(*rendering.findings, *proved.findings))

    return both


def _render(
    reading: Reading,
    chosen: Iterable[Choice],
    how: Callable[[Reading, Backend, Profile], Rendering],
    *,
    progress: Progress,
    findings: Findings,
) -> tuple[Rendered, ...]:
    rendered: list[Rendered] = []
    told: list[Diagnostic] = []
    for backend, profile in chosen:
        progress.stage(f"rendering for {profile.name}")
        if findings.has_errors:
            rendered.append(Rendered(reading.written, profile, (), ()))
            continue
        rendering = how(reading, backend, profile)
        told.extend(rendering.findings)
        rendered.append(Rendered(reading.written, profile, rendering.manifests, rendering.patches))
    findings.extend(dict.fromkeys(told))  # what is of the intent alone is told once
    return tuple(rendered)


def _summary(reading: Reading, rendered: tuple[Rendered, ...], telling: Telling, findings: Findings) -> str:
    """Say on one line what became of the command: `bookinfo -> linkerd 2.20: 14 objects, 1 warning`."""
    names = ", ".join(intent.metadata.name for intent in reading.written) or "no intent"
    meshes = "".join(
        f" -> {found.profile.name} {found.profile.version}" if index == 0 else f", {found.profile.name}"
        for index, found in enumerate(rendered)
    )
    objects = counted(sum(len(found.manifests) for found in rendered), "object")
    done = "nothing written" if telling.fails(findings) else objects
    return f"{names}{meshes}: {', '.join((done, *count(findings)))}"


def _status(into: Target, telling: Telling, findings: Findings) -> int:
    if not telling.fails(findings):
        return 0
    is_checked = isinstance(into, Folder) and into.is_checked
    is_uncomparable = any(
        found.severity is Severity.ERROR and found.code is not folder.OUT_OF_DATE for found in findings
    )
    return 2 if is_checked and is_uncomparable else 1
