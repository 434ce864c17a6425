"""ServiceDefaults: what a service speaks, whom it admits, and what its pods do as callers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshgen.backends.consul.plan.limiting import fault_injection, rate_limit
from meshgen.backends.consul.plan.meta import named
from meshgen.backends.consul.plan.names import Names, pod_names, route_splitter
from meshgen.backends.consul.plan.objects import ServiceDefaults, Upstream
from meshgen.backends.consul.plan.splitter import routes_that_split
from meshgen.backends.consul.plan.waiting import WAITS_MS
from meshgen.intent.access import Mode
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedService


def service_defaults(
    service: ResolvedService, *, overrides: tuple[Upstream, ...], waits_ms: int, names: Names
) -> Iterator[ServiceDefaults]:
    """Plan the entries of a service, of its versions that are services, and of its routes' splitters.

    `overrides` are what its pods do as callers, `waits_ms` is the longest written timeout towards them.
    """
    base = ServiceDefaults(meta=named(service, service.key.name), protocol=protocol_of(service))
    of_pods = replace(base, overrides=overrides or None)
    if service.service_ports:
        of_pods = replace(
            of_pods,
            mutual_tls_mode=_mutual_tls_mode(service),
            local_request_timeout_ms=waits_ms if waits_ms > WAITS_MS else None,
            dialed_directly=_dialed_directly(service, names),
            rate_limit=rate_limit(service),
            fault_injection=fault_injection(service),
        )
    elif not overrides:  # what only calls needs an entry only to say how it calls
        return
    for name in pod_names(service):
        yield replace(of_pods, meta=named(service, name))
    for route, _ in routes_that_split(service):
        yield replace(base, meta=named(service, route_splitter(service, route)))


def protocol_of(service: ResolvedService) -> str:
    """What the one port of a service in the mesh speaks; to Consul TLS is a stream like any other."""
    protocol = service.service_ports[0].protocol if service.service_ports else Protocol.TCP
    return str((Protocol.TCP if protocol is Protocol.TLS else protocol).value)


def _dialed_directly(service: ResolvedService, names: Names) -> bool | None:
    """Callers of a headless Service dial pods, which are registered under the name of their own Service."""
    fronts = names.resolved.fronts.get(service.key, ())
    is_dialed = any(each.written.headless is not None for each in (service, *fronts))
    return True if is_dialed else None


def _mutual_tls_mode(service: ResolvedService) -> str | None:
    # ProxyDefaults may say permissive, and then plaintext passes the intentions.
    mode = Mode.STRICT if service.mode is None and service.has_authorization else service.mode
    return None if mode is None else str(mode.value)
