"""`meshgen trace`: what becomes of one request, step by step."""

from __future__ import annotations

import json

import click

from meshgen.cli.clusters import mesh_option, partial_option, settings_option
from meshgen.cli.completing import files
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.subjects import Subjects, Wanted, manifests_option, subjects
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Findings
from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.calling import called
from meshgen.proof.asking import Asking, call_of
from meshgen.proof.senders import Unclear
from meshgen.proof.trace import as_json, as_text


@click.command("trace", cls=Verbatim)
@click.argument("method")
@click.argument("url")
@click.option(
    "-f",
    "names",
    metavar="FILE",
    multiple=True,
    shell_complete=files,
    help="Intents, Services and workloads: a file, a folder, or - for standard input. May be repeated.",
)
@click.option(
    "--as",
    "sender",
    metavar="NS/SA",
    default="none",
    show_default=True,
    help="Who asks: a service account, none for a caller without identity, or kubelet.",
)
@click.option("--ip", metavar="ADDRESS", help="The address of who asks.")
@click.option(
    "-H", "--header", "headers", metavar="NAME: VALUE", multiple=True, help="A header. May be repeated."
)
@click.option(
    "--claim",
    "claims",
    metavar="[PROVIDER:]NAME=VALUE",
    multiple=True,
    help="A claim of a valid token. May be repeated; the provider may be left out where there is one.",
)
@mesh_option("A mesh, a profile of the set, a file with one, or all; leave it out to ask the intent alone.")
@settings_option
@partial_option
@manifests_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How the steps on stdout are written.",
)
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    method: str,
    url: str,
    names: tuple[str, ...],
    sender: str,
    ip: str | None,
    headers: tuple[str, ...],
    claims: tuple[str, ...],
    mesh: str | None,
    settings: tuple[str, ...],
    is_partial: bool,
    manifests: tuple[str, ...],
    form: str,
    telling: Telling,
) -> int:
    """Follow one request, as an intent or a mesh's manifests have it; no cluster is asked.

    URL is that of a Service as pods call it: http://reviews.bookinfo:9080/reviews/7.
    The namespace may be left out where the files have one, the port where the Service
    has one. Each step says what is decided, by which part of which object, where that
    is written, and by which rule of the mesh. METHOD connect and a URL of tcp:// make
    a connection.

    For example:
      meshgen trace GET http://reviews:9080/reviews/7 -f examples/bookinfo --as bookinfo/bookinfo-productpage
      meshgen trace GET http://reviews/ -f examples/bookinfo --as shop/web -H 'end-user: jason' -m istio
      meshgen trace POST http://cart.shop/ -f services.yaml --manifests istio/ --claim role=clerk

    Exit codes:
      0  the request was followed, whatever becomes of it
      1  a finding is an error (see --fail-on)
      2  the command line is wrong
      3  a bug of meshgen
    """
    if not names:
        raise misuse("meshgen trace needs a FILE", hint="name intents, Services and workloads with -f")
    findings = Findings()
    with telling.progress() as progress:
        progress.stage("reading")
        wanted = Wanted(mesh=mesh, settings=settings, is_partial=is_partial, manifests=manifests)
        found = subjects(names, wanted, findings=findings)
        asking = Asking(method=method, url=url, sender=sender, ip=ip, headers=headers, claims=claims)
        text = _followed(found, asking, form)
    is_read = write_out(text, findings)
    telling.tell(findings, summary=f"{len(found.every)} followed")
    if not is_read:
        return BROKEN_PIPE
    return 1 if telling.fails(findings) else 0


def _followed(found: Subjects, asking: Asking, form: str) -> str:
    answers: list[tuple[str, Call]] = []
    texts, values = [], []
    for subject in found.every:
        try:
            call = call_of(asking, subject.known)
        except Unclear as unclear:
            raise misuse(str(unclear), hint=unclear.hint or None) from unclear
        answers.append((subject.name, call))
        title = f"{called(call)}, {subject.name}"
        outcome = subject.evaluator.outcome(call)
        texts.append(as_text(title, outcome, found.nodes))
        values.append(as_json(title, outcome, found.nodes))
    if not answers:
        return ""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n" if form == "json" else "\n".join(texts)
