"""Ports of Services as callers address them, with what their annotations say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.linkerd.read.annotations import (
    Breaker,
    Retry,
    Timeouts,
    Unread,
    breaker,
    retry,
    timeouts,
)
from meshgen.backends.linkerd.read.servers import OPAQUE_PORTS, lists
from meshgen.intent.outcome.call import ToService
from meshgen.intent.outcome.facets import Basis
from meshgen.intent.outcome.world import Port, Service, World
from meshgen.profile import Profile
from meshgen.resources import Resource, Resources

_SOURCE = "linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs"
# linkerd/linkerd2 policy-controller/core/src/outbound.rs: any other protocol is opaque
_KINDS: Mapping[str | None, tuple[str, ...]] = {
    None: ("GRPCRoute", "HTTPRoute"),
    "http": ("HTTPRoute",),
    "kubernetes.io/h2c": ("GRPCRoute", "HTTPRoute"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressed:
    """A port as proxies of callers know it."""

    service: Service
    port: Port
    name: str  # of the Service in DNS
    basis: Basis
    kinds: tuple[str, ...]  # of routes that speak of requests; none: nothing does
    timeouts: Timeouts
    retry: Retry | None
    grpc_retry: Retry | None
    breaker: Breaker | None


def addressed(resources: Resources, world: World, profile: Profile) -> Mapping[ToService, Addressed]:
    """List the ports of every Service."""
    return {
        ToService(key, each.port.number): each
        for key, service in world.services.items()
        for each in _ports(service, resources.find("", "Service", *key), world, profile)
    }


def _ports(service: Service, written: Resource | None, world: World, profile: Profile) -> Iterator[Addressed]:
    noted = service.annotations
    # What cannot be read of a Service drops its group, and no more.
    time, again, called = timeouts(noted), retry(noted, "http"), retry(noted, "grpc")
    breaks = breaker(noted, profile)
    for port in service.ports:
        yield Addressed(
            service=service,
            port=port,
            name=world.host_of(service.key),
            basis=Basis(
                name=f"Service {service.key}", of=written, path=("metadata", "annotations"), source=_SOURCE
            ),
            kinds=_kinds(service, port, written),
            timeouts=Timeouts() if isinstance(time, Unread) else time,
            retry=None if isinstance(again, Unread) else again,
            grpc_retry=None if isinstance(called, Unread) else called,
            breaker=None if isinstance(breaks, Unread) else breaks,
        )


def _kinds(service: Service, port: Port, written: Resource | None) -> tuple[str, ...]:
    if service.is_headless:  # it is called pod by pod, of which a proxy knows no policy
        return ()
    listed = () if written is None else written.spec.get("ports", ())
    protocol = next((each.get("appProtocol") for each in listed if each["port"] == port.number), None)
    if protocol is None and lists(service.annotations.get(OPAQUE_PORTS), port.number):
        return ()
    return _KINDS.get(protocol, ())
