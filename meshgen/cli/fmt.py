"""`meshgen fmt`: intents and profiles in canonical form, every comment beside its neighbour."""

from __future__ import annotations

import os

import click

from meshgen.cli.help import Verbatim
from meshgen.cli.options import inputs
from meshgen.cli.options import telling as telling_options
from meshgen.cli.sink import Sink
from meshgen.cli.stdout import BROKEN_PIPE, write_out
from meshgen.cli.telling import Telling
from meshgen.diagnostics import Findings
from meshgen.folder import UNWRITABLE
from meshgen.formatting import formatted, unformatted
from meshgen.inputs import Content, read_inputs
from meshgen.report.text import counted


@click.command("fmt", cls=Verbatim)
@inputs("FILE")
@click.option("--check", is_flag=True, help="Write nothing, tell which files would change.")
@telling_options
def command(*, names: tuple[str, ...], check: bool, telling: Telling) -> int:
    """Rewrite intents and profiles in canonical form, in place.

    FILE is a file, a folder that is searched for *.yaml and *.yml, or - for
    standard input, whose canonical form goes to stdout.

    Keys come in the order of the language, two spaces a level, quotes where a reader
    would take a text for something else. What a file means stays the same, and each
    comment stays beside its neighbour; a modeline stays on top. A document with
    anchors keeps the order of its keys. Documents of other kinds are left byte for
    byte, and so are files with errors, which are told.

    For example:
      meshgen fmt intent.yaml
      meshgen fmt . --check
      meshgen fmt - < intent.yaml | diff intent.yaml -

    Exit codes:
      0  done, and --check found every file in canonical form
      1  a finding is an error (see --fail-on), or --check found a file that would change
      2  the command line is wrong
      3  a bug of meshgen
    """
    findings = Findings()
    changed, is_read = 0, True
    contents = read_inputs(names, findings=findings)
    for content in contents:
        found = Findings()
        anew = formatted(content, findings=found)
        findings.extend(found)
        changed += anew != content.content
        if check:
            findings.extend(unformatted(content, anew))
        elif content.file != "-":
            _keep(content, anew, findings)
        elif not found.has_errors:
            is_read = write_out(anew.decode(), findings)
    would = "would change" if check else "rewritten"
    telling.tell(findings, summary=f"{counted(len(contents), 'file')}: {changed} {would}")
    return int(telling.fails(findings)) if is_read else BROKEN_PIPE


def _keep(content: Content, anew: bytes, findings: Findings) -> None:
    if anew == content.content:
        return
    if not os.path.isfile(content.file):
        findings.add(UNWRITABLE, f"{content.file} is no file that could be rewritten", hint="give it as -")
        return
    try:
        Sink(path=content.file, stream=None).write(anew.decode())
    except OSError as error:
        findings.add(UNWRITABLE, f"{content.file} cannot be written: {error.strerror}")
