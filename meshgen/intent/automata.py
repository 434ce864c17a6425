"""Whether texts exist that some regular expressions match and others do not, decided within a bound."""

from __future__ import annotations

import enum
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from greenery import Charclass, Pattern, parse
from greenery.parse import NoMatch
from greenery.rxelems import Conc, Mult

MOST_STATES = 2_000  # of one expression, counted repetitions written out
# Of one search. greenery's own automata have no bound: `(a|b)*a(a|b){10}` takes them a minute.
MOST_STEPS = 200_000

Range = tuple[int, int]  # code points, both ends included


class Undecided(enum.Enum):
    """The third answer: the bound was reached, or an expression is not of the kind that is understood."""

    UNDECIDED = "undecided"


UNDECIDED = Undecided.UNDECIDED


class _Edge(NamedTuple):
    ranges: tuple[Range, ...]
    target: int


class _Nfa(NamedTuple):
    """States by number, of which 0 is the first and 1 the last."""

    edges: tuple[tuple[_Edge, ...], ...]
    silent: tuple[tuple[int, ...], ...]

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """Add what is reached without a character."""
        found, open_ = set(states), list(states)
        while open_:
            for state in self.silent[open_.pop()]:
                if state not in found:
                    found.add(state)
                    open_.append(state)
        return frozenset(found)

    def step(self, states: frozenset[int], point: int) -> frozenset[int]:
        """Read one character."""
        edges = (edge for state in states for edge in self.edges[state])
        return self.closure([edge.target for edge in edges if _holds(edge.ranges, point)])


def _holds(ranges: tuple[Range, ...], point: int) -> bool:
    return any(low <= point <= high for low, high in ranges)


def shortest(
    within: Sequence[str], outside: Sequence[str], *, alphabet: Sequence[Range]
) -> str | Undecided | None:
    """Find the shortest text that all of `within` and none of `outside` match whole, or None.

    Texts are of the characters of `alphabet`. The answer is the same on every run.
    """
    try:
        asked = [_compile(regex) for regex in (*within, *outside)]
    except _NotUnderstood:
        return UNDECIDED
    points = _representatives(asked, alphabet)
    start = tuple(nfa.closure([0]) for nfa in asked)
    came_from: dict[tuple[frozenset[int], ...], tuple[tuple[frozenset[int], ...], int] | None] = {start: None}
    open_ = deque([start])
    steps = 0
    while open_:
        state = open_.popleft()
        if all((1 in part) == (index < len(within)) for index, part in enumerate(state)):
            return _text(state, came_from)
        for point in points:
            steps += sum(map(len, state))
            if steps > MOST_STEPS:
                return UNDECIDED
            new = tuple(nfa.step(part, point) for nfa, part in zip(asked, state, strict=True))
            if all(new[: len(within)]) and new not in came_from:
                came_from[new] = (state, point)
                open_.append(new)
    return None


def _text(
    state: tuple[frozenset[int], ...],
    came_from: dict[tuple[frozenset[int], ...], tuple[tuple[frozenset[int], ...], int] | None],
) -> str:
    points: list[int] = []
    while (step := came_from[state]) is not None:
        state, point = step
        points.append(point)
    return "".join(map(chr, reversed(points)))


def _representatives(asked: Iterable[_Nfa], alphabet: Sequence[Range]) -> list[int]:
    """Pick one character of each kind that no expression tells apart; people read letters best."""
    cuts = {cut for low, high in alphabet for cut in (low, high + 1)}
    for nfa in asked:
        cuts |= {
            cut
            for edges in nfa.edges
            for edge in edges
            for low, high in edge.ranges
            for cut in (low, high + 1)
        }
    ordered = sorted(cuts)
    found = []
    for low, high in pairwise(ordered):
        if _holds(tuple(alphabet), low):
            nice = next((point for point in _NICE if low <= point < high), low)
            found.append(nice)
    return sorted(found, key=lambda point: (point not in _NICE, point))


_NICE = tuple(map(ord, "abcdefghijklmnopqrstuvwxyz0123456789"))


class _NotUnderstood(Exception):
    """An expression that the automata cannot stand for."""


@cache
def _compile(regex: str) -> _Nfa:
    try:
        pattern = parse(_spelled(regex))
    except NoMatch as error:
        raise _NotUnderstood(regex) from error
    builder = _Builder()
    builder.pattern(pattern, 0, 1)
    return _Nfa(tuple(map(tuple, builder.edges)), tuple(map(tuple, builder.silent)))


_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[0-9]+(?:,[0-9]*)?\}|.", re.DOTALL)
_IN_CLASS = re.compile(r"\\.|.", re.DOTALL)
_DEEPEST = 50


def _spelled(regex: str) -> str:
    """Spell an RE2 expression as greenery reads it; what means something else there is not understood."""
    if re.search(r"\(\?(?!:|P<)|\[\[?:|\\[ABbCGpPQEzZ]|\\x\{", regex) or regex.count("(") > _DEEPEST:
        raise _NotUnderstood(regex)
    tokens = _TOKEN.findall(regex)
    out = []
    for index, token in enumerate(tokens):
        is_first = index == 0 or (tokens[index - 1] == "|" and regex.count("(") == 0)
        is_last = index == len(tokens) - 1 or (tokens[index + 1] == "|" and regex.count("(") == 0)
        if token in ("^", "$"):
            # A whole match is anchored as it is; anywhere else an anchor is a condition.
            if not (is_first if token == "^" else is_last):
                raise _NotUnderstood(regex)
        elif token.startswith("[") and len(token) > 1:
            out.append(_spelled_class(token))
        elif token in ("{", "}"):  # to RE2 a brace that repeats nothing is itself
            out.append(f"\\{token}")
        else:
            out.append(_spelled_escape(token, special="\\[]|(){}.?*+^$"))
    return "".join(out)


def _spelled_escape(token: str, *, special: str) -> str:
    if len(token) == 2 and token[0] == "\\" and not token[1].isalnum():
        return token if token[1] in special else token[1]
    return token


def _spelled_class(token: str) -> str:
    head = "[^" if token.startswith("[^") else "["
    parts = _IN_CLASS.findall(token[len(head) : -1])
    out = []
    for index, part in enumerate(parts):
        is_edge = part == "-" and index in (0, len(parts) - 1)
        is_special = part in ("[", "]", "^") or is_edge
        out.append(f"\\{part}" if is_special else _spelled_escape(part, special="\\[]^-"))
    return head + "".join(out) + "]"


class _Builder:
    """Writes an expression out as states, after Thompson."""

    def __init__(self) -> None:
        self.edges: list[list[_Edge]] = [[], []]
        self.silent: list[list[int]] = [[], []]

    def _state(self) -> int:
        if len(self.edges) >= MOST_STATES:
            raise _NotUnderstood("too many states")
        self.edges.append([])
        self.silent.append([])
        return len(self.edges) - 1

    def pattern(self, pattern: Pattern, start: int, end: int) -> None:
        """Lead from one state to another by any of the alternatives."""
        for conc in pattern.concs:
            self._conc(conc, start, end)

    def _conc(self, conc: Conc, start: int, end: int) -> None:
        here = start
        for mult in conc.mults:
            here = self._mult(mult, here)
        self.silent[here].append(end)

    def _mult(self, mult: Mult, start: int) -> int:
        least, most = mult.multiplier.min.v, mult.multiplier.max.v
        here = start
        for _ in range(least):
            here = self._once(mult.multiplicand, here)
        if most is None:
            loop = self._state()
            self.silent[here].append(loop)
            self.silent[self._once(mult.multiplicand, loop)].append(loop)
            return loop
        ends = [here]
        for _ in range(most - least):
            ends.append(self._once(mult.multiplicand, ends[-1]))
        end = self._state()
        for state in ends:
            self.silent[state].append(end)
        return end

    def _once(self, multiplicand: Charclass | Pattern, start: int) -> int:
        end = self._state()
        if isinstance(multiplicand, Pattern):
            self.pattern(multiplicand, start, end)
        else:
            self.edges[start].append(_Edge(tuple(_ranges(multiplicand)), end))
        return end


def _ranges(charclass: Charclass) -> Iterator[Range]:
    low = 0
    for first, last in charclass.ord_ranges:
        if not charclass.negated:
            yield (first, last)
        elif low < first:
            yield (low, first - 1)
        low = last + 1
    if charclass.negated:
        yield (low, 0x10FFFF)
