"""`meshgen explain`: what a code, a feature or a field is, and what to do."""

from __future__ import annotations

import click

from meshgen.cli.clusters import built_in_option, clusters
from meshgen.cli.completing import words
from meshgen.cli.help import Verbatim
from meshgen.cli.stdout import print_out
from meshgen.cli.usage import misuse
from meshgen.explain import explain, nearest, overview, unwritten


@click.command("explain", cls=Verbatim)
@click.argument("word", required=False, metavar="[CODE|FEATURE|FIELD]", shell_complete=words)
@built_in_option
def command(*, word: str | None, mesh: str | None) -> int:
    """Explain a code, a feature or a field.

    A code is what findings carry: MG202, or split-sum. Told are its meaning, the
    smallest input that trips it, and what to do.

    A feature is an id of meshgen capabilities. Told are its meaning, what each mesh
    answers, why, what to write instead, and what is in force where nothing is written.

    A field is a path as findings spell it, or the end of one. Told are its meaning,
    what may be written, and its features.

    Without a word every code is listed; with --mesh alone, what is in force on that
    mesh where an intent says nothing.

    For example:
      meshgen explain MG202
      meshgen explain retries.perTryTimeout -m consul
      meshgen explain spec.services.web.routes[0].rewrite
      meshgen explain -m istio
    """
    if word is None:
        return print_out(overview() if mesh is None else unwritten(clusters(mesh)))
    told = explain(word, clusters(mesh))
    if told is None:
        hint = nearest(word) or "meshgen explain lists every code, meshgen capabilities every feature"
        raise misuse(f"there is no code, feature or field {word!r}", hint=hint)
    return print_out(told)
