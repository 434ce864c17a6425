"""Routes, as far as Linkerd takes them: which are bound to what, and which it cannot carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.backends.linkerd.admission.scalars import duration_ms
from meshgen.backends.linkerd.read.annotations import Retry, Timeouts, Unread, retry, timeouts
from meshgen.backends.linkerd.read.servers import POLICY, age
from meshgen.gatewayapi import routes, routing
from meshgen.gatewayapi.conditions import Rpc
from meshgen.gatewayapi.regexes import is_rust
from meshgen.gatewayapi.routing import Backend, Filter, HeaderEdits, PrefixPath, Redirect, Route, Rule
from meshgen.intent.languages import Language, Matching
from meshgen.profile import Channel, Profile
from meshgen.resources import Resource, Resources

SERVICE, SERVER = "Service", "Server"
# Of one parent and port the first of these alone is accepted.
# linkerd/linkerd2 policy-controller/k8s/status/src/routes.rs
_KINDS = ("GRPCRoute", "HTTPRoute", "TLSRoute", "TCPRoute")
_WITHOUT_WEIGHTS = ("v1alpha1", "v1beta1")
_SINGLE_UNIT_SINCE = (2, 20)


class Parent(NamedTuple):
    """What a route is bound to."""

    kind: str  # SERVICE or SERVER
    namespace: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A route on one of its parents."""

    route: Route
    port: int | None  # of the Service; None: every one
    timeouts: Timeouts
    retry: Retry | None
    outage: str | None  # why no request to the port gets through, whatever route it falls under

    @property
    def resource(self) -> Resource:
        """The object."""
        return self.route.resource

    @property
    def kind(self) -> str:
        """The kind of the object."""
        return self.route.resource.kind


def bound(resources: Resources, profile: Profile) -> Mapping[Parent, tuple[Bound, ...]]:
    """List the routes of every parent that Linkerd takes, in the order in which they win ties."""
    found: dict[Parent, list[tuple[Resource, int | None]]] = {}
    for resource in sorted(_watched(resources, profile), key=age):
        for parent, port in _parents(resource):
            found.setdefault(parent, []).append((resource, port))
    taken: dict[Parent, tuple[Bound, ...]] = {}
    for parent, every in found.items():
        accepted = (each for each in every if not _is_beaten(*each, every))
        read = (_read(parent, resource, port, profile) for resource, port in accepted)
        taken[parent] = tuple(each for each in read if each is not None)
    return taken


def _watched(resources: Resources, profile: Profile) -> Iterator[Resource]:
    yield from resources.of(POLICY, "HTTPRoute")
    yield from resources.of(routes.GROUP, "HTTPRoute", "GRPCRoute")
    # The standard channel does not serve what the controller asks for.
    # linkerd/linkerd2 policy-controller/k8s/api/src/lib.rs
    if profile.gateway_api is not None and profile.gateway_api.channel is Channel.EXPERIMENTAL:
        yield from resources.of(routes.GROUP, "TLSRoute", "TCPRoute")


def _parents(route: Resource) -> Iterator[tuple[Parent, int | None]]:
    written = route.spec.get("parentRefs", ())
    for parent, body in zip(routes.parents(route), written, strict=True):
        if parent.is_service:
            yield Parent(SERVICE, parent.namespace, parent.name), parent.port
        elif (parent.group, parent.kind) == (POLICY, "Server"):
            # linkerd/linkerd2 policy-controller/k8s/index/src/inbound/routes.rs: one such ends the route
            if parent.namespace != route.namespace or parent.port is not None or "sectionName" in body:
                return
            yield Parent(SERVER, parent.namespace, parent.name), None


def _is_beaten(route: Resource, port: int | None, every: list[tuple[Resource, int | None]]) -> bool:
    rank = _KINDS.index(route.kind)
    return any(_KINDS.index(other.kind) < rank and at == port for other, at in every)


def _read(parent: Parent, resource: Resource, port: int | None, profile: Profile) -> Bound | None:
    """Read a route; None where the controller cannot, and goes on as if it were not there."""
    route = _unruled(_pruned(routing.read_route(resource)))
    if not all(map(_is_carried, route.rules)):
        return None
    if parent.kind == SERVER:
        return Bound(route=route, port=None, timeouts=Timeouts(), retry=None, outage=_outage(route, SERVER))
    own = timeouts(resource.annotations)
    again = retry(resource.annotations, "grpc" if resource.kind == "GRPCRoute" else "http")
    if isinstance(own, Unread) or isinstance(again, Unread):
        return None
    route = replace(route, rules=tuple(_timed(rule, route, profile) for rule in route.rules))
    return Bound(route=route, port=port, timeouts=own, retry=again, outage=_outage(route, SERVICE))


def _pruned(route: Route) -> Route:
    """Take away what old versions of Linkerd's own HTTPRoute lack, as a cluster does when it stores one."""
    if route.resource.group != POLICY or route.resource.version not in _WITHOUT_WEIGHTS:
        return route
    rules = (
        replace(rule, backends=tuple(replace(each, weight=1) for each in rule.backends))
        for rule in route.rules
    )
    return replace(route, rules=tuple(rules))


def _unruled(route: Route) -> Route:
    """Take away the rule that stands for none: a definition has one for HTTPRoutes that are silent alone."""
    spec = route.resource.spec
    is_given = route.resource.kind == "HTTPRoute" and "rules" not in spec
    return route if spec.get("rules") or is_given else replace(route, rules=())


def _timed(rule: Rule, route: Route, profile: Profile) -> Rule:
    """Keep the time of a rule where this version reads it; 0 is none."""
    if route.resource.group == POLICY:
        is_read = route.resource.version == "v1beta3"
        return replace(rule, timeout=(rule.timeout or None) if is_read else None)
    # linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index/http.rs: what it cannot parse is none
    text = rule.written.get("timeouts", {}).get("request", "0s")
    is_read = tuple(map(int, profile.version.split("."))) >= _SINGLE_UNIT_SINCE
    return replace(rule, timeout=(duration_ms(text) or None) if is_read else None)


def _is_carried(rule: Rule) -> bool:
    regexes = (regex for match in rule.matches for regex in _regexes(match.path, match.headers, match.query))
    is_named = all(not isinstance(m.written, Rpc) or m.written.type == "Exact" for m in rule.matches)
    return is_named and all(map(is_filter, rule.filters)) and all(map(is_rust, regexes))


def _regexes(path: Language, *values: tuple[tuple[str, Language], ...]) -> Iterator[str]:
    for language in (path, *(value for conditions in values for _, value in conditions)):
        if isinstance(language, Matching):
            yield language.regex


def is_filter(each: Filter) -> bool:
    """Tell whether Linkerd has such a filter."""
    return isinstance(each, (HeaderEdits, Redirect))


def _outage(route: Route, parent: str) -> str | None:
    """Say what a proxy cannot read, so that it refuses everything that its controller said of the port."""
    # linkerd/linkerd2-proxy linkerd/app/outbound/src/policy/api.rs, linkerd/proxy/client-policy/src/grpc.rs
    for rule in route.rules:
        filters = (*rule.filters, *(each for backend in rule.backends for each in backend.filters))
        if any(isinstance(each, Redirect) and isinstance(each.path, PrefixPath) for each in filters):
            return "replaces the prefix of a redirect, which proxies cannot read"
        if route.resource.kind == "GRPCRoute":
            if "matches" in rule.written and any("method" not in each for each in rule.written["matches"]):
                return "has a match without a method, which proxies cannot read"
            if parent == SERVICE and any(
                isinstance(each, HeaderEdits) and not each.is_of_request for each in filters
            ):
                return "edits the headers of answers to gRPC, which proxies cannot read"
    return None


def backend_namespace(backend: Backend, rule: Rule, route: Resource, parent: str) -> str:
    """Say in which namespace a backend is looked for: where none is written, in the parent's."""
    # linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs passes the parent's
    written = rule.written["backendRefs"][backend.at[-1]].get("namespace")
    if written is not None:
        return str(written)
    is_old = route.group == POLICY and route.version in _WITHOUT_WEIGHTS
    return "default" if is_old else parent
