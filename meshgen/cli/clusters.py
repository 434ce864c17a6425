"""The clusters that a command is asked about: named by --mesh, written among its inputs, or built in."""

from __future__ import annotations

import click

from meshgen import profiles
from meshgen.cli.completing import meshes
from meshgen.cli.usage import Misuse
from meshgen.diagnostics import Findings
from meshgen.intent.load import Documents
from meshgen.settings import BAD_SETTING

mesh_option = click.option(
    "-m",
    "--mesh",
    metavar="NAME",
    shell_complete=meshes,
    help="A mesh, a built-in profile, or a file with one.  [default: all]",
)

settings_option = click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Replace a field of the profile, as in --set version=1.29. May be repeated.",
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


def _choices(written: profiles.Profiles) -> tuple[str, ...]:
    known = tuple(written.values()) or profiles.built_in()
    width = max(len(choice.profile.name) for choice in known)
    return tuple(
        f"--mesh {choice.profile.name:{width}}  {choice.backend.title} {choice.profile.version}"
        for choice in known
    )
