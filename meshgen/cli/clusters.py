"""The clusters that a command is asked about: named by --mesh, written among its inputs, or built in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from meshgen import profiles
from meshgen.cli.completing import meshes
from meshgen.cli.options import Command
from meshgen.cli.usage import Misuse, misuse
from meshgen.diagnostics import Findings
from meshgen.intent.load import Documents
from meshgen.settings import BAD_SETTING


def mesh_option(help: str, **attributes: Any) -> Callable[[Command], Command]:
    """Add -m/--mesh; `help` says what may be named, and what holds without it."""
    return click.option("-m", "--mesh", metavar="NAME", shell_complete=meshes, help=help, **attributes)


built_in_option = mesh_option("A mesh, a built-in profile, or a file with one.  [default: all]")
settings_option = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Replace a field of the profile, as in --set version=1.29. May be repeated.",
)
schemas_option = click.option(
    "--schemas",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    multiple=True,
    help="Ask the definitions in DIR first, as meshgen schema import writes them. May be repeated.",
)
partial_option = click.option(
    "--partial",
    "is_partial",
    is_flag=True,
    help="Leave out what the mesh cannot carry, where that lets nothing more through.",
)
templates_option = click.option(
    "--templates",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    multiple=True,
    help="Write objects with the templates in DIR, by file name, before ours. May be repeated.",
)
pin_option = click.option(
    "--pin-defaults",
    "is_pinned",
    is_flag=True,
    help="Where nothing is written of timeout, retries or outlierDetection, ask for none of it: "
    "then no mesh does as it likes. What is ambient in writing stays so.",
)


def clusters(mesh: str | None, settings: tuple[str, ...] = ()) -> tuple[profiles.Choice, ...]:
    """Find the built-in clusters that a name means, all of them without one; refuse any other word."""
    findings = Findings()
    chosen = profiles.choose(mesh or "all", {}, settings, findings=findings)
    for found in findings:
        raise Misuse(found)
    return chosen


def choose(
    mesh: str | None, settings: tuple[str, ...], documents: Documents, findings: Findings
) -> tuple[profiles.Choice, ...]:
    """Find the clusters that are meant among inputs; one that cannot be is a matter of the command line."""
    before = len(findings)
    written = profiles.read_profiles(documents.profiles, findings=findings)
    if len(findings) > before:
        return ()
    unsettled = Findings()
    chosen = profiles.choose(mesh, written, settings, findings=unsettled)
    for found in unsettled:
        if found.code in (profiles.UNKNOWN_MESH, profiles.NO_MESH, BAD_SETTING):
            raise Misuse(found, choices=_choices(written) if found.code is profiles.NO_MESH else ())
    findings.extend(dict.fromkeys(unsettled))  # profiles of one mesh are refused in the same words
    return chosen


def needs_mesh(*, asked_of: str | None, settings: Sequence[str]) -> None:
    """Refuse settings of a profile that nobody names, MG710: they would change nothing."""
    if settings and asked_of is None:
        raise misuse("--set replaces a field of a profile, and none is named", hint="add --mesh NAME")


def known_clusters(documents: Documents, findings: Findings) -> tuple[profiles.Choice, ...]:
    """Give a cluster of each mesh: a profile among the files speaks for its mesh, else the built-in one."""
    written = tuple(profiles.read_profiles(documents.profiles, findings=findings).values())
    named = {choice.backend.name for choice in written}
    rest: dict[str, profiles.Choice] = {}
    for choice in profiles.built_in():
        if choice.backend.name not in named:
            rest.setdefault(choice.backend.name, choice)
    return (*written, *rest.values())


def clusters_of_manifests(
    mesh: str | None, settings: tuple[str, ...], documents: Documents, findings: Findings
) -> tuple[profiles.Choice, ...]:
    """Find the clusters that manifests may be of: the one that is named, else one of each mesh."""
    if mesh is None:
        return known_clusters(documents, findings)
    return choose(mesh, settings, documents, findings)


class Caller(NamedTuple):
    """Whoever runs meshgen without a command line: where a mesh is named there, and what each mesh needs."""

    where: str
    each: str


def choose_one(
    mesh: str | None, settings: tuple[str, ...], documents: Documents, caller: Caller, findings: Findings
) -> profiles.Choice | None:
    """Find the one cluster of a caller: the one that is named, else the only profile among its inputs."""
    written = profiles.read_profiles(documents.profiles, findings=findings)
    if findings.has_errors:
        return None
    if mesh is None and len(written) != 1:
        names = ", ".join([*written] or [choice.profile.name for choice in profiles.built_in()])
        hint = f"{caller.where}: {names}"
        findings.add(profiles.NO_MESH, "no mesh is named to render for", hint=hint)
        return None
    chosen = profiles.choose(mesh, written, settings, may_be_file=False, findings=findings)
    if len(chosen) > 1:
        findings.add(profiles.UNKNOWN_MESH, f"{mesh!r} means several meshes", hint=caller.each)
    return chosen[0] if len(chosen) == 1 else None


def _choices(written: profiles.Profiles) -> tuple[str, ...]:
    known = tuple(written.values()) or profiles.built_in()
    width = max(len(choice.profile.name) for choice in known)
    return tuple(
        f"--mesh {choice.profile.name:{width}}  {choice.backend.title} {choice.profile.version}"
        for choice in known
    )
