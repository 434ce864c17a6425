"""`meshgen schema pull`: the definitions of a live cluster to a set of schemas."""

from __future__ import annotations

from pathlib import Path

import click

from meshgen import schemafiles
from meshgen.cli.help import Verbatim
from meshgen.cli.live import access_options
from meshgen.cli.options import telling as telling_options
from meshgen.cli.schema.importing import SET_VERSION, Worded, folder_option, summary
from meshgen.cli.telling import Telling
from meshgen.cluster import DEFINITIONS, Access, Cluster, Unanswered, connected
from meshgen.crd.importer import Imported, Origin, imported
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.scalars import Json, dump
from meshgen.values import DNS_LABEL


@click.command("pull", cls=Verbatim)
@click.option(
    "--mesh",
    metavar="NAME",
    type=Worded(DNS_LABEL),
    default="cluster",
    show_default=True,
    help="The name of the set, which holds every kind that the cluster defines.",
)
@click.option(
    "--mesh-version",
    metavar="VERSION",
    type=Worded(SET_VERSION),
    default="1",
    show_default=True,
    help="The version of the set.",
)
@folder_option
@access_options
@telling_options
def command(*, mesh: str, mesh_version: str, folder: Path, access: Access, telling: Telling) -> int:
    """Store the schemas of every kind that a live cluster defines, to validate against them in CI.

    The set has the same name whatever runs there, cluster/1, so that each pull
    replaces the one before; its index names each definition with its SHA-256. The same
    definitions give the same bytes, and a diff of DIR shows what changed in the cluster.

    The cluster is only read: meshgen profile detect --permissions prints the ClusterRole.

    For example:
      meshgen schema pull -d schemas
      meshgen validate manifests/ --schemas schemas
      meshgen schema pull --context staging --mesh staging -d schemas/staging

    Exit codes:
      0  the set is stored
      1  a definition is unusable, or DIR cannot be written
      2  the cluster cannot be asked, or the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    try:
        with telling.progress() as progress, connected(access, stage=progress.stage) as cluster:
            contents = definitions(cluster)
            progress.stage("importing")
            found = imported(contents, Origin(project=mesh, version=mesh_version), findings=findings)
    except Unanswered as refused:
        findings.extend([refused.finding])
        telling.tell(findings, summary="nothing written")
        return 2
    return _kept(found, folder, telling, findings)


def definitions(cluster: Cluster) -> tuple[Content, ...]:
    """Give each definition as a file of its own, without what the cluster adds to it."""
    found = sorted(cluster.list(DEFINITIONS), key=lambda each: str(each["metadata"]["name"]))
    return tuple(_file(each["metadata"]["name"], each["spec"]) for each in found)


def _file(name: str, spec: Json) -> Content:
    head = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
    }  # a list leaves it out
    return Content(f"{name}.yaml", dump({**head, "metadata": {"name": name}, "spec": spec}).encode())


def _kept(found: Imported | None, folder: Path, telling: Telling, findings: Findings) -> int:
    if found is not None and not telling.fails(findings):
        schemafiles.keep(found, folder, findings=findings)
    telling.tell(findings, summary=summary(found, folder, findings))
    return 1 if telling.fails(findings) else 0
