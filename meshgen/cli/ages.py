"""The old and the new of a comparison: intents by themselves, intents on a mesh, or manifests."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from meshgen.api import meaning, read_documents, read_set, render
from meshgen.cli.clusters import choose, clusters_of_manifests, known_clusters
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Findings
from meshgen.inputs import Content, read_inputs
from meshgen.intent.load import Documents
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.output import Syntax, stream
from meshgen.profiles import Choice, built_in
from meshgen.proof.diff import Ages
from meshgen.proof.manifests import read_manifests
from meshgen.proof.sides import supposed, world_for
from meshgen.proof.worlds import world_with
from meshgen.resources import Resource, Resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Age:
    """One of the two: what exists beside its rules, and how these are read over whatever world."""

    world: World
    read: Callable[[World], Evaluator]
    text: str  # as lines are compared


class How(NamedTuple):
    """What a command line says of both."""

    mesh: str | None
    settings: tuple[str, ...]
    templates: tuple[Path, ...]
    is_partial: bool
    is_pinned: bool


def age(name: str, how: How, *, findings: Findings) -> Age | None:
    """Read a file or folder; None where a finding is an error."""
    contents = tuple(read_inputs((name,), findings=findings))
    documents = read_documents(() if findings.has_errors else contents, findings=findings)
    if findings.has_errors:
        return None
    return (_of_intents if documents.intents else _of_manifests)(documents, contents, how, findings)


def together(old: Age, new: Age) -> Ages:
    """Put both over one world, in which what the new one says of a service or pod holds."""
    world = replace(
        new.world,
        services={**old.world.services, **new.world.services},
        pods={**old.world.pods, **new.world.pods},
    )
    return Ages(old=old.read(world), new=new.read(world), world=world)


def lines(old: Age, new: Age, names: tuple[str, str]) -> str:
    """Compare the texts of both line by line, as patches are written."""
    was, would = (each.text.splitlines(keepends=True) for each in (old, new))
    return "".join(difflib.unified_diff(was, would, *names))


def _of_intents(
    documents: Documents, contents: tuple[Content, ...], how: How, findings: Findings
) -> Age | None:
    reading = read_set(documents, findings=findings, is_pinned=how.is_pinned)
    if how.mesh is None:
        known = known_clusters(documents, findings) or built_in()
        meant = None if findings.has_errors else meaning(reading, known[0].profile, findings=findings)
        if meant is None:
            return None
        world = world_for(meant, (), known[0].profile)
        return Age(world=world, read=partial(evaluator, meant), text=_joined(contents))
    chosen = choose(how.mesh, how.settings, documents, findings)
    if findings.has_errors:
        return None
    choice = _one(chosen)
    rendering = render(reading, *choice, is_partial=how.is_partial, shadows=how.templates)
    findings.extend(rendering.findings)
    if rendering.left is None:
        return None
    return Age(
        world=supposed(rendering.left, rendering.resources, *choice),
        read=_reader(rendering.resources, choice),
        text=stream(rendering.manifests, Syntax.YAML),
    )


def _of_manifests(
    documents: Documents, contents: tuple[Content, ...], how: How, findings: Findings
) -> Age | None:
    known = clusters_of_manifests(how.mesh, how.settings, documents, findings)
    if findings.has_errors:
        return None
    names = ", ".join(content.file for content in contents)
    read = read_manifests(documents, known, what=names, findings=findings)
    if read is None or findings.has_errors:
        return None
    return Age(
        world=world_with(read.resources),
        read=_reader(read.resources, read.choice),
        text=_joined(contents),
    )


def _one(chosen: tuple[Choice, ...]) -> Choice:
    if len(chosen) != 1:
        raise misuse("requests are compared on one mesh at a time", hint="name it with --mesh")
    return chosen[0]


def _reader(resources: tuple[Resource, ...], choice: Choice) -> Callable[[World], Evaluator]:
    backend, profile = choice

    def read(world: World) -> Evaluator:
        return backend.evaluator(Resources(resources), world, profile)

    return read


def _joined(contents: tuple[Content, ...]) -> str:
    return "".join(content.content.decode(errors="replace") for content in contents)
