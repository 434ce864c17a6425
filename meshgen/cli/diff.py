"""`meshgen diff`: what applying intents would change in a live cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click

from meshgen.api import Reading, read_files, render
from meshgen.backend import Backend
from meshgen.cli.clusters import (
    choose,
    mesh_option,
    partial_option,
    pin_option,
    settings_option,
    templates_option,
)
from meshgen.cli.help import Verbatim
from meshgen.cli.live import live_options, tell_unanswered
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.cluster import Access, Unanswered, connected
from meshgen.diagnostics import Findings
from meshgen.differing import KUBECTL, Difference, Side, Verdict, differences
from meshgen.profile import Profile
from meshgen.profiles import Choice
from meshgen.rendering import Rendering
from meshgen.report.differences import as_json, as_markdown, as_text
from meshgen.report.text import count, counted
from meshgen.surroundings import surroundings

_FORMS = {"table": as_text, "json": as_json, "markdown": as_markdown}
_UNCOMPARABLE = 2


@click.command("diff", cls=Verbatim)
@inputs("INTENT")
@mesh_option("A mesh, a profile of the set, or a file with one; leave it out to see the choices.")
@settings_option
@templates_option
@partial_option
@pin_option
@click.option(
    "--field-manager",
    "manager",
    metavar="NAME",
    default=KUBECTL,
    show_default=True,
    help="Who applies: what this one no longer asks for goes, what others have added stays.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="table",
    show_default=True,
    help="Lines for the terminal, everything as JSON, or a page.",
)
@live_options("Compare with a cluster, and read the Services and workloads there as render --live does.")
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    templates: tuple[Path, ...],
    is_partial: bool,
    is_pinned: bool,
    manager: str,
    form: str,
    access: Access | None,
    telling: Telling,
) -> int:
    """Tell what applying intents would change in a cluster, object by object.

    INTENT is rendered for one mesh, and the cluster is asked what it would make of each
    object: by a dry run of server-side apply, so that nothing is written, and what the
    server fills in is no difference. An object is created, changed (with each field, what
    it is there and what it would be), unchanged, or no longer asked for: it carries our
    labels for this intent, and nothing renders it now.

    A dry run needs the permission to create and to patch:
    meshgen profile detect --permissions prints the ClusterRole.

    For example:
      meshgen diff intent.yaml -m istio --live
      meshgen diff intent.yaml -m istio --live --context staging --format markdown
      meshgen diff intent.yaml -m istio --live --field-manager argocd-controller
      meshgen diff intent.yaml -m istio --live --format json | jq '.objects[].verdict'

    Exit codes:
      0  applying would change nothing, and nothing is left over
      1  something differs
      2  it could not be compared: then nothing is told but why
      3  a bug of meshgen
    """
    if access is None:
        raise misuse("meshgen diff needs a cluster to compare with", hint="add --live")
    findings = Findings()
    found: Sequence[Difference] = ()
    how = partial(render, is_partial=is_partial, shadows=templates)
    try:
        with telling.progress() as progress, connected(access, stage=progress.stage) as cluster:
            live = partial(surroundings, cluster)
            reading = read_files(names, is_pinned=is_pinned, live=live, findings=findings)
            chosen = choose(mesh, settings, reading.documents, findings)
            side = _side(reading, chosen, how, manager, findings)
            if side is not None and not telling.fails(findings):
                found = differences(side, cluster, findings=findings)
    except Unanswered as refused:
        return tell_unanswered(refused, telling)
    return _told(found, form, telling, findings)


def _side(
    reading: Reading,
    chosen: Sequence[Choice],
    how: Callable[[Reading, Backend, Profile], Rendering],
    manager: str,
    findings: Findings,
) -> Side | None:
    """Render for the one mesh that the cluster is compared with; None where a finding is an error."""
    if findings.has_errors:
        return None
    if len(chosen) > 1:
        raise misuse("a cluster is compared with one mesh at a time", hint="name it with --mesh")
    ((backend, profile),) = chosen
    rendered = how(reading, backend, profile)
    findings.extend(rendered.findings)
    return Side(intents=reading.written, backend=backend, manifests=rendered.manifests, manager=manager)


def _told(found: Sequence[Difference], form: str, telling: Telling, findings: Findings) -> int:
    """Write the report, where everything could be compared, and give the exit code."""
    if telling.fails(findings):
        telling.tell(findings, summary="nothing compared")
        return _UNCOMPARABLE
    is_read = write_out(_FORMS[form](found), findings)
    compared = counted(len(found), "object")
    telling.tell(findings, summary=", ".join((f"{compared} compared", *count(findings))))
    is_same = all(each.verdict is Verdict.UNCHANGED for each in found)
    if telling.fails(findings):
        return _UNCOMPARABLE
    return (0 if is_same else 1) if is_read else BROKEN_PIPE
