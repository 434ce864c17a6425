"""`meshgen helm post-render`: the manifests of a chart in, the same with mesh objects out."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from meshgen.api import Reading, read_documents, read_set, render
from meshgen.cli.clusters import choose, mesh_option, partial_option, settings_option
from meshgen.cli.function import standard_input
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Findings
from meshgen.folder import Owner
from meshgen.inputs import read_inputs
from meshgen.intent.load import GROUP, Documents, sort
from meshgen.intent.show import objects
from meshgen.krm.items import group, text_at
from meshgen.krm.names import check_names
from meshgen.krm.results import Places, told
from meshgen.krm.stream import Stream, joined, read_stream
from meshgen.krm.upsert import refuse, upsert
from meshgen.rendering import Rendering
from meshgen.report.text import count, counted
from meshgen.source import MapNode


@click.command("post-render", cls=Verbatim)
@click.option(
    "-f",
    "--intent",
    "names",
    metavar="FILE",
    multiple=True,
    help="A file or folder with intents and profiles, where the chart brings none; may be repeated.",
)
@mesh_option(
    "A mesh, a profile of the set, or a file with one; leave it out where the set has one profile.",
)
@settings_option
@partial_option
@click.option(
    "--pin-defaults",
    "is_pinned",
    is_flag=True,
    help="Ask for nothing where nothing is written of timeout, retries or outlierDetection.",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    is_partial: bool,
    is_pinned: bool,
    telling: Telling,
) -> int:
    """Add mesh objects to the manifests of a chart, as a post-renderer of Helm.

    Standard input holds what the chart rendered. It goes to stdout byte for byte,
    and mesh objects follow. Its Services and workloads are read for what the intent
    leaves out. An object that was generated for these intents before is replaced, or
    goes; an object of the chart with the name of a mesh object is a finding. Intents
    and profiles of the chart are read like those of --intent, and are not passed on.

    Helm 3 runs a post-renderer by its path, Helm 4 one that is a plugin: the folder
    integrations/helm/meshgen is both.

    For example:
      helm template shop ./chart | meshgen helm post-render --intent intent.yaml -m linkerd
      helm upgrade --install shop ./chart --post-renderer ./meshgen/post-render.sh
        --post-renderer-args --intent=intent.yaml --post-renderer-args --mesh=linkerd

    Exit codes:
      0  done
      1  a finding is an error (see --fail-on); nothing is written
      2  the command line is wrong
      3  a bug of meshgen
    """
    if sys.stdin is not None and sys.stdin.isatty():
        hint = "pipe helm template into it, or name it as a post-renderer"
        raise misuse("post-render reads what a chart rendered on standard input", hint=hint)
    if mesh == "all":
        raise misuse("--mesh all means several meshes, and a release has one", hint="name one mesh")
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        stream = read_stream(standard_input(), findings=findings)
        documents = _documents(names, stream, findings)
        chosen = choose(mesh, settings, documents, findings)
        reading = read_set(documents, findings=findings, is_pinned=is_pinned)
        progress.stage("rendering")
        rendering = None
        if not findings.has_errors:
            (choice,) = chosen
            rendering = render(reading, *choice, is_partial=is_partial)
    texts = () if rendering is None else _placed(stream, reading, rendering, findings)
    is_read = write_out("" if telling.fails(findings) else joined(stream.head, texts), findings)
    spoken = _spoken(findings, stream)
    telling.tell(spoken, summary=_summary(rendering, telling, spoken))
    return int(telling.fails(findings)) if is_read else BROKEN_PIPE


def _documents(names: Sequence[str], stream: Stream, findings: Findings) -> Documents:
    """Read the files of intents, and what the chart rendered: intents too, and what shows their services."""
    files = read_documents(read_inputs(names, findings=findings), findings=findings)
    rendered = sort(stream.nodes, findings=findings)
    return Documents(
        intents=(*files.intents, *rendered.intents),
        profiles=(*files.profiles, *rendered.profiles),
        tests=(),
        others=(*files.others, *rendered.others),
    )


def _placed(stream: Stream, reading: Reading, rendering: Rendering, findings: Findings) -> tuple[str, ...]:
    findings.extend(rendering.findings)
    items = tuple(item for item in _items(stream) if group(text_at(item, "apiVersion") or "") != GROUP)
    findings.extend(check_names(reading.intents, tuple(objects(items))))
    if findings.has_errors:
        return ()
    metadata = (intent.metadata for intent in reading.written)
    owners = frozenset(Owner(each.name, each.namespace) for each in metadata)
    # What stands in a List is in the way, whoever wrote it: its text is that of the whole List.
    listed = tuple(each for item in items for each in objects((item,)) if each is not item)
    refuse(listed, rendering.manifests, owners=owners, findings=findings)
    return upsert(items, rendering.manifests, owners=owners, text=stream.text, findings=findings)


def _items(stream: Stream) -> tuple[MapNode, ...]:
    return tuple(node for node in stream.nodes if isinstance(node, MapNode))


def _spoken(findings: Findings, stream: Stream) -> Findings:
    """Name objects instead of lines of a stream that nobody can look up."""
    spoken = Findings()
    spoken.extend(told(findings, Places(_items(stream))))
    return spoken


def _summary(rendering: Rendering | None, telling: Telling, findings: Findings) -> str:
    added = 0 if rendering is None or telling.fails(findings) else len(rendering.manifests)
    return ", ".join((f"{counted(added, 'object')} added", *count(findings)))
