"""What the Gateway API admits below a Service beyond what is worked out here."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.gatewayapi import routes
from meshgen.gatewayapi.outcome.binding import READ
from meshgen.gatewayapi.routes import GROUP, KINDS
from meshgen.gatewayapi.routing import Filter, Mirror, OtherFilter, Redirect, Route, Rule, read_route
from meshgen.grammar import is_re2
from meshgen.modelled import not_modelled
from meshgen.resources import Complaint, Path, Resource, Resources

_EXPERIMENTAL = "gateway.networking.x-k8s.io"
_POLICIES = ((GROUP, "BackendTLSPolicy"), (_EXPERIMENTAL, "XBackendTrafficPolicy"))


def unmodelled(resources: Resources) -> Iterator[Complaint]:
    """Yield what decides about calls of Services and is not understood. Reports MG601."""
    for resource in resources.of(GROUP, *KINDS):
        if any(parent.is_service for parent in routes.parents(resource)):
            yield from _of_route(resource)
    for group, kind in _POLICIES:
        for resource in resources.of(group, kind):
            yield not_modelled(resource, (), f"what {kind} does to calls is not worked out")


def _of_route(resource: Resource) -> Iterator[Complaint]:
    if resource.kind not in READ:
        yield not_modelled(resource, (), f"what {resource.kind} does to connections is not worked out")
        return
    route = read_route(resource)
    for rule in route.rules:
        yield from _of_rule(route, rule)
    for match in routes.matches(resource):
        for path, pattern in routes.regexes(match):
            if not is_re2(pattern):
                yield not_modelled(resource, path, f"{pattern!r} is no expression of RE2")


def _of_rule(route: Route, rule: Rule) -> Iterator[Complaint]:
    for field in ("retry", "sessionPersistence"):
        if field in rule.written:
            yield _of(route, (*rule.at, field), f"what {field} does is not worked out")
    for each in rule.filters:
        yield from _of_filter(route, each)
    for backend in rule.backends:
        if not backend.to.is_service:
            yield _of(route, backend.at, f"where a {backend.to.kind} leads is not worked out")
        for each in backend.filters:
            yield from _of_filter(route, each)
            if isinstance(each, Redirect):
                yield _of(route, each.at, "what a redirect of one backend does is not worked out")


def _of_filter(route: Route, filter_: Filter) -> Iterator[Complaint]:
    match filter_:
        case OtherFilter(at=at, type=type_):
            yield _of(route, at, f"what {type_} does is not worked out")
        case Mirror(at=at, to=to) if not to.is_service:
            yield _of(route, at, f"where a {to.kind} leads is not worked out")
        case _:
            pass


def _of(route: Route, path: Path, why: str) -> Complaint:
    return not_modelled(route.resource, path, why)
