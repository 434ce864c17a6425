"""From services to Linkerd's objects, in an order in which nothing is open while the rest is missing."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.plan.servers import server_objects
from meshgen.backends.linkerd.plan.traffic import (
    has_traffic_split,
    named_versions,
    request_routes,
    tcp_route,
    traffic_split,
)
from meshgen.backends.linkerd.profiles import DOMAINS
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ToVersions
from meshgen.manifest import Plan
from meshgen.profile import Profile
from meshgen.workload import version_service

# A Server without its routes and policies refuses everything, so it comes after them.
# linkerd/website linkerd.io/content/2-edge/tasks/configuring-per-route-policy.md
_STAGES = (
    ("Service",),
    ("MeshTLSAuthentication", "NetworkAuthentication"),
    ("GRPCRoute", "HTTPRoute", "TCPRoute", "TrafficSplit"),
    ("AuthorizationPolicy",),
    ("Server",),
    ("HTTPLocalRateLimitPolicy",),
)
_STAGE = {kind: stage for stage, kinds in enumerate(_STAGES) for kind in kinds}


def plan(resolved: ResolvedSet, profile: Profile) -> tuple[Plan, ...]:
    """Plan every object of a set."""
    planned = [
        *(plan for service in resolved.services.values() for plan in _traffic(service, resolved, profile)),
        *server_objects(resolved, profile),
    ]
    return tuple(sorted(planned, key=_place))


def _traffic(service: ResolvedService, resolved: ResolvedSet, profile: Profile) -> Iterator[Plan]:
    if service.written.headless is not None:
        return
    for version in named_versions(service):
        if version.is_service_created:
            yield version_service(service, version, domains=DOMAINS, app_protocols={})
    if has_traffic_split(service, profile):
        yield traffic_split(service)
        return
    for port in service.http_ports:
        yield from request_routes(service, port, resolved)
    for port in service.service_ports:
        if not port.protocol.is_http and isinstance(service.split, ToVersions):
            yield tcp_route(service, port, resolved)


def _place(plan: Plan) -> tuple[int, str, str, str]:
    return (_STAGE[plan.kind], plan.kind, plan.meta.namespace, plan.meta.name)
