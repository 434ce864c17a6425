"""`meshgen argocd generate`: the manifests of the Application in whose folder it runs."""

from __future__ import annotations

import os
from dataclasses import replace

import click

from meshgen.api import read_documents, read_set, render
from meshgen.argocd import Request, read_request, unserved
from meshgen.cli.clusters import Caller, choose_one
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Findings
from meshgen.krm.order import read_below
from meshgen.output import Syntax, stream
from meshgen.rendering import Rendering
from meshgen.report.text import count, counted

_CALLER = Caller(
    where="set the parameter mesh of the Application to one of these",
    each="write an Application for each",
)


@click.command("generate", cls=Verbatim)
@telling_options
def command(*, telling: Telling) -> int:
    """Print the manifests of an Application of Argo CD, and nothing else, on stdout.

    It runs in the folder that the Application names, and reads no file outside of it.
    What to do stands in the environment, as Argo CD puts it there: the parameters of
    the Application (mesh, set, intents, partial, pin-defaults, fail-on; see meshgen
    argocd parameters), or variables of plugin.env of the same names: MESH, SET.

    KUBE_API_VERSIONS decides about nothing, because it cannot tell the version of a
    mesh: a kind that the cluster lacks is a warning. KUBE_VERSION is not read.

    Argo CD shows stderr only where this fails. The stricter of --fail-on and of the
    parameter fail-on holds.

    For example:
      meshgen argocd generate
      PARAM_MESH=linkerd meshgen argocd generate
      meshgen argocd generate --fail-on warning

    Exit codes:
      0  done
      1  a finding is an error (see --fail-on); nothing is written
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    request = read_request(os.environ, findings=findings)
    rendering = None if findings.has_errors else _rendering(request, findings)
    strict = max(telling.fail_on, request.fail_on, key=lambda severity: severity.rank)
    told = replace(telling, fail_on=strict)
    manifests = () if rendering is None or told.fails(findings) else rendering.manifests
    is_read = write_out(stream(manifests, Syntax.YAML), findings)
    told.tell(findings, summary=", ".join((counted(len(manifests), "object"), *count(findings))))
    return int(told.fails(findings)) if is_read else BROKEN_PIPE


def _rendering(request: Request, findings: Findings) -> Rendering | None:
    hint = "name files below the path of the source"
    contents = read_below(request.paths, hint=hint, findings=findings)
    documents = read_documents(contents, findings=findings)
    reading = read_set(documents, findings=findings, is_pinned=request.is_pinned)
    choice = choose_one(request.mesh, request.settings, documents, _CALLER, findings)
    if choice is None or findings.has_errors:
        return None
    rendering = render(reading, *choice, is_partial=request.is_partial)
    findings.extend((*rendering.findings, *unserved(rendering.manifests, os.environ)))
    return rendering
