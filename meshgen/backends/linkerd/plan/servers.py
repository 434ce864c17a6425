"""Servers, and the routes, authentications and policies that say what each of them admits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from meshgen.backend import meta
from meshgen.backends.linkerd.plan.access import DEFAULT, Access, Grant, Grants, access
from meshgen.backends.linkerd.plan.authentications import Authentications, authentications
from meshgen.backends.linkerd.plan.cells import Cell
from meshgen.backends.linkerd.plan.identities import EVERYBODY, MESHED
from meshgen.backends.linkerd.plan.match import route_match
from meshgen.backends.linkerd.plan.names import distinct, joined
from meshgen.backends.linkerd.plan.objects import (
    AuthorizationPolicy,
    HttpRoute,
    ObjectRef,
    Parent,
    RateLimit,
    RouteRule,
    Server,
)
from meshgen.backends.linkerd.plan.peers import Peers
from meshgen.backends.linkerd.plan.pods import ContainerPort, container_ports
from meshgen.backends.linkerd.profiles import DOMAINS
from meshgen.gatewayapi.requests import EVERY_REQUEST
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.manifest import Plan
from meshgen.profile import Profile

_POLICY_GROUP = "policy.linkerd.io"
_GATEWAY_GROUP = "gateway.networking.k8s.io"
_MOST_MATCHES = 64  # of one rule: kubernetes-sigs/gateway-api apis/v1/httproute_types.go

_BY_ITSELF = {
    Grant(rule=DEFAULT, peers=Peers(identities=EVERYBODY)): "all-unauthenticated",
    Grant(rule=DEFAULT, peers=Peers(identities=MESHED)): "all-authenticated",
}


def server_objects(resolved: ResolvedSet, profile: Profile) -> Iterator[Plan]:
    """Plan what every service with a mode, a default or rules needs."""
    for _, ports in groupby(container_ports(resolved, profile), key=lambda port: port.owner.key):
        yield from _of_owner([Guarded(port=port, access=access(port.asked)) for port in ports])


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A container port and what it admits."""

    port: ContainerPort
    access: Access

    @property
    def name(self) -> str:
        """The name of the Server of the service's own pods."""
        return joined(self.port.owner.key.name, self.port.asked.port.target)

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of its Servers, one for each selector."""
        return tuple(
            self.name if version is None else joined(self.name, version) for version, _ in self.port.selectors
        )

    @property
    def policed(self) -> Grants:
        """What its Servers admit by policies: without what they admit by themselves."""
        return tuple(grant for grant in self.access.everywhere if grant not in _BY_ITSELF)

    @property
    def protocol(self) -> str:
        """What the Server is told of the protocol; one that is gRPC reads no HTTPRoute and no rate limit."""
        match self.port.asked.port.protocol:
            case Protocol.HTTP:
                return "HTTP/1"
            case Protocol.HTTP2:
                return "HTTP/2"
            case Protocol.GRPC:
                is_told = not self.access.cells and self.port.requests_per_second is None
                return "gRPC" if is_told else "HTTP/2"
            case Protocol.TCP:
                return "opaque"
            case Protocol.TLS:
                return "TLS"

    @property
    def cells(self) -> tuple[Cell[Grants], ...]:
        """The requests that routes tell apart.

        A Server that closes anything has a route even so: without one, the paths of the pods' httpGet
        probes are open to everybody. linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs
        """
        if self.access.cells or self.port.asked.is_open or self.protocol not in ("HTTP/1", "HTTP/2"):
            return self.access.cells
        return (Cell(requests=EVERY_REQUEST, content=()),)


def _of_owner(guarded: Sequence[Guarded]) -> Iterator[Plan]:
    owner = guarded[0].port.owner
    named = authentications(owner, _grants(guarded))
    yield from named.plans
    routes = [route for each in guarded for route in _routes(each)]
    yield from (route.plan for route in routes)
    targets = [
        *(
            (ObjectRef(group=_POLICY_GROUP, kind="Server", name=name), each.policed)
            for each in guarded
            for name in each.servers
        ),
        *(
            (ObjectRef(group=_GATEWAY_GROUP, kind="HTTPRoute", name=route.plan.meta.name), route.grants)
            for route in routes
        ),
    ]
    yield from _policies(owner, targets, named)
    for each in guarded:
        yield from _servers(each)


def _grants(guarded: Iterable[Guarded]) -> Iterator[Grant]:
    for each in guarded:
        yield from each.policed
        for cell in each.cells:
            yield from cell.content


@dataclass(frozen=True, slots=True, kw_only=True)
class _Route:
    """A route on Servers and what it admits beside them."""

    plan: HttpRoute
    grants: Grants


def _routes(guarded: Guarded) -> Iterator[_Route]:
    """Plan one route for each host name and set of grants."""
    owner, target = guarded.port.owner, guarded.port.asked.port.target
    kinds: dict[tuple[str | None, Grants], list[Cell[Grants]]] = {}
    for cell in guarded.cells:
        kinds.setdefault((cell.requests.hostname, cell.content), []).append(cell)
    wanted = [joined(owner.key.name, "in", target, *_rules(grants)) for _, grants in kinds]
    for name, ((hostname, grants), cells) in zip(distinct(wanted), kinds.items(), strict=True):
        parents = (
            Parent(group=_POLICY_GROUP, kind="Server", name=server, port=None) for server in guarded.servers
        )
        plan = HttpRoute(
            meta=meta(owner.intent, name, domains=DOMAINS),
            parents=tuple(parents),
            hostnames=None if hostname is None else (hostname,),
            rules=tuple(_route_rules(cells)),
        )
        yield _Route(plan=plan, grants=grants)


def _rules(grants: Grants) -> tuple[str, ...]:
    return tuple(dict.fromkeys(grant.rule for grant in grants))


def _route_rules(cells: Sequence[Cell[Grants]]) -> Iterator[RouteRule]:
    matches = [route_match(cell.requests) for cell in cells]
    for start in range(0, len(matches), _MOST_MATCHES):
        yield RouteRule(matches=tuple(matches[start : start + _MOST_MATCHES]), filters=None, backends=None)


def _policies(
    owner: ResolvedService, targets: Iterable[tuple[ObjectRef, Grants]], named: Authentications
) -> Iterator[AuthorizationPolicy]:
    """Plan a policy for each grant; a policy admits nobody but whom all of its authentications name."""
    pairs = [(target, grant, grants) for target, grants in targets for grant in grants]
    wanted = [
        target.name if target.kind == "HTTPRoute" and len(grants) == 1 else joined(target.name, grant.rule)
        for target, grant, grants in pairs
    ]
    for name, (target, grant, _) in zip(distinct(wanted), pairs, strict=True):
        yield AuthorizationPolicy(
            meta=meta(owner.intent, name, domains=DOMAINS),
            target=target,
            authentications=named.of(grant) or None,
        )


def _servers(guarded: Guarded) -> Iterator[Server | RateLimit]:
    port = guarded.port
    by_itself = [_BY_ITSELF[grant] for grant in guarded.access.everywhere if grant in _BY_ITSELF]
    if port.whole is not None:
        by_itself = [port.whole.value]
    for name, (_, selector) in zip(guarded.servers, port.selectors, strict=True):
        yield Server(
            meta=meta(port.owner.intent, name, domains=DOMAINS),
            selector=selector,
            port=port.asked.port.target,
            protocol=guarded.protocol,
            access=by_itself[0] if by_itself else "deny",
        )
        if port.requests_per_second is not None:
            yield RateLimit(
                meta=meta(port.owner.intent, name, domains=DOMAINS),
                server=name,
                requests_per_second=port.requests_per_second,
            )
