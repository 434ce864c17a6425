"""Which matches stand below which Service port, by the namespace of their routes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from meshgen.gatewayapi.outcome.ranking import Candidate
from meshgen.gatewayapi.routes import GROUP, KINDS, Reference
from meshgen.gatewayapi.routing import Route, read_route
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import ToService
from meshgen.intent.outcome.world import Port, World
from meshgen.resources import Resources

READ = ("GRPCRoute", "HTTPRoute")  # the kinds that are followed

Bindings = Mapping[ToService, Mapping[str, tuple[Candidate, ...]]]


def bindings(resources: Resources, world: World) -> Bindings:
    """Sort the matches of routes by the ports that they stand below; one port admits one kind of route."""
    # kubernetes-sigs/gateway-api geps/gep-1294/index.md, route types
    found: dict[ToService, dict[str, list[Route]]] = defaultdict(lambda: defaultdict(list))
    for resource in resources.of(GROUP, *sorted(READ, key=KINDS.index)):
        route = read_route(resource)
        places = dict.fromkeys(to for parent in route.parents for to in _ports(parent, route, world))
        for to in places:
            below = found[to][resource.namespace]
            if not below or below[0].resource.kind == resource.kind:
                below.append(route)
    return {
        to: {namespace: tuple(_candidates(routes)) for namespace, routes in below.items()}
        for to, below in found.items()
    }


def _ports(parent: Reference, route: Route, world: World) -> Iterator[ToService]:
    """List what a parent binds: nothing where it names no Service with an address of its own."""
    key = ServiceKey(parent.namespace, parent.name)
    service = world.services.get(key)
    if parent.group or parent.kind != "Service" or service is None or service.is_headless:
        return
    written = route.resource.spec["parentRefs"][parent.path[-1]]
    for port in service.ports:
        if port.protocol.is_http and _is_meant(port, parent.port, written.get("sectionName")):
            yield ToService(key, port.number)


def _is_meant(port: Port, number: int | None, name: str | None) -> bool:
    return number in (None, port.number) and name in (None, port.name)


def _candidates(routes: Iterable[Route]) -> Iterator[Candidate]:
    for route in routes:
        for rule in route.rules:
            yield from (Candidate(route, rule, match) for match in rule.matches)
