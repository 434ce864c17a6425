"""`meshgen schema import`: CustomResourceDefinitions to a set of schemas."""

from __future__ import annotations

from pathlib import Path

import click

from meshgen import schemafiles
from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.telling import Telling
from meshgen.crd.importer import Imported, Origin, imported
from meshgen.diagnostics import Findings
from meshgen.inputs import read_inputs
from meshgen.report.text import count, counted
from meshgen.values import DNS_LABEL, Text

SET_VERSION = Text(
    what="a version such as 1.30", pattern=r"^v?[0-9][-.+A-Za-z0-9]*$", longest=63, example="1.30"
)
_SET = Text(
    what="a set such as gateway-api/1.6-standard",
    pattern=r"^[a-z0-9][-a-z0-9]*/v?[0-9][-.+A-Za-z0-9]*$",
    longest=127,
    example="gateway-api/1.6-standard",
)


class Worded(click.ParamType):  # type: ignore[type-arg]  # of two arguments from click 8.5 only
    """A word with a grammar."""

    def __init__(self, grammar: Text) -> None:
        self.name = "text"
        self._grammar = grammar

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is no such word: it becomes the name of a folder."""
        refusal = self._grammar.check(value)
        if refusal is not None:
            self.fail(refusal, param, ctx)
        return value


folder_option = click.option(
    "-d",
    "--output-dir",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default="schemas",
    show_default=True,
    help="Store the set as DIR/NAME/VERSION.",
)


@click.command("import", cls=Verbatim)
@inputs("CRD")
@click.option(
    "--mesh",
    metavar="NAME",
    type=Worded(DNS_LABEL),
    required=True,
    help="Whose definitions they are: a mesh, or whatever project defines kinds.",
)
@click.option(
    "--mesh-version",
    metavar="VERSION",
    type=Worded(SET_VERSION),
    required=True,
    help="Of which version they are.",
)
@folder_option
@click.option("--licence", metavar="ID", default="", help="Note their licence in the set, as SPDX calls it.")
@click.option(
    "--beside",
    metavar="NAME/VERSION",
    type=Worded(_SET),
    multiple=True,
    help="Another set whose kinds every such cluster has, an extension's. May be repeated.",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    mesh: str,
    mesh_version: str,
    folder: Path,
    licence: str,
    beside: tuple[str, ...],
    telling: Telling,
) -> int:
    """Distil CustomResourceDefinitions to schemas by which meshgen validates.

    CRD is a file, a folder that is searched for *.yaml and *.yml, or - for standard
    input; it holds definitions of apiextensions.k8s.io/v1 alone, or Lists of them.
    What they say to people is left out; defaults, list types, patterns and CEL rules
    stay. A pattern that no API server could compile, and whatever else makes a
    definition unusable, is an error, and then nothing is written.

    A set of this name is replaced. The same definitions give the same bytes, and
    schemas that are equal are stored once for all sets of a project, in DIR/NAME/kinds.

    For example:
      meshgen schema import crd-all.gen.yaml --mesh istio --mesh-version 1.31
      kubectl get crd -o yaml | meshgen schema import - --mesh ours --mesh-version 1.0 -d schemas
      meshgen validate manifests/ --schemas schemas

    Exit codes:
      0  the set is stored
      1  a definition is unusable, or DIR cannot be written
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    contents = read_inputs(names, findings=findings)
    origin = Origin(project=mesh, version=mesh_version, licence=licence, beside=beside)
    found = None if findings.has_errors else imported(contents, origin, findings=findings)
    if found is not None and not telling.fails(findings):
        schemafiles.keep(found, folder, findings=findings)
    telling.tell(findings, summary=summary(found, folder, findings))
    return 1 if telling.fails(findings) else 0


def summary(found: Imported | None, folder: Path, findings: Findings) -> str:
    """Say on one line what became of an import: `istio/1.31: 15 kinds -> schemas/istio/1.31`."""
    if found is None or findings.has_errors:
        return ", ".join(("nothing written", *count(findings)))
    name = found.index.name
    return f"{name}: {counted(len(found.index.entries), 'kind')} -> {(folder / name).as_posix()}"
