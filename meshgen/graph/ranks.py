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
    rows = list(map(tuple, ranked))
    for sweep in range(_SWEEPS):
        is_down = sweep % 2 == 0
        place = {box: where for row in rows for box, where in _places(row)}
        for index in range(len(rows)) if is_down else reversed(range(len(rows))):
            rows[index] = _by_mean(rows[index], above if is_down else below, place)
            place |= dict(_places(rows[index]))
    return tuple(rows)


def _places(row: Sequence[int]) -> Iterator[tuple[int, float]]:
    yield from ((box, (index + 0.5) / len(row)) for index, box in enumerate(row))


def _by_mean(row: Sequence[int], neighbours: Neighbours, place: Mapping[int, float]) -> tuple[int, ...]:
    def middle(box: int) -> tuple[float, int]:
        beside = [place[other] for other in neighbours.get(box, (box,))]
        return sum(beside) / len(beside), box

    return tuple(sorted(row, key=middle))
