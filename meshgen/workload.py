"""A Service that is generated to front some pods of another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from meshgen.backend import meta
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedService, ServicePort, ServiceVersion
from meshgen.manifest import Meta, Pairs

AppProtocols = Mapping[Protocol, str]  # what a mesh reads from `appProtocol`; nothing for the others


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePortPlan:
    """A port of a generated Service."""

    name: str | None  # None: it is the only one
    number: int
    target: int | str | None  # None: the same number
    app_protocol: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePlan:
    """A generated Service."""

    meta: Meta
    selector: Pairs
    ports: tuple[ServicePortPlan, ...]
    api_version: str = "v1"
    kind: str = "Service"


def version_service(
    service: ResolvedService,
    version: ServiceVersion,
    *,
    domains: tuple[str, ...],
    app_protocols: AppProtocols,
) -> ServicePlan:
    """Plan the Service of one version, under the ports of the service."""
    ports = service.service_ports
    return ServicePlan(
        meta=meta(service.intent, version.service, domains=domains),
        selector=tuple(sorted(version.selector.items())),
        ports=tuple(_port(port, app_protocols, is_alone=len(ports) == 1) for port in ports),
    )


def _port(port: ServicePort, app_protocols: AppProtocols, *, is_alone: bool) -> ServicePortPlan:
    assert port.number is not None, "a Service port has a number"
    return ServicePortPlan(
        name=None if is_alone else port.name,
        number=port.number,
        target=None if port.target == port.number else port.target,
        app_protocol=app_protocols.get(port.protocol),
    )
