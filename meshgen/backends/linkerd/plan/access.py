"""Who may ask what of a container port: the rules of its service joined cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from meshgen.backends.linkerd.plan import peers as callers
from meshgen.backends.linkerd.plan.cells import Cell, cut
from meshgen.backends.linkerd.plan.match import of_request
from meshgen.backends.linkerd.plan.peers import Peers
from meshgen.gatewayapi.requests import EVERY_REQUEST, Alternative, covers
from meshgen.intent.access import Action, Mode
from meshgen.intent.resolved import Request, ResolvedRule, ServicePort, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Some callers that are admitted, and the rule that admits them."""

    rule: str
    peers: Peers


Grants = tuple[Grant, ...]

DEFAULT = "default"  # what a default of `allow` admits, named like a rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a container port admits."""

    everywhere: Grants  # for connections, and for every request
    cells: tuple[Cell[Grants], ...]  # for requests, beside those; empty where requests are not told apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an intent asks of a container port."""

    port: ServicePort
    mode: Mode
    default: Action
    rules: tuple[ResolvedRule, ...]

    @property
    def is_strict(self) -> bool:
        """True where no connection without identity is taken."""
        return self.mode is Mode.STRICT


def access(asked: Asked) -> Access:
    """Work out who is admitted where. Raises UnsayableError or UncuttableError."""
    rules = tuple(rule for rule in (_on_port(rule, asked.port) for rule in asked.rules) if rule is not None)
    conditions = [condition for rule in rules for condition in rule.conditions]
    allowed = tuple(_allowed(rules, asked))

    def content(cell: Alternative) -> Grants:
        denied = [
            peers
            for rule in rules
            if rule.rule.action is Action.DENY and rule.covers(cell)
            for peers in callers.of_denied(rule.rule.sources)
        ]
        return tuple(
            Grant(rule=grant.rule, peers=left)
            for on_port, grant in allowed
            if on_port is None or on_port.covers(cell)
            for left in callers.without((grant.peers,), denied)
        )

    if not conditions:
        return Access(everywhere=content(EVERY_REQUEST), cells=())
    cells = cut(conditions, content)
    everywhere = tuple(grant for grant in cells[-1].content if all(grant in cell.content for cell in cells))
    return Access(
        everywhere=everywhere,
        cells=tuple(
            Cell(
                requests=cell.requests,
                content=tuple(grant for grant in cell.content if grant not in everywhere),
            )
            for cell in cells
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnPort:
    """A rule as it stands for one port."""

    rule: ResolvedRule
    covered: tuple[
        tuple[tuple[Alternative, ...], tuple[Alternative, ...]], ...
    ]  # bases and excepts, a target each

    @property
    def conditions(self) -> Iterator[Alternative]:
        """Every condition that decides whether the rule covers a request."""
        for bases, excepts in self.covered:
            yield from (condition for condition in (*bases, *excepts) if condition != EVERY_REQUEST)

    def covers(self, cell: Alternative) -> bool:
        """Tell whether the rule covers the requests of a cell."""
        return any(
            any(covers(base, cell) for base in bases) and not any(covers(out, cell) for out in excepts)
            for bases, excepts in self.covered
        )


def _on_port(rule: ResolvedRule, port: ServicePort) -> _OnPort | None:
    """Keep what a rule says of one port; None where it says nothing."""
    if not rule.targets:
        return _OnPort(rule=rule, covered=(((EVERY_REQUEST,), ()),))
    covered = tuple(_covered(target, port) for target in rule.targets if _speaks_of(target, port))
    return _OnPort(rule=rule, covered=covered) if covered else None


def _speaks_of(target: Target, port: ServicePort) -> bool:
    if not _has(target.request, port):
        return False
    every = (target.request, *(excepted for excepted in target.excepts if _has(excepted, port)))
    return port.protocol.is_http or not any(request.is_of_http for request in every)


def _has(request: Request, port: ServicePort) -> bool:
    """Rules on ports of one container port are alike."""
    return not request.ports or any(port.target == named.target for named in request.ports)


def _covered(target: Target, port: ServicePort) -> tuple[tuple[Alternative, ...], tuple[Alternative, ...]]:
    excepts = [excepted for excepted in target.excepts if _has(excepted, port)]
    return (
        tuple(of_request(target.request)),
        tuple(condition for excepted in excepts for condition in of_request(excepted)),
    )


def _allowed(rules: Iterable[_OnPort], asked: Asked) -> Iterator[tuple[_OnPort | None, Grant]]:
    """List what is admitted, before anything is denied."""
    if asked.default is Action.ALLOW:
        for peers in callers.of_rule((), is_strict=asked.is_strict):
            yield None, Grant(rule=DEFAULT, peers=peers)
        return
    for rule in rules:
        if rule.rule.action is Action.ALLOW:
            for peers in callers.of_rule(rule.rule.sources, is_strict=asked.is_strict):
                yield rule, Grant(rule=rule.rule.name, peers=peers)
