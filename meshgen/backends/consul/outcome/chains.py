"""The discovery chain of a service: where each of its routes leads, and with which weights."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from meshgen.backends.consul.outcome.matching import Test, anything, test
from meshgen.backends.consul.outcome.registry import Instance, Registry
from meshgen.backends.consul.outcome.sources import CHAIN, ROUTES, unasked, written
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.chain import Resolver, Route, Split
from meshgen.backends.consul.read.filters import Filter, read_filter
from meshgen.backends.consul.read.names import Name
from meshgen.intent.outcome.facets import Basis, Edits, Step
from meshgen.resources import Resource

_MOST_LEGS = 1_000  # of one route; splitters that multiply beyond are nobody's wish
_NOTHING = Resolver()


class Leg(NamedTuple):
    """One place that a route leads to."""

    weight: Fraction
    service: Name  # whose instances they are
    instances: tuple[Instance, ...]
    resolver: Resolver
    request: Edits
    response: Edits


class Broken(NamedTuple):
    """A route that leads nowhere."""

    why: str
    basis: Basis


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One route of a chain and what is behind it."""

    test: Test
    basis: Basis  # of the route; Consul's own where there is none
    step: Step  # that it is taken
    route: Route | None
    legs: tuple[Leg, ...] | Broken
    backends: Basis  # what decides on the weights
    start: Resolver  # whose `requestTimeout` holds: that of a chain without router and splitter


class _Branch(NamedTuple):
    service: Name
    subset: str
    weight: Fraction
    request: Edits
    response: Edits
    splitters: tuple[Name, ...]  # that led here


class Chains:
    """Chains by service, compiled when they are asked for."""

    def __init__(self, entries: Entries, registry: Registry) -> None:
        self._entries = entries
        self._registry = registry
        self._known: dict[Name, tuple[Way, ...]] = {}
        self._filters: Mapping[tuple[Name, str], Filter] = {
            (name, subset): read_filter(text)
            for name, resolver in entries.resolvers.items()
            for subset, text in resolver.filters.items()
            if text
        }

    def of(self, service: Name) -> tuple[Way, ...]:
        """List the ways of requests to a service in the order in which they are tried; the last takes all."""
        if service not in self._known:
            self._known[service] = tuple(self._ways(service))
        return self._known[service]

    def _ways(self, service: Name) -> Iterator[Way]:
        is_http = self._entries.is_http(service)
        routes = self._entries.routers.get(service) if is_http else None
        for route in routes or ():
            yield self._way(route.to, route.subset, route)
        yield self._way(service, "", None, is_http=is_http, is_start=routes is None)

    def _way(
        self, service: Name, subset: str, route: Route | None, *, is_http: bool = True, is_start: bool = False
    ) -> Way:
        legs = self._legs(service, subset, is_http=is_http)
        is_split = is_http and not subset and service in self._entries.splitters
        start = _NOTHING
        if is_start and not is_split and not isinstance(legs, Broken):
            start = legs[0].resolver
        own = unasked(ROUTES) if route is None else written(route.resource, route.path, ROUTES)
        return Way(
            test=anything if route is None else test(route.match),
            basis=own,
            step=Step(says="takes the first route that it fits", basis=own),
            route=route,
            legs=legs,
            backends=self._backends(service, own, is_split=is_split),
            start=start,
        )

    def _backends(self, service: Name, own: Basis, *, is_split: bool) -> Basis:
        if is_split:
            return written(self._entries.splitters[service][0], ("spec", "splits"), CHAIN)
        resolver = self._entries.resolver_of(service)
        decides = resolver.redirect or resolver.default_subset or resolver.failover
        if own.of is None and resolver.resource is not None and decides:
            return written(resolver.resource, ("spec",), CHAIN)
        return own

    def _legs(self, service: Name, subset: str, *, is_http: bool) -> tuple[Leg, ...] | Broken:
        """Follow splitters to resolvers; their weights multiply."""
        waiting = [_Branch(service, subset, Fraction(100), frozenset(), frozenset(), ())]
        legs: list[Leg] = []
        while waiting:
            branch = waiting.pop()
            splitter = self._splitter(branch) if is_http else None
            if splitter is not None:
                if branch.service in branch.splitters or len(legs) + len(waiting) > _MOST_LEGS:
                    return Broken(
                        "splitters lead in a circle, or to too many places",
                        written(splitter[0], ("spec",), CHAIN),
                    )
                waiting += [_branched(branch, split) for split in reversed(splitter[1])]
                continue
            leg = self._leg(branch)
            if isinstance(leg, Broken):
                return leg
            legs.append(leg)
        return tuple(legs)

    def _splitter(self, branch: _Branch) -> tuple[Resource, tuple[Split, ...]] | None:
        """Find what splits a branch further; one to its own splitter's service goes to instances."""
        is_own = bool(branch.splitters) and branch.splitters[-1] == branch.service
        return None if branch.subset or is_own else self._entries.splitters.get(branch.service)

    def _leg(self, branch: _Branch) -> Leg | Broken:
        found = self._resolved(branch.service, branch.subset)
        if isinstance(found, Broken):
            return found
        service, subset = found
        resolver = self._entries.resolver_of(service)
        owner, instances = self._failed_over(service, subset, resolver)
        return Leg(branch.weight, owner, instances, resolver, branch.request, branch.response)

    def _resolved(self, service: Name, subset: str) -> tuple[Name, str] | Broken:
        """Follow redirects, then the default subset."""
        seen = set[tuple[Name, str]]()
        while True:
            resolver = self._entries.resolver_of(service)
            lead = resolver.redirect
            if lead is None or resolver.resource is None:
                break
            seen.add((service, subset))
            at = written(resolver.resource, ("spec", "redirect"), CHAIN)
            if lead.is_elsewhere:
                return Broken("is redirected out of this cluster", at)
            to = lead.to, lead.subset or ("" if lead.to != service else subset)
            if to in seen:
                return Broken("redirects lead in a circle", at)
            service, subset = to
        subset = subset or resolver.default_subset
        if subset and subset not in resolver.filters:
            at = unasked(CHAIN) if resolver.resource is None else written(resolver.resource, ("spec",), CHAIN)
            return Broken(f"{service.name} has no subset {subset}", at)
        return service, subset

    def _failed_over(
        self, service: Name, subset: str, resolver: Resolver
    ) -> tuple[Name, tuple[Instance, ...]]:
        """List the instances, those of the first failover target with any where there are none."""
        instances = self._pool(service, subset)
        leads = resolver.failover.get(subset) or resolver.failover.get("*", ())
        for lead in leads if not instances else ():
            found = self._resolved(lead.to, lead.subset or (subset if lead.to == service else ""))
            if lead.is_elsewhere or isinstance(found, Broken):
                continue
            others = self._pool(*found)
            if others:
                return found[0], others
        return service, instances

    def _pool(self, service: Name, subset: str) -> tuple[Instance, ...]:
        return self._registry.pool(service, self._filters.get((service, subset)))


def _branched(branch: _Branch, split: Split) -> _Branch:
    weight = Fraction(round(branch.weight * split.weight), 100)
    return _Branch(
        split.to,
        split.subset,
        weight,
        branch.request | split.request,
        branch.response | split.response,
        (*branch.splitters, branch.service),
    )
