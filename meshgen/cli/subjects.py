"""Whose answer is asked for: an intent's, that of meshes it is rendered for, or that of manifests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import click

from meshgen.api import Reading, meaning, read_documents, read_set, render
from meshgen.cli.clusters import choose, clusters_of_manifests, known_clusters, needs_mesh
from meshgen.cli.completing import files
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.inputs import read_inputs
from meshgen.intent.access import From, JwtProvider
from meshgen.intent.load import Documents
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.outcome.world import World
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile
from meshgen.profiles import Choice, built_in
from meshgen.proof.manifests import read_manifests
from meshgen.proof.meshtest import Subject
from meshgen.proof.senders import Surroundings
from meshgen.proof.sides import rendered, world_for
from meshgen.proof.telling import Nodes
from meshgen.proof.worlds import world_with
from meshgen.resources import Resources

manifests_option = click.option(
    "--manifests",
    metavar="FILE",
    multiple=True,
    shell_complete=files,
    help="Ask the manifests in FILE, a file or folder, instead of an intent. May be repeated.",
)


class Wanted(NamedTuple):
    """What a command line says of it."""

    mesh: str | None = None
    settings: tuple[str, ...] = ()
    is_partial: bool = False
    manifests: tuple[str, ...] = ()  # files; then manifests answer, and no intent


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Those who answer, and what was read on the way."""

    documents: Documents
    every: tuple[Subject, ...] = ()
    meant: ResolvedSet | None = None  # what the intents mean; None: manifests answer
    nodes: Nodes = field(default_factory=dict)  # where manifests stand


def subjects(names: tuple[str, ...], wanted: Wanted, *, findings: Findings) -> Subjects:
    """Read inputs and find those who answer; with an error among the findings there are none."""
    needs_mesh(asked_of=wanted.mesh, settings=wanted.settings)
    documents = _read(names, findings)
    if findings.has_errors:
        return Subjects(documents=documents)
    if wanted.manifests:
        return _of_manifests(documents, wanted, findings)
    reading = read_set(documents, findings=findings)
    chosen = choose(wanted.mesh, wanted.settings, documents, findings) if wanted.mesh is not None else ()
    profile = _profile(chosen, documents, findings)
    meant = None if findings.has_errors else meaning(reading, profile, findings=findings)
    if meant is None:
        return Subjects(documents=documents)
    world = world_for(meant, (), profile)
    known = _surroundings(world, profile.callers, meant.providers)
    own = Subject(name="intent", evaluator=evaluator(meant, world), known=known)
    every = (own, *_of_meshes(reading, chosen, wanted, findings))
    return Subjects(documents=documents, every=every, meant=meant)


def _read(names: tuple[str, ...], findings: Findings) -> Documents:
    contents = read_inputs(names, findings=findings)
    return read_documents(() if findings.has_errors else contents, findings=findings)


def _profile(chosen: tuple[Choice, ...], documents: Documents, findings: Findings) -> Profile:
    """Find who names callers: the mesh that is asked for, else a profile among the files."""
    return (chosen or known_clusters(documents, findings) or built_in())[0].profile


def _surroundings(
    world: World, callers: Mapping[str, tuple[From, ...]], providers: Mapping[str, JwtProvider]
) -> Surroundings:
    namespaces = {key.namespace for key in world.services}
    only = next(iter(namespaces)) if len(namespaces) == 1 else None
    return Surroundings(world=world, namespace=only, callers=callers, providers=providers)


def _of_meshes(
    reading: Reading, chosen: tuple[Choice, ...], wanted: Wanted, findings: Findings
) -> Iterator[Subject]:
    told: dict[Diagnostic, None] = {}
    for backend, profile in chosen:
        rendering = render(reading, backend, profile, is_partial=wanted.is_partial)
        told |= dict.fromkeys(rendering.findings)
        if rendering.left is not None:
            sides = rendered(rendering.left, rendering.resources, backend, profile, rendering.causes)
            known = _surroundings(sides.world, profile.callers, rendering.left.providers)
            yield Subject(name=profile.name, evaluator=sides.other, known=known)
    findings.extend(told)  # what is of the intent alone is told once


def _of_manifests(documents: Documents, wanted: Wanted, findings: Findings) -> Subjects:
    """Services and workloads may stand among the inputs as well as among the manifests."""
    found = _read(wanted.manifests, findings)
    if findings.has_errors:
        return Subjects(documents=documents)
    known = clusters_of_manifests(wanted.mesh, wanted.settings, found, findings)
    others = Documents(intents=(), profiles=(), tests=(), others=(*found.others, *documents.others))
    what = ", ".join(wanted.manifests)
    read = None if findings.has_errors else read_manifests(others, known, what=what, findings=findings)
    if read is None or findings.has_errors:
        return Subjects(documents=documents)
    backend, profile = read.choice
    world = world_with(read.resources)
    subject = Subject(
        name=profile.name,
        evaluator=backend.evaluator(Resources(read.resources), world, profile),
        known=_surroundings(world, profile.callers, {}),
    )
    return Subjects(documents=documents, every=(subject,), nodes=read.nodes)
