"""Requests that stand for all others: one of each class that two sides tell apart."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.intent.languages import HOSTS, PATHS, VALUES, Language
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Call, Caller, Reach, Request, Token, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.world import World
from meshgen.proof.callers import callers
from meshgen.proof.places import Place
from meshgen.proof.texts import GRPC_PATHS, kinds
from meshgen.proof.tokens import tokens

MOST = 100_000  # requests to one place that are all asked; beyond, pairs and a sample are
_COMMON = ("GET", "POST", "PUT", "DELETE", "PATCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnesses:
    """Calls to one place."""

    calls: Iterable[Call]
    classes: int  # how many kinds of call there are
    is_exhaustive: bool  # each of them is among the calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How many requests to one place are asked, and what draws those of a sample."""

    most: int = MOST
    seed: int = 0


def witnesses(world: World, place: Place, conditions: Conditions, bounds: Bounds) -> Witnesses:
    """Make up calls to a place, the simplest first, such that whoever tells two calls apart meets both."""
    axes = _axes(world, place, conditions)
    classes = math.prod(axes.sizes)
    if classes <= bounds.most:
        every = map(axes.call, itertools.product(*map(range, axes.sizes)))
        return Witnesses(calls=every, classes=classes, is_exhaustive=axes.are_whole)
    return Witnesses(calls=map(axes.call, _sample(axes.sizes, bounds)), classes=classes, is_exhaustive=False)


class _Who(NamedTuple):
    """A caller and the Host header that it sends; None is the Service's own name."""

    caller: Caller
    host: str | None = None


class _Named(NamedTuple):
    """A header or query parameter and its values, of which None stands for none."""

    name: str
    values: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axes:
    """What calls to one place can differ in, each with the values that are told apart."""

    to: ToService | ToPod
    whos: tuple[_Who, ...]
    methods: tuple[str, ...]  # empty: the place is asked with connections
    paths: tuple[str, ...] = ()
    tokens: tuple[Token | None, ...] = ()
    query: tuple[_Named, ...] = ()
    headers: tuple[_Named, ...] = ()
    are_whole: bool = True

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each axis has."""
        if not self.methods:
            return (len(self.whos),)
        named = (len(axis.values) for axis in (*self.query, *self.headers))
        return (len(self.whos), len(self.methods), len(self.paths), len(self.tokens), *named)

    def call(self, at: Sequence[int]) -> Call:
        """Make up the call with these values, by index."""
        who = self.whos[at[0]]
        if not self.methods:
            return Call(caller=who.caller, to=self.to)
        values = [axis.values[i] for axis, i in zip((*self.query, *self.headers), at[4:], strict=True)]
        query = zip(self.query, values, strict=False)
        headers = zip(self.headers, values[len(self.query) :], strict=True)
        request = Request(
            method=self.methods[at[1]],
            path=self.paths[at[2]],
            query=tuple((axis.name, value) for axis, value in query if value is not None),
            headers={axis.name: value for axis, value in headers if value is not None},
            host=who.host,
            token=self.tokens[at[3]],
        )
        return Call(caller=who.caller, to=self.to, request=request)


def _axes(world: World, place: Place, conditions: Conditions) -> _Axes:
    to, protocol = place.to, place.protocol
    kubelet = (Caller(reach=Reach.KUBELET),) if isinstance(to, ToPod) else ()
    every = kubelet if place.is_probed else (*callers(world, place.namespace, conditions), *kubelet)
    if not protocol.is_http:
        return _Axes(to=to, whos=tuple(_Who(caller) for caller in every), methods=())
    paths = kinds(conditions.paths, GRPC_PATHS if protocol is Protocol.GRPC else PATHS)
    hosts = kinds(conditions.hosts, HOSTS)
    query, headers = _named(conditions.query), _named(conditions.headers)
    return _Axes(
        to=to,
        whos=tuple(_whos(every, hosts.texts if conditions.hosts else ())),
        methods=_methods(protocol, conditions.methods),
        paths=paths.texts,
        tokens=tokens(conditions.tokens),
        query=tuple(axis for axis, _ in query),
        headers=tuple(axis for axis, _ in headers),
        are_whole=all((paths.is_whole, hosts.is_whole, *(whole for _, whole in (*query, *headers)))),
    )


def _whos(every: Iterable[Caller], hosts: Sequence[str]) -> Iterator[_Who]:
    """A proxied caller sends the Service's name; others may send any, with a port, and in any case."""
    written = dict.fromkeys(host for name in hosts for host in (name, f"{name}:8080", name.upper()))
    for caller in every:
        yield _Who(caller)
        routes_itself = caller
        if caller.reach is Reach.PROXIED and caller.account is not None:
            routes_itself = replace(caller, reach=Reach.IDENTIFIED)
            yield _Who(routes_itself)
        yield from (_Who(routes_itself, host) for host in written)


def _methods(protocol: Protocol, named: frozenset[str]) -> tuple[str, ...]:
    if protocol is Protocol.GRPC:
        return ("POST",)
    other = next((method for method in _COMMON if method not in named), "PROPFIND")
    return (other, *sorted(named))


def _named(conditions: Mapping[str, frozenset[Language]]) -> list[tuple[_Named, bool]]:
    found = []
    for name, languages in sorted(conditions.items()):
        texts, is_whole = kinds(languages, VALUES)
        found.append((_Named(name, (None, *texts)), is_whole))
    return found


def _sample(sizes: Sequence[int], bounds: Bounds) -> Iterator[tuple[int, ...]]:
    """Cover every pair of values of two axes, and draw as many others as the bound leaves."""
    draw = random.Random(bounds.seed)
    rows = dict.fromkeys(itertools.islice(_pairwise(sizes, draw), bounds.most))
    yield from rows
    for _ in range(bounds.most - len(rows)):
        row = tuple(draw.randrange(size) for size in sizes)
        if row not in rows:
            yield row


def _pairwise(sizes: Sequence[int], draw: random.Random) -> Iterator[tuple[int, ...]]:
    """Give rows until each value of each axis has met each value of each other one."""
    pairs = (
        ((i, a), (j, b))
        for i, j in itertools.combinations(range(len(sizes)), 2)
        for a in range(sizes[i])
        for b in range(sizes[j])
    )
    met: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    for pair in pairs:
        if pair in met:
            continue
        row = [draw.randrange(size) for size in sizes]
        for axis, value in pair:
            row[axis] = value
        met.update(itertools.combinations(enumerate(row), 2))
        yield tuple(row)
