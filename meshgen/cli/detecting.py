"""`meshgen profile detect`: the profile that a live cluster shows."""

from __future__ import annotations

import click

from meshgen.cli.help import Verbatim
from meshgen.cli.live import access_options
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cluster import Access, Unanswered, connected
from meshgen.diagnostics import Findings
from meshgen.scalars import dump


@click.command("detect", cls=Verbatim)
@click.option(
    "--permissions",
    "is_permissions",
    is_flag=True,
    help="Print the ClusterRoles that suffice, and ask no cluster.",
)
@access_options
@telling_options
def command(*, is_permissions: bool, access: Access, telling: Telling) -> int:
    """Print the profile of a live cluster: its mesh, and what holds outside the manifests.

    Behind each line stands where it was seen. What the cluster does not show is a
    comment, never a guess: write it by hand. A profile without a version cannot be
    used before somebody has written it. Two control planes are two documents.

    The cluster is only read: its CustomResourceDefinitions, the Deployments of control
    planes, and the ConfigMap of the mesh. Where a revision of a mesh has a ConfigMap of
    its own, add its name to the ClusterRole.

    For example:
      meshgen profile detect > profile.yaml
      meshgen render intent.yaml -m profile.yaml
      meshgen profile detect --context staging
      meshgen profile detect --permissions | kubectl apply -f -

    Exit codes:
      0  the profile is printed
      1  the cluster shows no mesh
      2  the cluster cannot be asked, or the command line is wrong
      3  a bug of meshgen
    """
    from meshgen.detecting import detect  # they load every mesh, which TAB has no time for
    from meshgen.roles import roles

    findings = Findings()
    if is_permissions:
        text, status = "---\n".join(map(dump, roles())), 0
    else:
        try:
            with telling.progress() as progress, connected(access, stage=progress.stage) as cluster:
                text, status = detect(cluster, findings=findings), 0
        except Unanswered as refused:
            findings.extend([refused.finding])
            text, status = "", 2
    if status == 0 and telling.fails(findings):
        text, status = "", 1
    if text and not write_out(text, findings):
        return BROKEN_PIPE
    telling.tell(findings, summary="profile printed" if text else "nothing printed")
    return status
