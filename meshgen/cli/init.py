"""`meshgen init`: a first intent, with comments that teach, from nothing or from Services and workloads."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from meshgen.api import read_documents
from meshgen.cli.completing import files
from meshgen.cli.help import Verbatim
from meshgen.cli.options import telling as telling_options
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.cli.usage import misuse
from meshgen.diagnostics import Code, Findings
from meshgen.drafting import SCHEMA, draft, example
from meshgen.folder import UNWRITABLE
from meshgen.inputs import read_inputs
from meshgen.intent.model import MeshIntent
from meshgen.values import DNS_LABEL

EXISTS = Code(
    number="MG730", slug="file-exists", meaning="A file stands where a new one was asked for, and it stays."
)


def _label(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    if value is not None and (wrong := DNS_LABEL.check(value)) is not None:
        raise click.BadParameter(wrong, ctx, param)
    return value


@click.command("init", cls=Verbatim)
@click.argument("names", metavar="[FILE]...", nargs=-1, shell_complete=files)
@click.option("-o", "--output", metavar="FILE", help="Write a new file.  [default: stdout]")
@click.option("--name", callback=_label, metavar="NAME", help="metadata.name.  [default: the namespace]")
@click.option(
    "--namespace",
    callback=_label,
    metavar="NAMESPACE",
    help="Where the services live: of FILE take those of it alone, and what names none.",
)
@click.option("--schema", is_flag=True, help=f"With -o: write {SCHEMA} beside it, for editors.")
@telling_options
def command(  # noqa: PLR0913  click gives each option by its name
    *,
    names: tuple[str, ...],
    output: str | None,
    name: str | None,
    namespace: str | None,
    schema: bool,
    telling: Telling,
) -> int:
    """Write a first intent, in which each line says what it does and why.

    Without FILE it is an example of two services that every built-in profile carries.
    FILE is a file, a folder that is searched for *.yaml and *.yml, or - for standard
    input: its Services and workloads give services, ports, protocols, versions,
    accounts and probes, a document for each namespace. What they do not say is left
    as a comment, and services of intents among them are left out.

    No file that exists is written over.

    For example:
      meshgen init > intent.yaml
      meshgen init -o intent.yaml --schema --name shop
      meshgen init manifests/ -o intent.yaml
      kubectl get service,deployment -o yaml | meshgen init - --namespace shop

    Exit codes:
      0  done
      1  a finding is an error (see --fail-on), and nothing was written
      2  the command line is wrong
      3  a bug of meshgen
    """
    file = None if output == "-" else output
    if schema and file is None:
        raise misuse("--schema writes beside a file", hint="add -o FILE")
    if schema and os.path.basename(file or "") == SCHEMA:
        raise misuse(f"{SCHEMA} is what --schema writes", hint="name another file with -o")
    findings = Findings()
    text = _text(names, name, namespace, findings)
    files = _files(file, text, is_described=schema)
    _refuse_standing(files, findings)
    is_read = telling.fails(findings) or _deliver(text, files, findings)
    done = "nothing" if telling.fails(findings) else ", ".join(files) or "an intent"
    telling.tell(findings, summary=f"{done} written")
    return int(telling.fails(findings)) if is_read else BROKEN_PIPE


def _text(names: tuple[str, ...], name: str | None, namespace: str | None, findings: Findings) -> str:
    if not names:
        return example(name=name, namespace=namespace)
    contents = read_inputs(names, findings=findings)
    documents = read_documents(contents, findings=findings)
    if findings.has_errors:
        return ""
    return draft(documents, name=name, namespace=namespace, findings=findings)


def _files(file: str | None, text: str, *, is_described: bool) -> dict[str, str]:
    """List the files to write, with their texts; none where the intent goes to stdout."""
    if file is None:
        return {}
    beside = os.path.join(os.path.dirname(file), SCHEMA)
    return {file: text, **({beside: _schema()} if is_described else {})}


def _schema() -> str:
    from meshgen.intent.schema import json_schema
    from meshgen.kinds import kinds

    return json.dumps(json_schema(kinds()[MeshIntent.__name__]), indent=2) + "\n"


def _refuse_standing(files: dict[str, str], findings: Findings) -> None:
    for path, text in files.items():
        if os.path.lexists(path) and not _holds(path, text):
            findings.add(EXISTS, f"{path} exists, and is not written over", hint="name another file")


def _holds(path: str, text: str) -> bool:
    try:
        return os.path.isfile(path) and Path(path).read_bytes() == text.encode()
    except OSError:  # what cannot be read is somebody else's
        return False


def _deliver(text: str, files: dict[str, str], findings: Findings) -> bool:
    """Write the files, else to stdout; False where nobody reads that. Reports MG704."""
    if not files:
        return write_out(text, findings)
    _write(files, findings)
    return True


def _write(files: dict[str, str], findings: Findings) -> None:
    for path, text in files.items():
        if os.path.lexists(path):
            continue
        try:
            with open(path, "x", encoding="utf-8", newline="") as file:
                file.write(text)
        except OSError as error:
            findings.add(UNWRITABLE, f"{path} cannot be written: {error.strerror}")
