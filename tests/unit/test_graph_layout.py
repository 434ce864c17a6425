"""Whatever is drawn, boxes lie apart, edges pass beside them, and each edge has a place of its own."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.graph.layout import BOX_HEIGHT, BOX_WIDTH, WIDTH, Ends, Layout, Point, layout
from meshgen.graph.ranks import ranks

CLICKED = 16  # width and height of what is clicked of an edge


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[tuple[int, int]]]:
    """Draw boxes and edges: cycles, hubs, loops and parallel edges too."""
    count = draw(st.integers(1, 40))
    box = st.integers(0, count - 1)
    return count, draw(st.lists(st.tuples(box, box), max_size=80))


SHAPES = {
    "nothing": (0, []),
    "one box": (1, []),
    "300 boxes alone": (300, []),
    "a chain of 300": (300, list(pairwise(range(300)))),
    "a cycle of 300": (300, [(box, (box + 1) % 300) for box in range(300)]),
    "a hub that 299 call": (300, [(box, 0) for box in range(1, 300)]),
    "a hub that calls 299": (300, [(0, box) for box in range(1, 300)]),
    "everybody calls everybody": (24, [(one, other) for one in range(24) for other in range(24)]),
}


@given(graphs())
def test_any_graph_is_laid_out_without_collisions(graph: tuple[int, list[tuple[int, int]]]) -> None:
    assert collisions(laid(*graph)) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_a_large_or_extreme_graph_is_laid_out_without_collisions(shape: str) -> None:
    assert collisions(laid(*SHAPES[shape])) == []


@given(graphs())
def test_every_box_stands_in_one_rank_and_callers_of_no_cycle_above_the_called(
    graph: tuple[int, list[tuple[int, int]]],
) -> None:
    count, edges = graph
    downward = [(caller, called) for caller, called in edges if caller < called]

    ranked = ranks(count, downward)
    rank_of = {box: index for index, rank in enumerate(ranked) for box in rank}

    assert sorted(box for rank in ranked for box in rank) == list(range(count))
    assert [edge for edge in downward if rank_of[edge[0]] >= rank_of[edge[1]]] == []


def test_the_way_of_an_edge_has_round_corners() -> None:
    aside, _ = laid(3, [(0, 1), (0, 2)]).lines

    assert aside.path == "M425 106 L425 119 Q425 126 418 126 L357 126 Q350 126 350 133 L350 150"


def laid(count: int, edges: list[tuple[int, int]]) -> Layout:
    """Lay out edges of two kinds."""
    return layout(count, [Ends(*edge, "ab"[index % 2]) for index, edge in enumerate(edges)])


def collisions(found: Layout) -> list[str]:
    """Tell what lies on something else, or outside."""
    boxes = found.boxes
    centres = [line.at for line in found.lines]
    return [
        *(f"boxes at {one} and {other}" for one, other in combinations(boxes, 2) if _touch(one, other)),
        *(f"a box at {box}" for box in boxes if not 0 <= box.x <= WIDTH - BOX_WIDTH),
        *(f"a box at {box}" for box in boxes if not 0 <= box.y <= found.height - BOX_HEIGHT),
        *(f"edges at {one} and {other}" for one, other in _neighbours(centres) if _is_near(one, other)),
        *(f"an edge at {point}" for point in centres if not CLICKED <= point.x <= WIDTH - CLICKED // 2),
        *(f"an edge over the box at {box}" for box in boxes for way in _ways(found) if _crosses(*way, box)),
    ]


def _touch(one: Point, other: Point) -> bool:
    return abs(one.x - other.x) < BOX_WIDTH and abs(one.y - other.y) < BOX_HEIGHT


def _neighbours(points: list[Point]) -> list[tuple[Point, Point]]:
    """Pair each point with those that lie little below it."""
    ordered = sorted(points, key=lambda point: point.y)
    return [
        (one, other)
        for index, one in enumerate(ordered)
        for other in ordered[index + 1 : index + 40]
        if other.y - one.y < CLICKED
    ]


def _is_near(one: Point, other: Point) -> bool:
    return abs(one.x - other.x) < CLICKED and abs(one.y - other.y) < CLICKED


def _ways(found: Layout) -> set[tuple[Point, Point]]:
    return {way for line in found.lines for way in pairwise(line.points)}


def _crosses(start: Point, end: Point, box: Point) -> bool:
    left, right = sorted((start.x, end.x))
    top, bottom = sorted((start.y, end.y))
    return left < box.x + BOX_WIDTH and right > box.x and top < box.y + BOX_HEIGHT and bottom > box.y
