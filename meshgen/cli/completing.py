"""What stands behind TAB: meshes, kinds, facets, codes and features, each gathered when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Items: TypeAlias = "list[CompletionItem]"


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:  # noqa: ARG001
    """Leave it to the shell, which knows files best."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


def meshes(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Offer the built-in profiles; where none begins so, a file may be meant."""
    from meshgen.profiles import built_in

    found = _beginning(incomplete, (*(choice.profile.name for choice in built_in()), "all"))
    return found or files(ctx, param, incomplete)


def words(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:  # noqa: ARG001
    """Offer what can be explained: numbers of codes behind MG, else their slugs, and features."""
    if incomplete[:2].upper() == "MG":
        from meshgen.catalogue import codes

        return _beginning(incomplete.upper(), (code.number for code in codes()))
    from meshgen import datafiles
    from meshgen.intent.features import declared
    from meshgen.intent.model import MeshIntent

    slugs = (path.stem for path in datafiles.findings().iterdir())
    return _beginning(incomplete, (*slugs, *declared(MeshIntent)))


def facets(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:  # noqa: ARG001
    """Offer the facets of an outcome."""
    from meshgen.intent.outcome.facets import Facet

    return _beginning(incomplete, (facet.group for facet in Facet))


def known_kinds(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:  # noqa: ARG001
    """Offer our own kinds and those that a mesh defines."""
    from meshgen.cli.schema.known import store_of
    from meshgen.kinds import kinds

    return _beginning(incomplete, (*kinds(), *(each.entry.kind for each in store_of(None, ()).kinds())))


def _beginning(incomplete: str, known: Iterable[str]) -> Items:
    from click.shell_completion import CompletionItem

    return [CompletionItem(word) for word in sorted(set(known)) if word.startswith(incomplete)]
