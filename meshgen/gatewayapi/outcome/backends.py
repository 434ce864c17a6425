"""Where backends and mirrors of a route lead: to pods, to none, or to a Service that is not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from meshgen.gatewayapi.routes import Reference
from meshgen.gatewayapi.routing import Backend, Mirror, Rule
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.facets import Shares, shares
from meshgen.intent.outcome.world import Pod, Port, Service, World

Ends = tuple[tuple[Pod, int], ...]  # pods, each with its container port


def ends(service: Service, port: Port, world: World) -> Ends:
    """List the pods behind a Service port."""
    found = ((pod, world.container_port(pod, port.target)) for pod in world.pods_of(service))
    return tuple((pod, number) for pod, number in found if number is not None)


def resolved(to: Reference, world: World) -> Ends | None:
    """List the pods behind a backend; None where it is no port of a Service that is there."""
    service = world.services.get(ServiceKey(to.namespace, to.name))
    if to.group or to.kind != "Service" or service is None or to.port is None:
        return None
    port = service.port(to.port)
    return None if port is None else ends(service, port, world)


def weighed(rule: Rule) -> tuple[Backend, ...]:
    """List the backends of a rule that get anything."""
    return tuple(backend for backend in rule.backends if backend.weight > 0)


def split(rule: Rule, world: World) -> Shares | None:
    """Divide the requests of a rule; None where each of them is answered with an error."""
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRouteRule.backendRefs
    every = [(resolved(backend.to, world), backend.weight) for backend in weighed(rule)]
    if all(pods is None for pods, _ in every):
        return None
    return shares((pods or (), weight) for pods, weight in every)


def copies(rule: Rule, world: World) -> Shares:
    """Give what is mirrored of all requests of a rule; a mirror that is not there gets nothing."""
    # kubernetes-sigs/gateway-api apis/v1/httproute_types.go, HTTPRequestMirrorFilter.backendRef
    found = ((resolved(mirror.to, world), share) for mirror, share in _mirrors(rule))
    written = ((pods, share) for pods, share in found if pods is not None and share > 0)
    return tuple(sorted((_titles(pods), share) for pods, share in written))


def _mirrors(rule: Rule) -> Iterator[tuple[Mirror, Fraction]]:
    yield from ((each, each.share) for each in rule.filters if isinstance(each, Mirror))
    total = sum(backend.weight for backend in rule.backends)
    for backend in weighed(rule):
        part = Fraction(backend.weight, total)
        yield from ((each, each.share * part) for each in backend.filters if isinstance(each, Mirror))


def _titles(pods: Iterable[tuple[Pod, int]]) -> tuple[str, ...]:
    return tuple(sorted(f"{pod.title}:{port}" for pod, port in pods))
