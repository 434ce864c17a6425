"""What the proxy of a pod does with what reaches one of its ports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from meshgen.backends.linkerd.outcome.ranking import Asked, Candidate, foremost
from meshgen.backends.linkerd.read.grants import Address, Grant, Network
from meshgen.backends.linkerd.read.rates import RateLimit
from meshgen.gatewayapi.routing import HeaderEdits, Redirect
from meshgen.intent.keys import Account
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, Verdict


class Who(NamedTuple):
    """A caller as the receiving proxy sees it."""

    account: Account | None
    identity: str | None  # the account's name in certificates
    address: Address
    is_kubelet: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Whom one rule, or a port as a whole, lets in."""

    grants: tuple[tuple[Grant, Step], ...]  # each with what is said where it lets somebody in
    denied: Step

    @classmethod
    def of(cls, grants: Iterable[Grant], closed: Basis, *, is_ambient: bool) -> Door:
        """Prepare what is said of each caller; `closed` is what leaves the others out."""
        return cls(
            grants=tuple((grant, _verdict(Verdict.ALLOWED, grant.basis, is_ambient)) for grant in grants),
            denied=_verdict(Verdict.DENIED, closed, is_ambient),
        )

    def step(self, who: Who) -> Step:
        """Say whether somebody gets in."""
        for grant, step in self.grants:
            if grant.admits(who.identity, who.address):
                return step
        return self.denied


def _verdict(verdict: Verdict, basis: Basis, is_ambient: bool) -> Step:
    says = f"{basis.name} lets it in" if verdict is Verdict.ALLOWED else f"nothing at {basis.name} lets it in"
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=verdict, is_ambient=is_ambient)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One rule of a route below a Server."""

    door: Door
    edits: tuple[HeaderEdits, ...]
    redirect: Redirect | None
    basis: Basis


# Stands for the path of a probe where nobody shows the pod: whichever it is, everybody may ask for it. Ports
# without a Server have such paths too, which nothing can be written against.
UNSHOWN = "/path-of-a-probe"


class Received(NamedTuple):
    """What becomes of a call at one port."""

    verdict: Step
    entry: Entry | None  # the rule whose filters it meets


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Guard:
    """One container port of a pod."""

    basis: Basis  # the Server, or what stands for it
    is_proxied: bool
    is_chosen: bool  # by a Server
    sees_requests: bool
    door: Door
    routes: tuple[Candidate[Entry], ...]  # empty: one for everything, which asks for no more than the port
    probed: frozenset[str] | None  # paths; None: nobody shows which
    probe: Step | None  # what is said of a probe that is let in; None: none is by itself
    probe_networks: tuple[Network, ...] | None
    broken: Step | None  # why no request gets through
    connected: Step  # what a probe of TCP sees
    unrouted: Step  # what becomes of a request that no route matches
    limit: RateLimit | None
    conditions: Conditions

    def receive(self, who: Who, asked: Asked | None) -> Received:
        """Say what becomes of a request, or of a connection where there is none."""
        if asked is None or not self.sees_requests:
            if asked is None and who.is_kubelet:
                return Received(self.connected, None)
            return Received(self.door.step(who), None)
        if self.broken is not None:
            return Received(self.broken, None)
        if not self.routes:
            probe = self._probe(who, asked)
            return Received(self.door.step(who) if probe is None else probe, None)
        entries = foremost(self.routes, asked)
        if not entries:
            return Received(self.unrouted, None)
        return _joined([Received(entry.door.step(who), entry) for entry in entries])

    def _probe(self, who: Who, asked: Asked) -> Step | None:
        # linkerd/linkerd2 policy-controller/core/src/inbound.rs: the probe's route outranks the default one
        if self.probe is None or asked.method != "GET":
            return None
        if self.probed is None:
            is_probed = who.is_kubelet or (self.is_chosen and asked.path == UNSHOWN)
        else:
            is_probed = asked.path in self.probed
        networks = self.probe_networks
        is_near = networks is None or any(network.holds(who.address) for network in networks)
        return self.probe if is_probed and is_near else None

    def rate(self, who: Who) -> Value:
        """Say how many requests of a caller it takes."""
        if self.limit is None:
            return None
        total, each = self.limit.total, self.limit.client(who.account)
        if each is None:
            return None if total is None else (total, total, 1000)
        return ("total", total, "each client", each)


def _joined(every: list[Received]) -> Received:
    """Say what becomes of a call that falls under several routes, of which the older has it."""
    first = every[0]
    for other in every[1:]:
        if _effect(other) != _effect(first):
            assert other.entry is not None
            says = "of two routes that match alike the older has it, and nobody knows which that is"
            basis = other.entry.basis
            return Received(Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.MIXED), None)
    return first


def _effect(received: Received) -> tuple[object, ...]:
    entry = received.entry
    return (received.verdict.value, *(() if entry is None else (entry.edits, entry.redirect)))
