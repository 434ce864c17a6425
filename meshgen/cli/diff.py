"""`meshgen diff`: which requests fare otherwise, and what applying would change in a live cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import click

from meshgen.api import Reading, read_files, render
from meshgen.backend import Backend
from meshgen.cli.ages import How, age, lines, together
from meshgen.cli.clusters import (
    choose,
    mesh_option,
    needs_mesh,
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
from meshgen.proof.diff import Ages, Changes, changes
from meshgen.proof.sides import services, supposed
from meshgen.proof.telling import nothing_to_ask
from meshgen.proof.witnesses import Bounds
from meshgen.proof.worlds import world_with
from meshgen.rendering import Rendering
from meshgen.report.changes import as_json as changes_value
from meshgen.report.changes import as_markdown as changes_markdown
from meshgen.report.changes import as_table as changes_table
from meshgen.report.changes import document as changes_json
from meshgen.report.differences import as_json as objects_json
from meshgen.report.differences import as_markdown, as_text
from meshgen.report.text import count, counted
from meshgen.resources import Resource, Resources
from meshgen.surroundings import surroundings

_FORMS = {"table": as_text, "markdown": as_markdown}
_MOVED = {"table": changes_table, "json": changes_json, "markdown": changes_markdown}
_UNCOMPARABLE = 2
_NOTHING: tuple[Sequence[Difference], Changes | None] = ((), None)


@click.command("diff", cls=Verbatim)
@inputs("FILE")
@mesh_option(
    "A mesh, a profile of the set, or a file with one: compare on it.  [default: the intents themselves]"
)
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
@click.option("--text", "is_text", is_flag=True, help="Compare lines instead of requests.")
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_MOVED)),
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
    is_text: bool,
    form: str,
    access: Access | None,
    telling: Telling,
) -> int:
    """Tell which requests fare otherwise after a change, the gravest first.

    meshgen diff OLD NEW: each a file or folder, with intents or with the manifests of
    a mesh, beside Services and workloads. From the conditions of both come requests of
    every class that either tells apart; those whose outcome differs are told with the
    smallest example: newly allowed, newly denied, moved, slower. Intents are compared
    by what they say themselves, with --mesh by what is rendered of them.

    meshgen diff INTENT... --live: the other side is a cluster, which is asked what it
    would make of each object: by a dry run of server-side apply, so that nothing is
    written. Below the requests that fare otherwise stand the objects: created, changed
    (with each field, what it is there and what it would be), or no longer asked for: it
    carries our labels for this intent, and nothing renders it now. A dry run needs the
    permission to create and to patch: meshgen profile detect --permissions prints it.

    For example:
      meshgen diff main/intent.yaml intent.yaml
      meshgen diff main/ . -m istio --format markdown
      meshgen diff old-manifests/ new-manifests/
      meshgen diff intent.yaml -m istio --live --context staging
      meshgen diff intent.yaml -m istio --live --format json | jq '.objects[].verdict'

    Exit codes:
      0  nothing differs
      1  something differs
      2  it could not be compared: then nothing is told but why
      3  a bug of meshgen
    """
    findings = Findings()
    if access is None:
        asked = How(mesh, settings, templates, is_partial, is_pinned)
        return _offline(names, asked, "text" if is_text else form, telling)
    if is_text:
        raise misuse("--text compares the lines of files", hint="leave out --live, and name OLD and NEW")
    found, moved = _NOTHING
    try:
        with telling.progress() as progress, connected(access, stage=progress.stage) as cluster:
            live = partial(surroundings, cluster)
            reading = read_files(names, is_pinned=is_pinned, live=live, findings=findings)
            chosen = choose(mesh, settings, reading.documents, findings)
            how = partial(render, is_partial=is_partial, shadows=templates)
            side = _side(reading, chosen, how, manager, findings)
            if side is not None and not telling.fails(findings):
                progress.stage("comparing")
                found = differences(side, cluster, findings=findings)
                moved = _moved(side, chosen[0], found)
    except Unanswered as refused:
        return tell_unanswered(refused, telling)
    return _told(found, moved, form, telling, findings)


def _offline(names: tuple[str, ...], how: How, form: str, telling: Telling) -> int:
    """Compare two files or folders; `form` is one of requests, or text."""
    if len(names) != 2:
        hint = "name two, or add --live to compare with a cluster"
        raise misuse("meshgen diff compares OLD with NEW", hint=hint)
    needs_mesh(asked_of=how.mesh, settings=how.settings)
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        old, new = (age(name, how, findings=findings) for name in names)
        if old is None or new is None or telling.fails(findings):
            telling.tell(findings, summary="nothing compared")
            return _UNCOMPARABLE
        progress.stage("comparing")
        moved = None if form == "text" else changes(together(old, new), Bounds())
    if moved is not None and not moved.classes:
        findings.extend((nothing_to_ask(),))
        telling.tell(findings, summary="nothing compared")
        return _UNCOMPARABLE
    text = lines(old, new, (names[0], names[1])) if moved is None else _MOVED[form](moved)
    is_same = text == "" if moved is None else not moved.rows
    is_read = write_out(text, findings)
    telling.tell(findings, summary="same" if is_same else "different")
    return (0 if is_same else 1) if is_read else BROKEN_PIPE


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
    if rendered.left is None:
        return None
    return Side(
        intents=reading.written,
        meant=rendered.left,
        backend=backend,
        manifests=rendered.manifests,
        manager=manager,
    )


def _moved(side: Side, choice: Choice, found: Sequence[Difference]) -> Changes | None:
    """Ask what is there and what would be about requests; None where nothing could be compared."""
    if not found:
        return None
    backend, profile = choice
    world = supposed(side.meant, (), backend, profile)
    old = tuple(Resource.of(each.there) for each in found if each.there is not None)
    new = tuple(Resource.of(each.applied) for each in found if each.applied is not None)
    ages = Ages(
        old=backend.evaluator(Resources(old), world_with(services(old), world), profile),
        new=backend.evaluator(Resources(new), world_with(services(new), world), profile),
        world=world_with(services((*old, *new)), world),
        of=frozenset(side.meant.services),
    )
    return changes(ages, Bounds())


def _told(
    found: Sequence[Difference], moved: Changes | None, form: str, telling: Telling, findings: Findings
) -> int:
    """Write the report, where everything could be compared, and give the exit code."""
    if telling.fails(findings):
        telling.tell(findings, summary="nothing compared")
        return _UNCOMPARABLE
    is_read = write_out(_joined(found, moved, form), findings)
    compared = counted(len(found), "object")
    telling.tell(findings, summary=", ".join((f"{compared} compared", *count(findings))))
    is_same = all(each.verdict is Verdict.UNCHANGED for each in found)
    if telling.fails(findings):
        return _UNCOMPARABLE
    return (0 if is_same else 1) if is_read else BROKEN_PIPE


def _joined(found: Sequence[Difference], moved: Changes | None, form: str) -> str:
    """Put the requests above the objects."""
    if form == "json":
        return objects_json(found, requests=None if moved is None else changes_value(moved))
    above = "" if moved is None else _MOVED[form](moved) + "\n"
    return above + _FORMS[form](found)
