"""`meshgen kustomize plugin`: what a launcher in the folder of kustomize's older plugins runs."""

from __future__ import annotations

from pathlib import Path

import click

from meshgen.cli.function import answer, finish, standard_input
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Findings
from meshgen.krm.call import read_streams


@click.command("plugin", cls=Verbatim)
@click.argument("config", metavar="CONFIG", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--outside-root",
    is_flag=True,
    help="Read files of spec.intents that lie outside the folder of the kustomization.",
)
@telling_options
def command(*, config: Path, outside_root: bool, telling: Telling) -> int:
    """Run as an exec plugin of kustomize, the one form that kubectl knows too.

    CONFIG is a MeshRender, or a MeshIntent with the annotation meshgen.dev/mesh; see
    meshgen krm --help. Standard input holds the objects so far, of which there are
    none for a generator. The objects after it go to stdout.

    kustomize runs this by the launcher that meshgen kustomize install-plugin writes,
    and shows what stands on stderr only where it fails. With argsOneLiner in CONFIG
    it is given options, as in argsOneLiner: --fail-on warning.

    For example:
      meshgen kustomize plugin mesh.yaml < /dev/null
      kubectl kustomize --enable-alpha-plugins .

    Exit codes:
      0  done
      1  a finding is an error (see --fail-on); nothing is written
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    call = read_streams(standard_input(), config.read_bytes(), findings=findings)
    done = answer(call, is_open=outside_root, telling=telling, findings=findings)
    return finish("" if done.fails else "---\n".join(done.texts), fails=done.fails, telling=telling)
