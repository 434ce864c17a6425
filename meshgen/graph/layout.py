"""Where boxes and edges lie: callers above the called, edges between boxes and never across one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

from meshgen.graph.ranks import ranks

BOX_WIDTH, BOX_HEIGHT = 188, 82
COLUMNS = 4
_GAP = 32  # between boxes of a row
_MARGIN = 36  # beside the rows, for edges that pass them
WIDTH = COLUMNS * BOX_WIDTH + (COLUMNS - 1) * _GAP + 2 * _MARGIN
_TRACK = 6  # between two edges that run down side by side
_LANE = 20  # between two edges that run across; a click target has as much
_REACH = 14  # free space around the click target in its lane
_PORTS = 24  # free space at the corners of a box
_BEND = 7


class Point(NamedTuple):
    """A place, from the upper left corner."""

    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The way of an edge."""

    points: tuple[Point, ...]  # corners, with right angles between them
    at: Point  # where it is clicked; no other edge has that place

    @property
    def path(self) -> str:
        """The way with round corners, as SVG writes it."""
        first, *inner, last = self.points
        corners = (_corner(*three) for three in zip(self.points, inner, self.points[2:], strict=False))
        return " ".join((f"M{first.x} {first.y}", *corners, f"L{last.x} {last.y}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The places of all boxes and edges, in the order given."""

    height: int
    boxes: tuple[Point, ...]  # upper left corners
    lines: tuple[Line, ...]


class Ends(NamedTuple):
    """What an edge joins."""

    caller: int
    called: int
    kind: str = ""  # edges of one kind that leave a box for afar begin as one line


class _Way(NamedTuple):
    """An edge on its way: from a port below its caller, along a track, to a port above the called."""

    start: int  # x of the port below the caller
    end: int  # x of the port above the called
    leaves: int  # the channel below the caller; channel i lies above row i
    enters: int  # the channel above the called
    track: int  # x where it passes the rows between the channels; the start where both are one
    stem: int  # the first edge of those that it leaves with


class _Run(NamedTuple):
    """The part of an edge that runs across in a channel."""

    channel: int
    left: int
    right: int
    edge: int  # or the stem, where it leaves


def layout(count: int, edges: Sequence[Ends]) -> Layout:
    """Place boxes 0 to `count` less one, and edges from box to box, in the same way each time."""
    pairs = [(edge.caller, edge.called) for edge in edges]
    rows = tuple(row for rank in ranks(count, pairs) for row in _broken(rank))
    row_of = {box: index for index, row in enumerate(rows) for box in row}
    left = {box: x for row in rows for box, x in zip(row, _across(len(row)), strict=True)}
    ways = _ways(edges, rows, row_of, left)
    leaving, entering, depths = _lanes(ways, len(rows))
    tops, y = [], 0
    for depth in depths[:-1]:
        y += _depth(depth)
        tops.append(y)
        y += BOX_HEIGHT
    floors = [0, *(top + BOX_HEIGHT for top in tops)]  # where each channel begins
    return Layout(
        height=y + _depth(depths[-1]),
        boxes=tuple(Point(left[box], tops[row_of[box]]) for box in range(count)),
        lines=tuple(
            _line(way, leaving.get(way.stem, 0), entering[index], floors, tops)
            for index, way in enumerate(ways)
        ),
    )


def _broken(rank: Sequence[int]) -> Iterator[Sequence[int]]:
    """Break a rank into rows of about the same length."""
    rows = -(-len(rank) // COLUMNS)
    bounds = [index * len(rank) // rows for index in range(rows + 1)]
    yield from (rank[start:end] for start, end in pairwise(bounds))


def _across(boxes: int) -> Iterator[int]:
    free = WIDTH - boxes * BOX_WIDTH - (boxes - 1) * _GAP
    yield from (free // 2 + index * (BOX_WIDTH + _GAP) for index in range(boxes))


def _ways(
    edges: Sequence[Ends],
    rows: Sequence[Sequence[int]],
    row_of: dict[int, int],
    left: dict[int, int],
) -> list[_Way]:
    stems = _stems(edges, row_of)
    firsts = [edges[stem] for stem in stems]
    beyond = [sum(left[edges[edge].called] for edge in stems[stem]) // len(stems[stem]) for stem in stems]
    starts = _ports([first.caller for first in firsts], beyond, left)
    ends = _ports([edge.called for edge in edges], [left[edge.caller] for edge in edges], left)
    closed = [_closed(left[box] for box in row) for row in rows]
    taken = [0] * (len(rows) + 1)
    ways: dict[int, _Way] = {}
    for stem, start, middle in zip(stems, starts, beyond, strict=True):
        leaves = row_of[edges[stem].caller] + 1
        enters = {edge: row_of[edges[edge].called] for edge in stems[stem]}
        first, last = min(leaves, *enters.values()), max(leaves, *enters.values())
        track = start
        if first != last:
            wanted = (start + middle + BOX_WIDTH // 2) // 2
            nearest = _track(wanted, _any(closed[first:last]), _any(taken[first : last + 1]))
            taken[first : last + 1] = [tracks | 1 << nearest for tracks in taken[first : last + 1]]
            track = nearest * _TRACK
        for edge, channel in enters.items():
            ways[edge] = _Way(start, ends[edge], leaves, channel, track, stem)
    return [ways[edge] for edge in range(len(edges))]


def _stems(edges: Sequence[Ends], row_of: dict[int, int]) -> dict[int, list[int]]:
    """Join the edges of a kind that leave a box for afar, under the first of them; others stand alone."""
    first: dict[tuple[int, str], int] = {}
    stems: dict[int, list[int]] = {}
    for index, edge in enumerate(edges):
        is_near = row_of[edge.caller] + 1 == row_of[edge.called]
        stem = index if is_near else first.setdefault((edge.caller, edge.kind), index)
        stems.setdefault(stem, []).append(index)
    return stems


def _ports(boxes: Sequence[int], beyond: Sequence[int], left: dict[int, int]) -> list[int]:
    """Spread the edges of a box along its side, in the order of where they lead."""
    of_box: dict[int, list[int]] = {}
    for edge in sorted(range(len(boxes)), key=lambda edge: (beyond[edge], edge)):
        of_box.setdefault(boxes[edge], []).append(edge)
    found = [0] * len(boxes)
    for box, edges in of_box.items():
        room = BOX_WIDTH - 2 * _PORTS
        for index, edge in enumerate(edges):
            found[edge] = left[box] + _PORTS + room * (2 * index + 1) // (2 * len(edges))
    return found


def _closed(lefts: Iterable[int]) -> int:
    """Mark the tracks that a row of boxes closes, a bit for each."""
    return _any(
        1 << track
        for left in lefts
        for track in range((left - _TRACK) // _TRACK, (left + BOX_WIDTH + _TRACK) // _TRACK + 1)
    )


def _any(tracks: Iterable[int]) -> int:
    return reduce(or_, tracks, 0)


def _track(wanted: int, blocked: int, taken: int) -> int:
    """Find the nearest track past some boxes; one that is taken is shared where none is free."""
    tracks = [track for track in range(1, WIDTH // _TRACK) if not blocked >> track & 1]
    free = [track for track in tracks if not taken >> track & 1]
    return min(free or tracks, key=lambda track: (abs(track * _TRACK - wanted), track))


def _lanes(ways: Sequence[_Way], rows: int) -> tuple[dict[int, int], dict[int, int], list[int]]:
    """Give each run a lane of its channel, by stem and by edge, and count the lanes of each channel.

    Lanes of edges that leave lie above those of edges that enter, so that the ends of two never run into
    one another.
    """
    far = (way for way in ways if way.leaves != way.enters)
    leaving, above = _spread(
        {_run(way.leaves, way.start, way.track, way.stem) for way in far}, [0] * (rows + 1)
    )
    entering, counts = _spread(
        {_run(way.enters, way.track, way.end, edge) for edge, way in enumerate(ways)}, above
    )
    return leaving, entering, counts


def _run(channel: int, a: int, b: int, edge: int) -> _Run:
    middle = (a + b) // 2
    return _Run(channel, min(a, b, middle - _REACH), max(a, b, middle + _REACH), edge)


def _spread(runs: Iterable[_Run], above: Sequence[int]) -> tuple[dict[int, int], list[int]]:
    """Spread runs over lanes below those that are there, each alone in its part of a lane."""
    ends: list[list[int]] = [[] for _ in above]  # of each channel and lane
    found: dict[int, int] = {}
    for run in sorted(runs):
        lanes = ends[run.channel]
        lane = next((index for index, end in enumerate(lanes) if end < run.left), len(lanes))
        lanes[lane : lane + 1] = [run.right]
        found[run.edge] = above[run.channel] + lane
    return found, [count + len(lanes) for count, lanes in zip(above, ends, strict=True)]


def _depth(lanes: int) -> int:
    return _LANE * (lanes + 1) + 4


def _line(way: _Way, leaving: int, entering: int, floors: Sequence[int], tops: Sequence[int]) -> Line:
    across = floors[way.enters] + _LANE * (entering + 1)
    away = floors[way.leaves] + _LANE * (leaving + 1)
    turns = (Point(way.start, away), Point(way.track, away)) if way.leaves != way.enters else ()
    return Line(
        points=(
            Point(way.start, tops[way.leaves - 1] + BOX_HEIGHT),
            *turns,
            Point(way.track, across),
            Point(way.end, across),
            Point(way.end, tops[way.enters]),
        ),
        at=Point((way.track + way.end) // 2, across),
    )


def _corner(before: Point, corner: Point, after: Point) -> str:
    start, end = _towards(corner, before), _towards(corner, after)
    return f"L{start.x} {start.y} Q{corner.x} {corner.y} {end.x} {end.y}"


def _towards(corner: Point, other: Point) -> Point:
    """Go from a corner as far as its bend reaches, or half of the way."""
    across, down = other.x - corner.x, other.y - corner.y
    bend = min(_BEND, max(abs(across), abs(down)) // 2)
    return Point(corner.x + bend * _sign(across), corner.y + bend * _sign(down))


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
