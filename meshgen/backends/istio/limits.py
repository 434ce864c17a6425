"""Relations between fields that Istio cannot carry, whatever a single field says."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Diagnostic
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.profile import Profile

UNNUMBERED_PORT = Code(
    number="MG320",
    slug="unnumbered-port",
    meaning="Policies need the number of a container port, and the intent only names it.",
)


def limits(resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG320."""
    for service in resolved.services.values():
        yield from _unnumbered(service, profile)


def _unnumbered(service: ResolvedService, profile: Profile) -> Iterator[Diagnostic]:
    """AuthorizationPolicy, PeerAuthentication and EnvoyFilter speak of container ports by number."""
    if not (service.rules or service.port_modes or service.rate_limit):
        return
    for index, port in enumerate(service.ports):
        if isinstance(port.target, str):
            yield Diagnostic(
                code=UNNUMBERED_PORT,
                message=f"the container port {port.target!r} of {service.key.name} has no number",
                span=service.written.span("ports", index, "targetPort"),
                severity=UNNUMBERED_PORT.severity,
                feature="ports.targetPort",
                mesh=profile.name,
                hint="write the number as targetPort, or add the workload to the inputs",
            )
