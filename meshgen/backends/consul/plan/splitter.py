"""ServiceSplitter: shares of the traffic by version, of a service and of routes with shares of their own."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.plan.meta import named
from meshgen.backends.consul.plan.names import route_splitter
from meshgen.backends.consul.plan.objects import ServiceSplitter, Split
from meshgen.backends.consul.plan.weights import weighed
from meshgen.intent.resolved import Destination, ResolvedService, Share, ToVersions


def splitters(service: ResolvedService) -> Iterator[ServiceSplitter]:
    """Plan the splitter of the service, then those of its routes."""
    if not service.http_ports:
        return
    if isinstance(service.split, ToVersions):
        yield _splitter(service, service.key.name, service.split.shares)
    for name, shares in routes_that_split(service):
        yield _splitter(service, route_splitter(service, name), shares)


def routes_that_split(service: ResolvedService) -> tuple[tuple[str, tuple[Share, ...]], ...]:
    """List the routes that share among several versions in another way than the service does."""
    return tuple(
        (route.name, route.destination.shares)
        for route in service.routes
        if route.name is not None
        and isinstance(route.destination, ToVersions)
        and len(taken(route.destination)) > 1
        and not is_the_same(route.destination, service.split)
    )


def taken(destination: ToVersions) -> frozenset[Share]:
    """The shares that are more than nothing."""
    return frozenset(share for share in destination.shares if share.percent.hundredths > 0)


def is_the_same(destination: Destination, split: Destination) -> bool:
    """True where a destination shares as the service's own split does."""
    if isinstance(destination, ToVersions) and isinstance(split, ToVersions):
        return taken(destination) == taken(split)
    return destination == split


def _splitter(service: ResolvedService, name: str, shares: tuple[Share, ...]) -> ServiceSplitter:
    return ServiceSplitter(
        meta=named(service, name),
        splits=tuple(_split(service, name, share, weight) for share, weight in weighed(shares)),
    )


def _split(service: ResolvedService, splitter: str, share: Share, weight: int | float) -> Split:
    version = service.versions[share.version]
    if version.has_own_selector:
        return Split(weight=weight, service=version.service, service_subset=None)
    owner = None if splitter == service.key.name else service.key.name
    return Split(weight=weight, service=owner, service_subset=version.name)
