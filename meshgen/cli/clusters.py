"""The clusters that a command without inputs is asked about: built in, or named by --mesh."""

from __future__ import annotations

import click

from meshgen import profiles
from meshgen.cli.usage import Misuse
from meshgen.diagnostics import Findings

mesh_option = click.option(
    "-m", "--mesh", metavar="NAME", help="A mesh, a built-in profile, or a file with one.  [default: all]"
)


def clusters(mesh: str | None, settings: tuple[str, ...] = ()) -> tuple[profiles.Choice, ...]:
    """Find the clusters that a name means, all that are built in without one; refuse any other word."""
    findings = Findings()
    chosen = profiles.choose(mesh or "all", {}, settings, findings=findings)
    for found in findings:
        raise Misuse(found)
    return chosen
