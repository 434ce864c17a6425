"""`meshgen graph`: who may call whom and what becomes of requests, as a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import click

from meshgen import folder
from meshgen.api import Reading, read_files, render
from meshgen.cli.clusters import choose, mesh_option, settings_option
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.sink import Sink, is_input, open_sink
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.graph.mermaid import mermaid
from meshgen.graph.picture import Picture, picture
from meshgen.intent.access import From
from meshgen.intent.resolve import resolve
from meshgen.intent.rules import check
from meshgen.intent.rules.callers import UNKNOWN_CALLER
from meshgen.profiles import Choice
from meshgen.report.text import count, counted


def _sink(ctx: click.Context, param: click.Parameter, value: str | None) -> Sink | None:
    """Try the file now, before anything is done; None means stdout."""
    if value in (None, "-"):
        return None
    try:
        return open_sink(str(value))
    except OSError as error:
        message = f"'{click.format_filename(str(value))}': {error.strerror}"
        raise click.BadParameter(message, ctx, param) from error


@click.command("graph", cls=Verbatim)
@inputs("INTENT")
@mesh_option(
    "Whose fidelity and findings the page tells: a mesh, a profile of the set, a file with one, "
    "or all.  [default: all]",
    default="all",
)
@settings_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "html"]),
    help="Text for Mermaid, or one page to read and click.  [default: html where FILE ends so, else mermaid]",
)
@click.option("-o", "--output", metavar="FILE", callback=_sink, help="Write FILE instead of stdout.")
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str,
    settings: tuple[str, ...],
    form: str | None,
    output: Sink | None,
    telling: Telling,
) -> int:
    """Draw who may call whom, and what becomes of their requests.

    Each service is a box with its mTLS mode, its default and the shares of its
    versions; each rule is an arrow from a caller to the called. The page shows
    routes, the rule behind an arrow with its file and line, what each mesh carries
    of what is asked, and what meshgen render would tell. It needs no network.

    For example:
      meshgen graph intent.yaml -o graph.html
      meshgen graph intent.yaml workloads/ -m linkerd -o graph.html
      meshgen graph intent.yaml > graph.mmd

    Exit codes:
      0  drawn
      1  a finding on the intent itself is an error (see --fail-on)
      2  the command line is wrong
      3  a bug of meshgen
    """
    if output is not None and is_input(output.path, names):
        raise misuse(f"{output.path} is one of the inputs, and is not written over", hint="name another FILE")
    findings = Findings()
    is_page = form == "html" or (form is None and output is not None and output.path.endswith(".html"))
    text, drawn = "", "nothing drawn"
    with telling.progress() as progress:
        progress.stage("reading")
        reading = _read(names, findings)
        chosen = choose(mesh, settings, reading.documents, findings)
        if not telling.fails(findings):
            progress.stage("drawing")
            found = picture(resolve(reading.intents, callers=_Callers(), shown=reading.shown))
            text = _page(found, reading, chosen, findings) if is_page else mermaid(found)
            drawn = f"{found.title}: {counted(len(found.edges), 'arrow')}"
    is_read = _deliver(text, output, findings)
    telling.tell(findings, summary=", ".join((drawn, *count(findings))))
    return (1 if telling.fails(findings) else 0) if is_read else BROKEN_PIPE


def _read(names: tuple[str, ...], findings: Findings) -> Reading:
    """Read a set and check what holds on every mesh; who else may call is for a profile to say."""
    reading = read_files(names, findings=findings)
    if not findings.has_errors:
        checked = Findings()
        check(reading.intents, callers={}, findings=checked)
        findings.extend(found for found in checked if found.code is not UNKNOWN_CALLER)
    return reading


class _Callers(dict[str, tuple[From, ...]]):
    """Callers of a profile; one that it does not name stands for an account of its own."""

    def __missing__(self, name: str) -> tuple[From, ...]:
        return (From(service_account=f"callers/{name}"),)


def _named(chosen: Iterable[Choice]) -> Iterator[Choice]:
    for backend, profile in chosen:
        yield Choice(backend, replace(profile, callers=_Callers(profile.callers)))


def _page(drawn: Picture, reading: Reading, chosen: tuple[Choice, ...], findings: Findings) -> str:
    from meshgen.graph.carried import carried
    from meshgen.graph.page import Cluster, page

    clusters = tuple(
        Cluster(
            name=profile.name,
            title=f"{backend.title} {profile.version}",
            carried=carried(
                resolve(reading.intents, callers=profile.callers, shown=reading.shown), backend, profile
            ),
        )
        for backend, profile in _named(chosen)
    )
    told: list[Diagnostic] = list(findings)
    for backend, profile in chosen:
        told.extend(render(reading, backend, profile).findings)
    ordered = sorted(dict.fromkeys(told), key=lambda found: (found.severity.rank, found.order))
    return page(drawn, clusters, ordered)


def _deliver(text: str, output: Sink | None, findings: Findings) -> bool:
    """Write what was drawn, if anything was; False where nobody reads it. Reports MG704."""
    if text == "":
        return True
    if output is None:
        return write_out(text, findings)
    try:
        output.write(text)
    except OSError as error:
        findings.add(folder.UNWRITABLE, f"{output.path} cannot be written: {error.strerror}")
    return True
