"""Who may ask what of a container port: the rules of its service joined cell by cell."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.linkerd.plan import peers as callers
from meshgen.backends.linkerd.plan.cells import Cell, cut
from meshgen.backends.linkerd.plan.identities import EVERYBODY, UnsayableError
from meshgen.backends.linkerd.plan.match import of_request
from meshgen.backends.linkerd.plan.networks import block
from meshgen.backends.linkerd.plan.peers import Peers, Stopped
from meshgen.gatewayapi.requests import EVERY_REQUEST, Alternative, covers, overlaps
from meshgen.intent.access import Action, Mode, Probe
from meshgen.intent.match import Method, PathExact
from meshgen.intent.resolved import Request, ResolvedRule, ServicePort, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Some callers that are admitted, and the rule that admits them."""

    rule: str
    peers: Peers


Grants = tuple[Grant, ...]

# What is admitted without a rule, named like one.
DEFAULT = "default"
PROBES = "probes"


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
    probes: tuple[Probe, ...]  # of this port
    probe_networks: tuple[str, ...]  # addresses of the kubelets; empty: any

    @property
    def is_strict(self) -> bool:
        """True where no connection without identity is taken."""
        return self.mode is Mode.STRICT

    @property
    def is_open(self) -> bool:
        """True where everybody may ask everything, so that a probe needs no opening."""
        return not self.is_strict and self.default is Action.ALLOW and not self.rules


def access(asked: Asked) -> Access:
    """Work out who is admitted where. Raises UnsayableError or UncuttableError."""
    rules = tuple(_on_port(asked.rules, asked.port))
    admitted = (*_admitted(rules, asked), *_probed(asked))
    conditions = [
        *(condition for rule in rules for condition in rule.region.conditions),
        *(condition for each in admitted for condition in each.region.conditions),
    ]

    def content(cell: Alternative) -> Grants:
        denied = tuple(_denied(rules, cell))
        return tuple(
            dict.fromkeys(
                Grant(rule=each.grant.rule, peers=left)
                for each in admitted
                if each.region.covers(cell)
                for left in (callers.without((each.grant.peers,), denied if each.is_deniable else ()))
            )
        )

    if not conditions:
        return Access(everywhere=content(EVERY_REQUEST), cells=())
    cells = cut(conditions, content)
    everywhere = tuple(grant for grant in cells[-1].content if all(grant in cell.content for cell in cells))
    return Access(everywhere=everywhere, cells=tuple(_less(cell, everywhere) for cell in cells))


def _less(cell: Cell[Grants], everywhere: Grants) -> Cell[Grants]:
    own = tuple(grant for grant in cell.content if grant not in everywhere)
    return Cell(requests=cell.requests, content=own)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """Requests that one of some alternatives matches and none of others."""

    bases: tuple[Alternative, ...]
    excepts: tuple[Alternative, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """Requests of one of several targets."""

    targets: tuple[_Target, ...]

    @property
    def conditions(self) -> Iterator[Alternative]:
        """Every condition that decides whether a request is meant."""
        for target in self.targets:
            yield from (each for each in (*target.bases, *target.excepts) if each != EVERY_REQUEST)

    def covers(self, cell: Alternative) -> bool:
        """Tell whether the requests of a cell are meant."""
        return any(
            any(covers(base, cell) for base in target.bases)
            and not any(covers(out, cell) for out in target.excepts)
            for target in self.targets
        )


_EVERYTHING = _Region(targets=(_Target(bases=(EVERY_REQUEST,)),))


class _Rule(NamedTuple):
    """A rule and what it says of one port."""

    rule: ResolvedRule
    region: _Region


@dataclass(frozen=True, slots=True, kw_only=True)
class _Admitted:
    """Callers that may ask for something, before anything is denied."""

    grant: Grant
    region: _Region
    is_deniable: bool = True


def _on_port(rules: Iterable[ResolvedRule], port: ServicePort) -> Iterator[_Rule]:
    """Keep what rules say of one port, and leave out those that say nothing of it."""
    for rule in rules:
        if not rule.targets:
            yield _Rule(rule, _EVERYTHING)
            continue
        targets = tuple(_target(target, port) for target in rule.targets if _speaks_of(target, port))
        if targets:
            yield _Rule(rule, _Region(targets=targets))


def _speaks_of(target: Target, port: ServicePort) -> bool:
    if not _has(target.request, port):
        return False
    every = (target.request, *(excepted for excepted in target.excepts if _has(excepted, port)))
    return port.protocol.is_http or not any(request.is_of_http for request in every)


def _has(request: Request, port: ServicePort) -> bool:
    """Rules on ports of one container port are alike."""
    return not request.ports or any(port.target == named.target for named in request.ports)


def _target(target: Target, port: ServicePort) -> _Target:
    excepts = [excepted for excepted in target.excepts if _has(excepted, port)]
    return _Target(
        bases=tuple(of_request(target.request)),
        excepts=tuple(condition for excepted in excepts for condition in of_request(excepted)),
    )


def _admitted(rules: Iterable[_Rule], asked: Asked) -> Iterator[_Admitted]:
    if asked.default is Action.ALLOW:
        (peers,) = callers.of_rule((), is_strict=asked.is_strict)
        yield _Admitted(grant=Grant(rule=DEFAULT, peers=peers), region=_EVERYTHING)
        return
    for rule, region in rules:
        if rule.action is Action.ALLOW:
            for peers in callers.of_rule(rule.sources, is_strict=asked.is_strict):
                yield _Admitted(grant=Grant(rule=rule.name, peers=peers), region=region)


def _denied(rules: Iterable[_Rule], cell: Alternative) -> Iterator[Stopped]:
    for rule, region in rules:
        if rule.action is Action.DENY and region.covers(cell):
            yield from callers.of_denied(rule.sources)


def can_deny(asked: Asked, index: int) -> bool:
    """Tell whether whoever is left of the callers that a deny rule meets can be named."""
    rule = asked.rules[index]
    meets = [region for each, region in _on_port((rule,), asked.port)]
    stopped = callers.of_denied(rule.sources)
    try:
        for each in _admitted(_nameable(asked), asked):
            if any(_meet(region, each.region) for region in meets):
                callers.without((each.grant.peers,), stopped)
    except UnsayableError:
        return False
    return True


def _nameable(asked: Asked) -> Iterator[_Rule]:
    """Leave out rules whose own callers cannot be named, which is told of them."""
    for rule in _on_port(asked.rules, asked.port):
        with contextlib.suppress(UnsayableError):
            callers.of_rule(rule.rule.sources, is_strict=asked.is_strict)
            yield rule


def _meet(one: _Region, other: _Region) -> bool:
    return any(
        overlaps(left, right)
        for left_target in one.targets
        for right_target in other.targets
        for left in left_target.bases
        for right in right_target.bases
    )


def _probed(asked: Asked) -> Iterator[_Admitted]:
    """Let the kubelet in, which has no identity; rules are not about it."""
    if asked.is_open or not asked.port.protocol.is_http:
        return
    for probe in asked.probes:
        if probe.path is not None:
            yield _of_probe(Alternative(path=PathExact(exact=probe.path), method=Method.GET), asked)
        elif probe.grpc is not None:
            yield _of_probe(Alternative(path=_HEALTH, method=Method.POST), asked)


# grpc/grpc src/proto/grpc/health/v1/health.proto: what a kubelet calls
_HEALTH = PathExact(exact="/grpc.health.v1.Health/Check")


def _of_probe(requests: Alternative, asked: Asked) -> _Admitted:
    blocks = tuple(block(cidr) for cidr in asked.probe_networks) or None
    grant = Grant(rule=PROBES, peers=Peers(identities=EVERYBODY, blocks=blocks))
    return _Admitted(grant=grant, region=_Region(targets=(_Target(bases=(requests,)),)), is_deniable=False)
