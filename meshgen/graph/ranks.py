"""Ranks of boxes: callers above the called wherever no cycle forbids it, with few crossings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

_SWEEPS = 4

Neighbours = Mapping[int, tuple[int, ...]]


def ranks(count: int, edges: Sequence[tuple[int, int]]) -> tuple[tuple[int, ...], ...]:
    """Rank boxes 0 to `count` less one from the top; boxes without an edge stand in the last rank."""
    pairs = dict.fromkeys((caller, called) for caller, called in edges if caller != called)
    joined = {box for pair in pairs for box in pair}
    alone = tuple(box for box in range(count) if box not in joined)
    below = _neighbours(pairs)
    order = _order(sorted(joined), below)
    place = {box: index for index, box in enumerate(order)}
    # An edge that leads back in this order closes a cycle, and is drawn upwards.
    downward = [pair for pair in pairs if place[pair[0]] < place[pair[1]]]
    depth = _depths(order, _neighbours(downward), {called for _, called in downward})
    ranked: dict[int, list[int]] = {}
    for box in sorted(joined, key=lambda box: (depth[box], box)):
        ranked.setdefault(depth[box], []).append(box)
    return (*_untangled(tuple(ranked.values()), downward), *((alone,) if alone else ()))


def _neighbours(pairs: Iterable[tuple[int, int]]) -> dict[int, tuple[int, ...]]:
    found: dict[int, list[int]] = {}
    for caller, called in pairs:
        found.setdefault(caller, []).append(called)
    return {caller: tuple(called) for caller, called in found.items()}


def _order(boxes: Sequence[int], below: Neighbours) -> tuple[int, ...]:
    """Order boxes so that callers come first, depth first and without recursion."""
    called = {box for many in below.values() for box in many}
    done: list[int] = []
    seen: set[int] = set()
    for root in sorted(boxes, key=lambda box: (box in called, box)):
        path: list[tuple[int, Iterator[int]]] = []
        if root not in seen:
            seen.add(root)
            path.append((root, iter(below.get(root, ()))))
        while path:
            box, ahead = path[-1]
            following = next((other for other in ahead if other not in seen), None)
            if following is None:
                done.append(box)
                path.pop()
            else:
                seen.add(following)
                path.append((following, iter(below.get(following, ()))))
    return tuple(reversed(done))


def _depths(order: Sequence[int], below: Neighbours, called: set[int]) -> dict[int, int]:
    """Put each box right below its lowest caller, and who is called by nobody right above whom it calls."""
    depth = dict.fromkeys(order, 0)
    for box in order:
        for other in below.get(box, ()):
            depth[other] = max(depth[other], depth[box] + 1)
    for box in order:
        if box not in called and box in below:
            depth[box] = min(depth[other] for other in below[box]) - 1
    return depth


def _untangled(
    ranked: Sequence[Sequence[int]], pairs: Sequence[tuple[int, int]]
) -> tuple[tuple[int, ...], ...]:
    """Order each rank by where its neighbours stand, downwards and upwards in turn."""
    above, below = _neighbours((called, caller) for caller, called in pairs), _neighbours(pairs)
    rows = [list(rank) for rank in ranked]
    for sweep in range(_SWEEPS):
        neighbours = above if sweep % 2 == 0 else below
        place = {box: (index + 0.5) / len(row) for row in rows for index, box in enumerate(row)}
        for row in rows if sweep % 2 == 0 else reversed(rows):
            middle = {box: _mean([place[other] for other in neighbours.get(box, ())], place[box]) for box in row}
            row.sort(key=lambda box: (middle[box], box))  # noqa: B023  sorted before the loop goes on
            place |= {box: (index + 0.5) / len(row) for index, box in enumerate(row)}
    return tuple(map(tuple, rows))


def _mean(places: Sequence[float], otherwise: float) -> float:
    return sum(places) / len(places) if places else otherwise
