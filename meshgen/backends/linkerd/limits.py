"""Relations between fields that Linkerd cannot carry, whatever a single field says."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.plan.traffic import has_traffic_split, port_routes
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.gatewayapi.precedence import Misorder, Ranked, by_matched_length, misorders
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ServicePort
from meshgen.profile import Profile

ROUTE_ORDER = Code(
    number="MG340",
    slug="route-order",
    meaning="Routes are ranked by how much they say, and a later one would get a request of an earlier one.",
)


def limits(resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG340."""
    for service in resolved.services.values():
        if service.written.headless is None and not has_traffic_split(service, profile):
            yield from _misordered(service, profile)


def _misordered(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    told: set[tuple[str, str]] = set()
    for port in service.http_ports:
        for found in misorders(_ranked(service, port), by_matched_length):
            pair = (found.first, found.second)
            if pair not in told:
                told.add(pair)
                yield _order(found, service, profile)


def _ranked(service: ResolvedService, port: ServicePort) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(name=route.name, alternatives=route.alternatives, object=route.annotations)
        for route in port_routes(service, port)
    )


def _order(found: Misorder, service: ResolvedService, profile: Profile) -> Diagnostic:
    reason = (
        "rank alike and stand in two objects, for their timeouts or retries differ"
        if found.is_tie
        else "do not rank in the order written"
    )
    index = [route.name for route in service.routes].index(found.first)
    return Diagnostic(
        code=ROUTE_ORDER,
        message=f"{profile.name} cannot carry routes.order of {service.key.name}: "
        f"{found.first!r} and {found.second!r} {reason}, as for {found.request}",
        span=service.written.routes[index].span("name"),
        severity=Severity.ERROR,
        field=f"spec.services.{service.key.name}.routes[{index}]",
        feature="routes.order",
        mesh=profile.name,
        hint=f"add to {found.first!r} an alternative that joins the conditions of both",
        source="linkerd/linkerd2-proxy linkerd/http/route/src/http/match.rs",
    )
