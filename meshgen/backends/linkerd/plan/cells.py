"""Requests cut into cells that the same rules admit, so that one route can stand for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from meshgen.backends.linkerd.plan.rest import rest_of
from meshgen.gatewayapi.precedence import Rank, by_matched_length
from meshgen.gatewayapi.requests import EVERY_REQUEST, Alternative, covers, meet, overlaps
from meshgen.gatewayapi.values import under
from meshgen.intent.match import PathExact, PathPrefix, PathRegex

_T = TypeVar("_T")

_ALL_OF_IT = 1_025  # a literal path has at most 1,024 characters
MOST_CELLS = 256  # conditions that overlap in every way would be cut into ever more routes


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell(Generic[_T]):
    """Some requests, as a route picks them, and what holds for them."""

    requests: Alternative
    content: _T


class UncuttableError(Exception):
    """No set of routes tells the requests of two conditions apart."""

    def __init__(self, one: Alternative, other: Alternative) -> None:
        super().__init__()
        self.one = one
        self.other = other


def cut(conditions: Iterable[Alternative], content: Callable[[Alternative], _T]) -> tuple[Cell[_T], ...]:
    """Cut all requests along conditions, so that the best ranked cell of a request has its content.

    `content` may depend only on which conditions cover a cell. A cell that says what the next wider one
    says is left out. Together the cells take every request; the widest comes last. Raises UncuttableError.
    """
    written = tuple(conditions)
    parted: tuple[str, ...] = ()
    while True:
        cells = _kept(_all_cells(written, content, parted))
        tied = _tie(cells)
        if tied is None:
            return tuple(reversed(cells))
        prefix = _prefix_beside_exact(*tied)
        if prefix is None or prefix in parted:
            raise UncuttableError(*tied)
        parted = (*parted, prefix)


def _all_cells(
    written: Sequence[Alternative], content: Callable[[Alternative], _T], parted: Iterable[str]
) -> list[Cell[_T]]:
    """List every meeting of conditions, wider ones first.

    A prefix in `parted` is written as what is left of it without itself and the paths below, which rank
    no higher and have cells of their own.
    """
    below = {prefix: _outermost_below(prefix, written) for prefix in parted}
    alone = [
        Alternative(path=path)
        for prefix, paths in below.items()
        for path in (PathExact(exact=prefix), *paths)
    ]
    met = _meetings((*written, *alone))
    by_width = sorted(met, key=lambda cell: (_height(cell), sum(covers(wide, cell) for wide in met)))
    return [Cell(requests=_rest(each, below), content=content(each)) for each in by_width]


def _meetings(conditions: Iterable[Alternative]) -> tuple[Alternative, ...]:
    met: dict[Alternative, None] = {EVERY_REQUEST: None}
    for condition in dict.fromkeys(conditions):
        for cell in [cell for cell in met if overlaps(cell, condition)]:
            both = meet(cell, condition)
            if both is None or len(met) > MOST_CELLS:
                raise UncuttableError(cell, condition)
            met[both] = None
    return tuple(met)


def _outermost_below(prefix: str, written: Iterable[Alternative]) -> tuple[PathExact | PathPrefix, ...]:
    whole = Alternative(path=PathPrefix(prefix=prefix))
    for each in written:
        if isinstance(each.path, PathRegex) and overlaps(whole, Alternative(path=each.path)):
            raise UncuttableError(each, whole)
    inside = {
        path
        for path in (each.path for each in written)
        if isinstance(path, PathExact | PathPrefix) and _text(path) != prefix and under(_text(path), prefix)
    }
    tops = [path.prefix for path in inside if isinstance(path, PathPrefix)]
    outer = [
        path
        for path in inside
        if not any(under(_text(path), top) and path != PathPrefix(prefix=top) for top in tops)
    ]
    return tuple(sorted(outer, key=lambda path: (_text(path), isinstance(path, PathPrefix))))


def _text(path: PathExact | PathPrefix) -> str:
    return path.exact if isinstance(path, PathExact) else path.prefix


def _rest(cell: Alternative, below: dict[str, tuple[PathExact | PathPrefix, ...]]) -> Alternative:
    path = cell.path
    if isinstance(path, PathPrefix) and path.prefix in below:
        return replace(cell, path=rest_of(path.prefix, below[path.prefix]))
    return cell


def _height(cell: Alternative) -> tuple[int, int, int, int, int, int]:
    """Rank a cell as the proxy does; an exact path and an expression match all of a path."""
    host = cell.hostname
    return (
        0 if host is None else 1 if host.startswith("*.") else 2,
        0 if host is None else len(host),
        len(cell.path.prefix) if isinstance(cell.path, PathPrefix) else _ALL_OF_IT,
        len(cell.headers),
        len(cell.query),
        int(cell.method is not None),
    )


def _kept(cells: Iterable[Cell[_T]]) -> list[Cell[_T]]:
    """Leave out cells whose requests a wider one takes with the same content."""
    kept: list[Cell[_T]] = []
    for cell in cells:
        wider = [wide for wide in kept if covers(wide.requests, cell.requests)]
        if not any(_stands_for(wide, cell, wider) for wide in wider):
            kept.append(cell)
    return kept


def _stands_for(wide: Cell[_T], cell: Cell[_T], wider: Iterable[Cell[_T]]) -> bool:
    return wide.content == cell.content and all(
        by_matched_length(wide.requests, other.requests) is Rank.ABOVE
        for other in wider
        if other.content != cell.content
    )


def _tie(cells: Sequence[Cell[_T]]) -> tuple[Alternative, Alternative] | None:
    """Find a cell that does not outrank a wider one with other content."""
    for index, cell in enumerate(cells):
        for wide in cells[:index]:
            if wide.content == cell.content or not covers(wide.requests, cell.requests):
                continue
            if by_matched_length(cell.requests, wide.requests) is not Rank.ABOVE:
                return cell.requests, wide.requests
    return None


def _prefix_beside_exact(one: Alternative, wide: Alternative) -> str | None:
    match one.path, wide.path:
        case PathExact(exact=text), PathPrefix(prefix=prefix) if text == prefix:
            return prefix
        case _:
            return None
