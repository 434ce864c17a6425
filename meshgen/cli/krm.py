"""`meshgen krm`: a function for kustomize and kpt, a ResourceList in and a ResourceList out."""

from __future__ import annotations

import sys

import click

from meshgen.cli.function import answer, finish, standard_input
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Findings
from meshgen.krm.call import read_call
from meshgen.krm.upsert import resource_list


@click.command("krm", cls=Verbatim)
@click.option(
    "--outside-root",
    is_flag=True,
    help="Read files of spec.intents that lie outside the folder that the function is run in.",
)
@telling_options
def command(*, outside_root: bool, telling: Telling) -> int:
    """Run as a function of kustomize or kpt: a ResourceList in, a ResourceList out.

    The function config is a MeshRender, or a MeshIntent whose annotations
    meshgen.dev/mesh and meshgen.dev/set say what to render it for:

      apiVersion: meshgen.dev/v1alpha1
      kind: MeshRender
      metadata:
        name: mesh
        annotations:
          config.kubernetes.io/function: |
            exec: {path: meshgen, args: [krm]}
      spec:
        mesh: linkerd
        intents: [intent.yaml]     files and folders below the folder it runs in
        set: [version=2.19]        as --set of meshgen render
        partial: true              as --partial
        pinDefaults: true          as --pin-defaults

    Intents, profiles, Services and workloads among the items are read too. What was
    generated for these intents before is replaced, or goes; anybody else's objects
    are never overwritten. Findings are told on stderr and as results.

    For example:
      kustomize build --enable-alpha-plugins --enable-exec .
      kpt fn render . --allow-exec
      kpt fn source . --fn-config mesh.yaml | meshgen krm

    Exit codes:
      0  done
      1  a finding is an error (see --fail-on); the items stay as they were
      2  the command line is wrong
      3  a bug of meshgen
    """
    if sys.stdin is not None and sys.stdin.isatty():
        raise misuse(
            "krm reads a ResourceList on standard input, which kustomize and kpt write",
            hint="for files of your own there is meshgen render",
        )
    findings = Findings()
    call = read_call(standard_input(), findings=findings)
    done = answer(call, is_open=outside_root, telling=telling, findings=findings)
    return finish(resource_list(done.texts, done.results), fails=done.fails, telling=telling)
