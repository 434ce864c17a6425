"""Routes of a service: their order, their number, and expressions that the proxies read otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from meshgen.backends.linkerd.plan.match import longest_value
from meshgen.backends.linkerd.plan.traffic import PortRoute, has_traffic_split, objects, port_routes
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.gatewayapi.precedence import Misorder, Ranked, by_matched_length, misorders
from meshgen.grammar import is_token
from meshgen.intent.resolved import ResolvedService, ToVersions
from meshgen.profile import Profile

ROUTE_ORDER = Code(
    number="MG340",
    slug="route-order",
    meaning="Routes are ranked by how much they say, and a later one would get a request of an earlier one.",
)
TOO_LARGE_ROUTE = Code(
    number="MG341",
    slug="too-large-route",
    meaning="A route object holds fewer rules, alternatives or backends than the intent asks for.",
)
QUERY_NAME = Code(
    number="MG342",
    slug="query-name",
    meaning="A route object can only ask for query parameters whose names could be those of headers.",
)

# kubernetes-sigs/gateway-api apis/v1/httproute_types.go, grpcroute_types.go
MOST_RULES = 16
MOST_MATCHES = 64  # of a rule
MOST_MATCHES_OF_ROUTE = 128
MOST_BACKENDS = 16
MOST_HEADERS = 16  # in a list of conditions, and in one of edits
MOST_CHARACTERS = 1_024  # of a path


def limits(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG340 to MG342."""
    if service.written.headless is not None or has_traffic_split(service, profile):
        return
    told: set[str] = set()
    for port in service.http_ports:
        routes = port_routes(service, port)
        found = (_misordered, _too_large, _unnamed)
        for diagnostic in chain.from_iterable(each(routes, service, profile) for each in found):
            if diagnostic.message not in told:
                told.add(diagnostic.message)
                yield diagnostic


def _misordered(
    routes: tuple[PortRoute, ...], service: ResolvedService, profile: Profile
) -> Iterator[Diagnostic]:
    ranked = [
        Ranked(name=route.name, alternatives=route.alternatives, object=route.annotations) for route in routes
    ]
    for found in misorders(ranked, by_matched_length):
        yield _order(found, service, profile)


def _order(found: Misorder, service: ResolvedService, profile: Profile) -> Diagnostic:
    reason = (
        "rank alike and stand in two objects, for their timeouts or retries differ"
        if found.is_tie
        else "do not rank in the order written"
    )
    index = [route.name for route in service.routes].index(found.first)
    return Diagnostic(
        code=ROUTE_ORDER,
        message=f"{profile.name} cannot carry routes.order: {found.first!r} and {found.second!r} of "
        f"{service.key.name} {reason}, as for {found.request}",
        span=service.written.routes[index].span("name"),
        severity=Severity.ERROR,
        field=f"spec.services.{service.key.name}.routes[{index}]",
        feature="routes.order",
        mesh=profile.name,
        hint=f"add to {found.first!r} an alternative that joins the conditions of both",
        source="linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs",
    )


def _too_large(
    routes: tuple[PortRoute, ...], service: ResolvedService, profile: Profile
) -> Iterator[Diagnostic]:
    for inside in objects(routes).values():
        alternatives = [len(each.alternatives) for each in inside]
        counts = (
            ("routes with the same timeout and retries", len(inside), MOST_RULES),
            ("alternatives of one route", max(alternatives), MOST_MATCHES),
            ("alternatives of such routes", sum(alternatives), MOST_MATCHES_OF_ROUTE),
            ("versions that share one route", max(map(_backends, inside)), MOST_BACKENDS),
            ("header conditions of one alternative", max(map(_headers, inside)), MOST_HEADERS),
            ("header edits of one kind on one route", max(map(_edits, inside)), MOST_HEADERS),
            ("characters in one path", max(map(_longest, inside)), MOST_CHARACTERS),
        )
        for what, count, most in counts:
            if count > most:
                yield Diagnostic(
                    code=TOO_LARGE_ROUTE,
                    message=f"{service.key.name} has {count} {what}, and a route object holds {most}",
                    span=service.written.span("routes"),
                    severity=Severity.ERROR,
                    field=f"spec.services.{service.key.name}.routes",
                    feature="routes.match",
                    mesh=profile.name,
                    hint="say with prefixes or expressions what is listed now",
                    source="kubernetes-sigs/gateway-api apis/v1/httproute_types.go",
                )


def _unnamed(
    routes: tuple[PortRoute, ...], service: ResolvedService, profile: Profile
) -> Iterator[Diagnostic]:
    names = [route.name for route in service.routes]
    for route in routes:
        asked = {name for each in route.alternatives for name, _ in each.query}
        for name in sorted(name for name in asked if not is_token(name)):
            index = names.index(route.name)
            yield Diagnostic(
                code=QUERY_NAME,
                message=f"{profile.name} cannot ask for the query parameter {name!r} of route {route.name!r}",
                span=service.written.routes[index].span("match"),
                severity=Severity.ERROR,
                field=f"spec.services.{service.key.name}.routes[{index}].match",
                feature="routes.match.queryParams",
                mesh=profile.name,
                hint="ask for a parameter named with letters, digits and !#$%&'*+-.^_`|~ alone",
                source="kubernetes-sigs/gateway-api apis/v1/httproute_types.go",
            )


def _backends(route: PortRoute) -> int:
    to = route.route.destination
    return sum(share.percent.hundredths > 0 for share in to.shares) if isinstance(to, ToVersions) else 1


def _headers(route: PortRoute) -> int:
    return max(max(len(each.headers), len(each.query)) for each in route.alternatives)


def _edits(route: PortRoute) -> int:
    headers = route.route.headers
    edits = () if headers is None else (headers.request, headers.response)
    lists = ((each.set, each.add, each.remove) for each in edits if each is not None)
    return max((len(found or ()) for each in lists for found in each), default=0)


def _longest(route: PortRoute) -> int:
    return max(map(longest_value, route.alternatives))
