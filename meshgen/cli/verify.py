"""`meshgen verify`: whether manifests say of every request what was meant."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Sequence

import click

from meshgen.api import Reading, read_documents, read_files, render
from meshgen.backend import Backend
from meshgen.cli.clusters import (
    choose,
    clusters_of_manifests,
    mesh_option,
    needs_mesh,
    partial_option,
    settings_option,
)
from meshgen.cli.completing import facets as known_facets
from meshgen.cli.completing import files
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Diagnostic, Findings, near_miss
from meshgen.inputs import read_inputs
from meshgen.intent.outcome.facets import Facet
from meshgen.profile import Profile
from meshgen.profiles import Choice
from meshgen.proof.manifests import Manifests, read_manifests
from meshgen.proof.prove import Asked, Proved, prove_manifests, prove_rendering
from meshgen.proof.telling import as_json, told
from meshgen.proof.witnesses import MOST, Bounds
from meshgen.rendering import Rendering
from meshgen.report.text import count

_GROUPS = tuple(dict.fromkeys(facet.group for facet in Facet))


@click.command("verify", cls=Verbatim)
@inputs("INTENT")
@mesh_option(
    "A mesh, a profile of the set, a file with one, or all; beside --against the mesh of both sides."
)
@settings_option
@partial_option
@click.option(
    "--against",
    metavar="FILE",
    multiple=True,
    shell_complete=files,
    help="Compare manifests with those of FILE, a file or folder, instead. May be repeated.",
)
@click.option(
    "--facet",
    "facets",
    metavar="NAME",
    multiple=True,
    shell_complete=known_facets,
    help=f"Compare only NAME. May be repeated: {', '.join(_GROUPS)}.",
)
@click.option(
    "--max-requests",
    "most",
    type=click.IntRange(min=1),
    default=MOST,
    show_default=True,
    help="How many requests to one port are asked; where there are more classes, a sample is.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="What draws the requests of a sample.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the report on stdout is written.",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    is_partial: bool,
    against: tuple[str, ...],
    facets: tuple[str, ...],
    most: int,
    seed: int,
    form: str,
    telling: Telling,
) -> int:
    """Prove that manifests do to every request what the intent says.

    INTENT is rendered for the mesh, and its manifests are read back as that mesh
    reads them. From the conditions of both sides come requests of every class that
    either tells apart: callers, plaintext, ports, methods, paths, headers, tokens.
    What becomes of each must be the same; else the smallest request on which they
    differ is told, with the rule on each side. What an intent leaves to the mesh is
    not compared but named, and so is what a finding has said to differ.

    With --against, two sets of manifests are compared with each other instead, of
    one mesh or of two, over the Services and workloads that stand among them.

    For example:
      meshgen verify intent.yaml -m istio
      meshgen verify intent.yaml services.yaml -m all --format json
      meshgen verify old/ --against new/
      meshgen verify istio/ services.yaml --against linkerd/ --facet verdict

    Exit codes:
      0  equal
      1  unequal, or a finding is an error (see --fail-on)
      2  the command line is wrong
      3  a bug of meshgen
    """
    asked = Asked(bounds=Bounds(most=most, seed=seed), facets=_facets(facets))
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        if against:
            needs_mesh(asked_of=mesh, settings=settings)
            one, other = (_side(each, mesh, settings, findings) for each in (names, against))
            proved = _manifests(one, other, asked, findings)
        else:
            reading = read_files(names, findings=findings)
            chosen = choose(mesh, settings, reading.documents, findings)
            how = functools.partial(render, is_partial=is_partial)
            proved = _intents(reading, chosen, how, asked, findings)
    for _, each in proved:
        findings.extend(each.findings)
    is_read = write_out(_report(proved, form), findings)
    telling.tell(findings, summary=_summary(proved, findings))
    return BROKEN_PIPE if not is_read else 1 if telling.fails(findings) else 0


def _facets(names: Sequence[str]) -> frozenset[str] | None:
    for name in names:
        if name not in _GROUPS:
            raise misuse(
                f"there is no facet {name!r}",
                hint=near_miss(name, _GROUPS) or f"they are {', '.join(_GROUPS)}",
            )
    return frozenset(names) or None


def _intents(
    reading: Reading,
    chosen: Sequence[Choice],
    how: Callable[[Reading, Backend, Profile], Rendering],
    asked: Asked,
    findings: Findings,
) -> list[tuple[str, Proved]]:
    proved: list[tuple[str, Proved]] = []
    names = ", ".join(intent.metadata.name for intent in reading.written)
    told_before: dict[Diagnostic, None] = {}
    for backend, profile in () if findings.has_errors else chosen:
        rendering = how(reading, backend, profile)
        told_before |= dict.fromkeys(rendering.findings)
        if rendering.left is not None:
            title = f"{names} -> {profile.name} {profile.version}"
            proved.append((title, prove_rendering(rendering, backend, asked)))
    findings.extend(told_before)  # what is of the intent alone is told once
    return proved


def _manifests(
    one: Manifests | None, other: Manifests | None, asked: Asked, findings: Findings
) -> list[tuple[str, Proved]]:
    if one is None or other is None or findings.has_errors:
        return []
    title = f"{one.choice.profile.name} against {other.choice.profile.name}"
    return [(title, prove_manifests(one, other, asked))]


def _side(
    names: tuple[str, ...], mesh: str | None, settings: tuple[str, ...], findings: Findings
) -> Manifests | None:
    contents = read_inputs(names, findings=findings)
    documents = read_documents(() if findings.has_errors else contents, findings=findings)
    if documents.intents:
        hint = "name the manifests that are rendered of it, or leave out --against"
        raise misuse("--against compares manifests, and there is an intent among the files", hint=hint)
    known = clusters_of_manifests(mesh, settings, documents, findings)
    if findings.has_errors:
        return None
    return read_manifests(documents, known, what=", ".join(names), findings=findings)


def _report(proved: Sequence[tuple[str, Proved]], form: str) -> str:
    if form == "json":
        every = [as_json(each.proof, title=title, required=each.required) for title, each in proved]
        return json.dumps(every, indent=2) + "\n"
    return "".join(told(each.proof, title=title, required=each.required) for title, each in proved)


def _summary(proved: Sequence[tuple[str, Proved]], findings: Findings) -> str:
    equal = sum(not each.proof.differences for _, each in proved)
    return ", ".join((f"{equal} of {len(proved)} equal", *count(findings)))
