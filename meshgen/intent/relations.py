"""Features that are relations between fields, and have ids of their own."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.intent.features import Usage
from meshgen.intent.resolved import ResolvedService, ResolvedSet, ToOther, ToVersions


def relations(service: ResolvedService, resolved: ResolvedSet) -> Iterator[Usage]:
    """Yield the relations that hold in a service; a relation points at the field that brings it about."""
    yield from _of_ports(service)
    yield from _of_routes(service, resolved)
    written = service.written
    if written.split is not None and any(not port.protocol.is_http for port in service.service_ports):
        yield _usage(service, "split.tcp", "split", ("split",))


def _usage(service: ResolvedService, feature: str, key: str, path: tuple[str | int, ...]) -> Usage:
    value = path[-1] if len(path) > 1 else None
    item = value if isinstance(value, int) else None
    return Usage(feature=feature, value=service, holder=service.written, key=key, path=path, item=item)


def _of_ports(service: ResolvedService) -> Iterator[Usage]:
    for index, port in enumerate(service.ports):
        if port.number is None:
            yield _usage(service, "ports.containerOnly", "ports", ("ports", index))
    if len(service.service_ports) > 1:
        yield _usage(service, "ports.second", "ports", ("ports", 1))


def _of_routes(service: ResolvedService, resolved: ResolvedSet) -> Iterator[Usage]:
    written = service.written.routes
    if len(written) > 1:
        yield _usage(service, "routes.order", "routes", ("routes",))
    for index, (route, resolved_route) in enumerate(zip(written, service.routes, strict=False)):
        match resolved_route.destination:
            case ToVersions(shares=shares) if route.split is not None and len(shares) > 1:
                yield _usage(service, "routes.split.several", "routes", ("routes", index))
            case ToOther(key=key) if key in resolved.services and resolved.services[key].written.split:
                yield _usage(service, "routes.service.split", "routes", ("routes", index))
            case _:
                pass
