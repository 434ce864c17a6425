"""What the caller's proxy does with requests of one route: all that is the same for every request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from meshgen.backends.consul.outcome.chains import Leg, Way
from meshgen.backends.consul.outcome.registry import Instance
from meshgen.backends.consul.outcome.retries import conditions
from meshgen.backends.consul.outcome.sources import (
    CHAIN,
    CLUSTERS,
    CONFIG,
    LISTENERS,
    RETRIES,
    ROUTES,
    TIMEOUTS,
    decided,
    unasked,
    written,
)
from meshgen.backends.consul.outcome.upstreams import health, limits
from meshgen.backends.consul.read import Entries
from meshgen.backends.consul.read.chain import Resolver
from meshgen.backends.consul.read.defaults import Upstream
from meshgen.backends.consul.read.names import Name
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.facets import Basis, Facet, Step, Value, alike, edits, shares

_WAITS_MS = 15_000  # envoyproxy/envoy api/envoy/config/route/v3/route_components.proto: RouteAction.timeout
_CONNECTS_MS = 5_000  # hashicorp/consul agent/structs/config_entry_discoverychain.go: DefaultConnectTimeout


class Sender(NamedTuple):
    """A caller, the service that it calls by name, and the protocol of the port."""

    caller: Name
    called: Name
    protocol: Protocol
    is_http: bool  # what Consul takes it for


def sent(entries: Entries, way: Way, legs: tuple[Leg, ...], sender: Sender) -> Iterator[Step]:
    """Say what holds of every request that goes this way."""
    upstreams = _upstreams(entries, sender)
    places = [([one.place for one in leg.instances], leg.weight) for leg in legs]
    yield decided(Facet.BACKENDS, shares(places), way.backends)
    yield _balancing(legs)
    yield _connecting(upstreams, [leg.resolver for leg in legs])
    yield from limits(upstreams, is_http=sender.protocol.is_http)
    yield from health(upstreams)
    if sender.protocol.is_http:
        yield _timeout(entries, way, legs, is_http=sender.is_http)
        yield from _retries(way, sender)
        yield from _edits(way, legs)
        yield from _NOT_IN_CONSUL


def direct(entries: Entries, instances: tuple[Instance, ...], *, is_http: bool) -> Iterator[Step]:
    """Say what holds of requests that no route of Consul's sees, because pods are dialed themselves."""
    # hashicorp/consul agent/xds/clusters.go: makePassthroughClusters
    own = unasked(CLUSTERS)
    yield decided(Facet.BACKENDS, shares([([one.place for one in instances], 1)]), own)
    yield _connecting((), [entries.resolver_of(one.service) for one in instances])
    yield from limits((), is_http=is_http)
    yield from (decided(facet, None, own) for facet in (Facet.CONSECUTIVE_5XX, Facet.CONSECUTIVE_GATEWAY))
    if is_http:
        waits = [local_wait(entries, one.service) for one in instances]
        basis = next((at for _, at in waits if at.of is not None), unasked(TIMEOUTS))
        # It was asked for those who call by a Service with a route, and holds for these too.
        yield replace(decided(Facet.TIMEOUT, alike(ms for ms, _ in waits), basis), is_ambient=True)
        yield decided(Facet.RETRY_ATTEMPTS, 0, own)
        yield from (decided(facet, edits(), own) for facet in _HEADERS)
        yield from _NOT_IN_CONSUL


_HEADERS = (Facet.REQUEST_HEADERS, Facet.RESPONSE_HEADERS)
_NOT_IN_CONSUL = (
    decided(Facet.MIRROR, (), unasked(ROUTES)),
    decided(Facet.REDIRECT, None, unasked(ROUTES)),
    decided(Facet.HOST, None, unasked(ROUTES)),
    decided(Facet.CORS, None, unasked(ROUTES)),
)


def _upstreams(entries: Entries, sender: Sender) -> tuple[Upstream, ...]:
    """List what the caller's own entry says of the called service, the nearer first."""
    # hashicorp/consul agent/configentry/resolve.go: an override replaces whole members of the defaults
    defaults = entries.defaults_of(sender.caller)
    own = defaults.overrides.get(sender.called)
    return defaults.upstreams if own is None else (own, *defaults.upstreams)


_POLICIES = {"least_request": "least-request", "random": "random", "round_robin": "round-robin"}


def _balancing(legs: tuple[Leg, ...]) -> Step:
    """Name the balancer; a route hashes once, as the first of its resolvers that hash says."""
    # hashicorp/consul agent/consul/discoverychain/compile.go: the first hash-based balancer of a splitter
    hashed = next((leg.resolver.hashes for leg in legs if leg.resolver.hashes), ())
    value = alike(_balancer(leg, hashed) for leg in legs)
    resolver = next((leg.resolver for leg in legs if leg.resolver.policy), None)
    if resolver is None or resolver.resource is None:
        return decided(Facet.LOAD_BALANCING, value, unasked(CONFIG))
    return decided(
        Facet.LOAD_BALANCING, value, written(resolver.resource, ("spec", "loadBalancer"), CLUSTERS)
    )


def _balancer(leg: Leg, hashed: tuple[Value, ...]) -> Value:
    policy = leg.resolver.policy
    if policy in ("ring_hash", "maglev"):
        if not hashed:
            return "random"  # envoyproxy/envoy: without a hash a ring is entered anywhere
        return hashed[0] if len(hashed) == 1 else ("several", *map(str, hashed))
    return _POLICIES.get(policy, "round-robin")


def _connecting(upstreams: tuple[Upstream, ...], resolvers: Sequence[Resolver]) -> Step:
    for upstream in upstreams:
        if upstream.connect_ms:
            at = written(upstream.resource, (*upstream.path, "connectTimeoutMs"), CHAIN)
            return decided(Facet.CONNECT_TIMEOUT, upstream.connect_ms, at)
    value = alike(each.connect_ms or _CONNECTS_MS for each in resolvers)
    for each in resolvers:
        if each.connect_ms and each.resource is not None:
            at = written(each.resource, ("spec", "connectTimeout"), CHAIN)
            return decided(Facet.CONNECT_TIMEOUT, value, at)
    return decided(Facet.CONNECT_TIMEOUT, value, unasked(CHAIN))


def _timeout(entries: Entries, way: Way, legs: tuple[Leg, ...], *, is_http: bool) -> Step:
    """Take the smaller of what the caller's proxy waits and what the receiver's does."""
    if not is_http:
        return decided(Facet.TIMEOUT, None, unasked(LISTENERS))
    here, basis = _waiting(way)
    there = [found for leg in legs if (found := _receivers_wait(entries, leg.service)) is not None]
    value = alike(ms if here is None else min(here, ms) for ms, _ in there) if there else here
    if basis.of is None:
        # What the caller waits unasked is cut short by a receiver that was asked to.
        basis = next((at for ms, at in there if here is not None and ms < here), basis)
    return decided(Facet.TIMEOUT, value, basis)


def _waiting(way: Way) -> tuple[int | None, Basis]:
    route, start = way.route, way.start
    if route is not None and route.timeout_ms:
        at = written(route.resource, (*route.path, "destination", "requestTimeout"), ROUTES)
        return (None if route.timeout_ms < 0 else route.timeout_ms), at
    if start.timeout_ms and start.resource is not None:
        return start.timeout_ms, written(start.resource, ("spec", "requestTimeout"), ROUTES)
    return _WAITS_MS, unasked(TIMEOUTS)


def _receivers_wait(entries: Entries, service: Name) -> tuple[int, Basis] | None:
    """Say how long a receiver waits; None where its entry, by which it speaks HTTP, stands elsewhere."""
    if service not in entries.defaults and not entries.is_http(service):
        return None
    return local_wait(entries, service)


def local_wait(entries: Entries, service: Name) -> tuple[int, Basis]:
    """Say how long a service's own proxy waits for it."""
    own, common = entries.defaults_of(service), entries.common
    if own.local_timeout_ms and own.resource is not None:
        return own.local_timeout_ms, written(own.resource, ("spec", "localRequestTimeoutMs"), LISTENERS)
    if common.local_timeout_ms and common.resource is not None:
        at = written(common.resource, ("spec", "config", "local_request_timeout_ms"), LISTENERS)
        return common.local_timeout_ms, at
    return _WAITS_MS, unasked(TIMEOUTS)


def _retries(way: Way, sender: Sender) -> Iterator[Step]:
    route = way.route
    if route is None or not route.has_retries:
        yield decided(Facet.RETRY_ATTEMPTS, 0, unasked(ROUTES))
        return
    at = written(route.resource, (*route.path, "destination"), ROUTES)
    on = conditions(route.retries_on, sender.protocol)
    if not on.on:
        yield decided(Facet.RETRY_ATTEMPTS, 0, at)
        return
    # envoyproxy/envoy source/common/router/retry_state_impl.cc: without a number there is one more try
    yield decided(Facet.RETRY_ATTEMPTS, route.attempts or 1, at)
    yield decided(Facet.RETRY_ON, on, at)
    own = unasked(RETRIES)
    yield decided(Facet.RETRY_TRY, None, own)
    yield decided(Facet.RETRY_BASE, 25, own)
    yield decided(Facet.RETRY_MAX, 250, own)


def _edits(way: Way, legs: tuple[Leg, ...]) -> Iterator[Step]:
    """Join the edits of the route and those of the branch that a request takes."""
    route = way.route
    request, response = (edits(), edits()) if route is None else (route.request, route.response)
    for facet, found in (
        (Facet.REQUEST_HEADERS, [request | leg.request for leg in legs]),
        (Facet.RESPONSE_HEADERS, [response | leg.response for leg in legs]),
    ):
        basis = unasked(ROUTES)
        if any(found):
            basis = way.basis if request or response else way.backends
        yield decided(facet, alike(found), basis)
