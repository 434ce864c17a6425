"""Routes of Services that were read once and ranked, and answer call by call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from meshgen.gatewayapi.conditions import Match
from meshgen.gatewayapi.outcome.backends import ends
from meshgen.gatewayapi.outcome.binding import bindings
from meshgen.gatewayapi.outcome.deciding import (
    UNTOUCHED,
    Decision,
    decide,
    unasked,
    unrouted,
    untouched_path,
)
from meshgen.gatewayapi.outcome.ranking import Order
from meshgen.intent.languages import Below
from meshgen.intent.outcome.call import Call, Reach, ToPod, ToService
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Facet, Outcome, Step, Verdict, shares
from meshgen.intent.outcome.world import World
from meshgen.resources import Resources

_LET_THROUGH = unasked(Facet.VERDICT, Verdict.ALLOWED, "no route stands in its way")
_UNBOUND = Outcome.of([_LET_THROUGH])
_NOT_THERE = Outcome.of([unrouted("there is no such port of a Service")])
_NO_MATCH = Outcome.of([unrouted("routes bind the Service and none of them picks it, so the answer is 404")])


class _Place(NamedTuple):
    """A Service port: how callers name it, and what the Service does by itself."""

    host: str
    split: Step


class Conformant:
    """An evaluator of what the Gateway API standardizes: what binds callers, and nothing of receivers."""

    def __init__(self, resources: Resources, world: World, *, order: Order) -> None:
        """Rank the matches below every Service port, and work out what each comes to."""
        self._places = dict(_places(world))
        self._decisions: dict[ToService, dict[str, tuple[Decision, ...]]] = {
            to: {
                namespace: tuple(decide(candidate, world) for candidate in sorted(every, key=order))
                for namespace, every in below.items()
            }
            for to, below in bindings(resources, world).items()
        }

    def outcome(self, call: Call) -> Outcome:
        """Say what becomes of a call to a Service port or pod of the world."""
        if call.caller.reach is not Reach.PROXIED or isinstance(call.to, ToPod):
            return _UNBOUND
        place = self._places.get(call.to)
        if place is None:
            return _NOT_THERE
        if call.request is None:
            return Outcome.of((_LET_THROUGH, place.split))
        decisions = self._followed(call.to, call.caller.namespace)
        if decisions is None:
            return Outcome.of((_LET_THROUGH, place.split, *UNTOUCHED, untouched_path(call.request)))
        host = call.request.host or place.host
        seen = replace(call.request, headers={"host": host, **call.request.headers})
        for decision in decisions:
            if decision.candidate.match.picks(seen):
                return Outcome.of(decision.of(call.request, host, call.to.port))
        return _NO_MATCH

    def _followed(self, to: ToService, namespace: str | None) -> tuple[Decision, ...] | None:
        """List what callers of a namespace follow: their own routes, else those beside the Service."""
        # kubernetes-sigs/gateway-api geps/gep-1294/index.md, multiple routes for a Service
        below = self._decisions.get(to)
        if below is None:
            return None
        own = None if namespace is None else below.get(namespace)
        return below.get(to.service.namespace) if own is None else own

    def conditions(self, to: ToService | ToPod) -> Conditions:
        """Say what the rules tell apart in calls to one place."""
        below = self._decisions.get(to, {}) if isinstance(to, ToService) else {}
        matches = [one.candidate.match for decisions in below.values() for one in decisions]
        return Conditions.of((Conditions(namespaces=frozenset(below)), *map(_told_apart, matches)))


def _places(world: World) -> Iterator[tuple[ToService, _Place]]:
    for key, service in world.services.items():
        name = world.host_of(key)
        for port in service.ports:
            host = name if port.number == 80 else f"{name}:{port.number}"
            value = shares([(ends(service, port, world), 1)])
            split = unasked(Facet.BACKENDS, value, "the Service sends it to its pods")
            yield ToService(key, port.number), _Place(host, split)


def _told_apart(match: Match) -> Conditions:
    headers = {name: frozenset((value,)) for name, value in match.headers}
    return Conditions(
        methods=frozenset() if match.method is None else frozenset((match.method,)),
        paths=frozenset() if match.path == Below("") else frozenset((match.path,)),
        hosts=headers.pop("host", frozenset()),
        headers=headers,
        query={name: frozenset((value,)) for name, value in match.query},
    )
