"""Which services need routes of their own, and what their VirtualServices hold."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.backends.istio.plan.destination import Directory, WeightedDestination
from meshgen.backends.istio.plan.http_route import HttpRoute, http_routes
from meshgen.backends.istio.plan.names import host, service_meta
from meshgen.intent.resolved import ResolvedSet, ServicePort, ToService, ToVersions
from meshgen.manifest import Meta
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class TcpRoute:
    """One entry of `tcp`."""

    route: tuple[WeightedDestination, ...]
    port: int | None  # None: every port that carries connections


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualService:
    """What callers with a sidecar do with requests and connections to one Service."""

    meta: Meta
    hosts: tuple[str, ...]
    http: tuple[HttpRoute, ...] | None
    tcp: tuple[TcpRoute, ...] | None
    api_version: str = "networking.istio.io/v1"
    kind: str = "VirtualService"


def virtual_services(resolved: ResolvedSet, profile: Profile) -> tuple[VirtualService, ...]:
    """Plan one VirtualService for each service whose requests do more than go to it.

    Of two for one host sidecars would read the first alone (istio/istio pilot/pkg/model/virtualservice.go).
    """
    planned = []
    for service in resolved.services.values():
        directory = Directory(service=service, set=resolved, profile=profile)
        http, tcp = _http(directory), _tcp(directory)
        if http is not None or tcp is not None:
            planned.append(
                VirtualService(
                    meta=service_meta(service), hosts=(host(service.key, profile),), http=http, tcp=tcp
                )
            )
    return tuple(planned)


def _http(directory: Directory) -> tuple[HttpRoute, ...] | None:
    """Write the routes of each HTTP port; where there are several, each route names its port.

    What a route does depends on the port: its destinations, what may be retried, which faults exist. And a
    Service port that the intent does not list keeps to itself when every route names another.
    """
    ports = directory.service.http_ports
    several = len(ports) > 1
    found = [
        (route, port) for port in ports for route in http_routes(directory, port, is_port_written=several)
    ]
    if all(route == _plain(route, directory, port) for route, port in found):
        return None
    return tuple(route for route, _ in found)


def _plain(route: HttpRoute, directory: Directory, port: ServicePort) -> HttpRoute:
    """What happens on a port without any route, under the same condition."""
    return HttpRoute(name=None, match=route.match, route=directory.destinations(ToService(), port))


def _tcp(directory: Directory) -> tuple[TcpRoute, ...] | None:
    split = directory.service.split
    ports = [port for port in directory.service.service_ports if not port.protocol.is_http]
    if not isinstance(split, ToVersions) or not ports:
        return None
    several = len(directory.service.service_ports) > 1
    return tuple(
        TcpRoute(route=directory.destinations(split, port), port=port.number if several else None)
        for port in ports
    )
