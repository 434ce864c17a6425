"""`meshgen profile`: the clusters that are known, and what is known of one."""

from __future__ import annotations

import sys

import click

from meshgen.cli import detecting
from meshgen.cli.clusters import clusters
from meshgen.cli.completing import meshes
from meshgen.cli.groups import Words
from meshgen.cli.help import Verbatim, written
from meshgen.cli.stdout import BROKEN_PIPE, columns, print_out, write_out
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.intent.load import sort
from meshgen.profile import document
from meshgen.profiles import Choice, built_in, read_profiles
from meshgen.report import Format, report
from meshgen.scalars import dump
from meshgen.source import MapNode, Node, read


class _Profiles(Words):
    """Knows that the name of a profile alone means to show it."""

    def meant(self, word: str) -> str | None:
        """Say what to type for a built-in profile."""
        names = {choice.profile.name for choice in built_in()}
        return f"type meshgen profile show {word}" if word in names else None


@click.group("profile", cls=_Profiles, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Show or detect profiles: the facts of a cluster that no intent should know.

    For example:
      meshgen profile list
      meshgen profile show istio
      meshgen profile show linkerd --set version=2.19 > profile.yaml
      meshgen profile detect --context staging > profile.yaml
      meshgen render intent.yaml -m profile.yaml
    """
    if ctx.invoked_subcommand is None:
        click.echo(written(ctx.command))


@command.command("list", cls=Verbatim)
@click.argument("files", nargs=-1, metavar="[FILE]...")
def list_profiles(files: tuple[str, ...]) -> int:
    """List profiles: name, mesh, version, and where each comes from.

    FILE is a file or folder whose profiles are listed too.
    """
    findings = Findings()
    rows = [("NAME", "MESH", "VERSION", "FROM")]
    rows += [_row(choice, "built in") for choice in built_in()]
    rows += [_row(choice, place) for choice, place in _of_files(files, findings)]
    is_read = write_out(columns(rows), findings)
    sys.stderr.write(report(findings, Format.TEXT))
    return int(findings.has_errors) if is_read else BROKEN_PIPE


def _row(choice: Choice, place: str) -> tuple[str, str, str, str]:
    return choice.profile.name, choice.profile.mesh, choice.profile.version, place


def _of_files(files: tuple[str, ...], findings: Findings) -> list[tuple[Choice, str]]:
    contents = read_inputs(files, findings=findings)
    nodes = [node for each in contents for node in read(each.content, file=each.file, findings=findings)]
    documents = sort(nodes, findings=findings).profiles
    places = {_name(node): str(node.span) for node in documents}
    return [(choice, places[name]) for name, choice in read_profiles(documents, findings=findings).items()]


def _name(node: MapNode) -> str:
    metadata: Node | None = node.value("metadata")
    name = metadata.value("name") if isinstance(metadata, MapNode) else None
    return getattr(name, "text", "")


@command.command("show", cls=Verbatim)
@click.argument("name", metavar="NAME", shell_complete=meshes)
@click.option(
    "--set",
    "settings",
    metavar="KEY=VALUE",
    multiple=True,
    help="Replace a field, as in --set version=1.29. May be repeated.",
)
def show(name: str, settings: tuple[str, ...]) -> int:
    """Print a profile as a document, with every field that it has.

    Written to a file it can be changed and given to --mesh. A built-in name belongs
    to what is built in, so the document has another: my-istio for istio.
    """
    own = {choice.profile.name for choice in built_in()}
    shown = (
        document(profile, name=f"my-{profile.name}" if profile.name in own else profile.name)
        for _, profile in clusters(name, settings)
    )
    return print_out("---\n".join(map(dump, shown)))


command.add_command(detecting.command)
