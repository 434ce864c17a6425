"""Which Server guards which port of which pod, and what becomes of its objects there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.backends.linkerd.outcome.apart import of_grants, of_networks, of_route
from meshgen.backends.linkerd.outcome.guards import UNSHOWN, Door, Entry, Guard
from meshgen.backends.linkerd.outcome.ranking import Candidate, candidate
from meshgen.backends.linkerd.profiles import InboundPolicy, block_of
from meshgen.backends.linkerd.read.authorizations import authorizations
from meshgen.backends.linkerd.read.grants import ANY_NAME, Grant, Identities, networks
from meshgen.backends.linkerd.read.probes import Probes
from meshgen.backends.linkerd.read.rates import RateLimit, rate_limits
from meshgen.backends.linkerd.read.routes import SERVER, Bound, Parent, bound
from meshgen.backends.linkerd.read.servers import (
    DEFAULT_POLICY,
    INJECT,
    OPAQUE_PORTS,
    REQUIRE_IDENTITY,
    SKIP_INBOUND,
    Server,
    access,
    annotated,
    lists,
    servers,
)
from meshgen.gatewayapi.routing import HeaderEdits, Redirect, Rule
from meshgen.intent.languages import Exactly
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis, Facet, Step, Verdict
from meshgen.intent.outcome.world import Pod
from meshgen.profile import Profile
from meshgen.resources import Resources

_DEFAULTS = "linkerd/linkerd2 policy-controller/k8s/index/src/defaults.rs"
_INDEX = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_INJECTOR = "linkerd/linkerd2 pkg/inject/inject.go"
_PROBES = "linkerd/linkerd2 policy-controller/core/src/inbound.rs"
_ACCEPT = "linkerd/linkerd2-proxy linkerd/app/inbound/src/accept.rs"
_HTTP = "linkerd/linkerd2-proxy linkerd/app/inbound/src/policy/http.rs"
_BLIND = ("opaque", "TLS")  # protocols of which a proxy reads no requests


class _Port(NamedTuple):
    """What decides how a container port is guarded; ports of which all of it is equal share a guard."""

    server: Server | None
    is_proxied: bool
    probed: frozenset[str] | None
    # The rest counts where there is no Server.
    policy: str | None = None
    is_strict: bool = False
    is_opaque: bool = False


class Guarding:
    """The guards of every port of every pod."""

    def __init__(self, resources: Resources, profile: Profile, identities: Identities) -> None:
        """Read what holds at receivers."""
        self._profile = profile
        self._identities = identities
        self._namespaces = {each.name: each for each in resources.of("", "Namespace")}
        self._servers = servers(resources)
        self._authorizations = authorizations(resources, identities)
        self._routes = bound(resources, profile)
        self._limits = rate_limits(resources)
        self._probes = Probes(resources)
        self._guards: dict[_Port, Guard] = {}
        self._found: dict[tuple[str, int], Guard] = {}

    def of(self, pod: Pod, port: int) -> Guard:
        """Find what guards a container port."""
        if (pod.title, port) not in self._found:
            kind = self._kind(pod, port)
            if kind not in self._guards:
                self._guards[kind] = self._guard(kind)
            self._found[pod.title, port] = self._guards[kind]
        return self._found[pod.title, port]

    def ports(self, pod: Pod) -> frozenset[int]:
        """List the container ports of a pod that Servers guard."""
        named = (each.port(pod) for each in self._servers)
        return frozenset(port for port in named if port is not None)

    def _kind(self, pod: Pod, port: int) -> _Port:
        is_out = annotated(pod, INJECT, self._namespaces) == "disabled"
        if is_out or lists(annotated(pod, SKIP_INBOUND, self._namespaces), port):
            return _Port(None, is_proxied=False, probed=None)
        server = next((each for each in self._servers if each.guards(pod, port)), None)
        probed = self._probes.paths(pod, port)
        if server is not None:
            return _Port(server, is_proxied=True, probed=probed)
        return _Port(
            None,
            is_proxied=True,
            probed=probed,
            policy=annotated(pod, DEFAULT_POLICY, self._namespaces),
            is_strict=lists(annotated(pod, REQUIRE_IDENTITY, self._namespaces), port),
            is_opaque=lists(annotated(pod, OPAQUE_PORTS, self._namespaces), port),
        )

    def _guard(self, port: _Port) -> Guard:
        if not port.is_proxied:
            return self._built(port, Basis(name="no proxy", source=_INJECTOR), "unknown", ())
        if port.server is None:
            basis, grants = self._default(port)
            return self._built(port, basis, "opaque" if port.is_opaque else "unknown", grants)
        server = port.server.resource
        basis = Basis(name=str(server), of=server, path=("spec", "accessPolicy"), source=_INDEX)
        policies = self._authorizations.of_server(server)
        return self._built(port, basis, port.server.protocol, (*access(port.server.access, basis), *policies))

    def _default(self, port: _Port) -> tuple[Basis, tuple[Grant, ...]]:
        """Say whom a port without a Server lets in: policies that target namespaces hold on Servers alone."""
        written = block_of(self._profile).default_inbound_policy or InboundPolicy.ALL_UNAUTHENTICATED
        policy = port.policy if port.policy in {each.value for each in InboundPolicy} else written.value
        basis = Basis(name=f"default inbound policy {policy}", source=_DEFAULTS)
        grants = access(str(policy), basis)
        if port.is_strict:
            grants = tuple(Grant(basis=basis, names=ANY_NAME, networks=each.networks) for each in grants)
        return basis, grants

    def _built(self, port: _Port, basis: Basis, protocol: str, grants: tuple[Grant, ...]) -> Guard:
        routes = self._followed(port.server)
        is_ambient = port.server is None
        open_to = grants if port.is_proxied else (Grant(basis=basis),)
        near = networks({"cidr": each} for each in self._profile.probe_networks) or None
        probe = Basis(name="the probes of the pod", source=_PROBES)
        return Guard(
            basis=basis,
            is_proxied=port.is_proxied,
            is_chosen=port.server is not None,
            sees_requests=protocol not in _BLIND,
            door=Door.of(open_to, basis, is_ambient=is_ambient),
            routes=tuple(self._candidate(route, grants) for route in routes),
            probed=port.probed,
            probe=None if protocol == "gRPC" else _said(probe, "Linkerd lets probes in", Verdict.ALLOWED),
            probe_networks=near,
            broken=next((_broken(route) for route in routes if route.outage is not None), None),
            connected=_said(Basis(name="Linkerd", source=_ACCEPT), "the proxy accepts it", Verdict.ALLOWED),
            unrouted=_unrouted(basis),
            limit=None if protocol == "gRPC" or protocol in _BLIND else self._limit(port.server),
            conditions=Conditions.of(self._apart(port, grants, routes)),
        )

    def _followed(self, server: Server | None) -> tuple[Bound, ...]:
        if server is None or server.protocol in _BLIND:
            return ()
        kind = "GRPCRoute" if server.protocol == "gRPC" else "HTTPRoute"
        of = self._routes.get(Parent(SERVER, server.resource.namespace, server.resource.name), ())
        return tuple(route for route in of if route.kind == kind)

    def _limit(self, server: Server | None) -> RateLimit | None:
        return None if server is None else self._limits.get((server.resource.namespace, server.resource.name))

    def _candidate(self, route: Bound, grants: tuple[Grant, ...]) -> Candidate[Entry]:
        own = self._authorizations.of_route(route.resource)
        closed = Basis(name=str(route.resource), of=route.resource, path=("spec", "rules"), source=_HTTP)
        door = Door.of((*own, *grants), closed, is_ambient=False)
        return candidate(route.route, lambda rule: _entry(rule, door, route))

    def _apart(
        self, port: _Port, grants: tuple[Grant, ...], routes: tuple[Bound, ...]
    ) -> Iterator[Conditions]:
        yield from of_grants(grants, self._identities)
        yield of_networks(networks({"cidr": each} for each in self._profile.probe_networks))
        probed = (UNSHOWN,) if port.probed is None and port.server is not None else port.probed
        if probed and not routes:
            yield Conditions(methods=frozenset(("GET",)), paths=frozenset(map(Exactly, probed)))
        for route in routes:
            yield from of_route(route.route)
            yield from of_grants(self._authorizations.of_route(route.resource), self._identities)
        limit = self._limit(port.server)
        if limit is not None:
            yield Conditions(accounts=frozenset(limit.of))


def _entry(rule: Rule, door: Door, route: Bound) -> Entry:
    # linkerd/linkerd2 policy-controller/grpc/src/inbound/http.rs: edits of answers are dropped
    edits = (each for each in rule.filters if isinstance(each, HeaderEdits) and each.is_of_request)
    return Entry(
        door=door,
        edits=tuple(edits),
        redirect=next((each for each in rule.filters if isinstance(each, Redirect)), None),
        basis=Basis(name=str(route.resource), of=route.resource, path=rule.at, source=_HTTP),
    )


def _said(basis: Basis, says: str, verdict: Verdict) -> Step:
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=verdict, is_ambient=True)


def _unrouted(basis: Basis) -> Step:
    says = "no route below the Server matches it, so the answer is 404"
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)


def _broken(route: Bound) -> Step:
    basis = Basis(name=str(route.resource), of=route.resource, path=("spec", "rules"), source=_HTTP)
    says = f"{route.resource} {route.outage}, so that no request gets through"
    return Step(says=says, basis=basis, facet=Facet.VERDICT, value=Verdict.UNROUTED)
