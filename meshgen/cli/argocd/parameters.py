"""`meshgen argocd parameters`: what the user interface of Argo CD offers to fill in."""

from __future__ import annotations

import json

import click

from meshgen import profiles
from meshgen.api import read_documents
from meshgen.argocd import announcement
from meshgen.cli.help import Verbatim
from meshgen.cli.stdout import print_out
from meshgen.diagnostics import Findings
from meshgen.krm.order import read_below


@click.command("parameters", cls=Verbatim)
def command() -> int:
    """Announce the parameters of an Application to Argo CD, as JSON.

    Where the files of the folder hold one MeshProfile, it is announced as the mesh.
    What is wrong with the files is for meshgen argocd generate to say.

    For example:
      meshgen argocd parameters
      meshgen argocd parameters | jq '.[].name'
    """
    findings = Findings()
    contents = read_below(["."], hint="", findings=findings)
    documents = read_documents(contents, findings=findings)
    written = profiles.read_profiles(documents.profiles, findings=findings)
    text = json.dumps(announcement(tuple(written)), indent=2, ensure_ascii=False)
    return print_out(f"{text}\n")
