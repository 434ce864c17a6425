"""Relations between fields that Linkerd cannot carry, whatever a single field says."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.linkerd.limits import access, inputs, routes
from meshgen.diagnostics import Diagnostic
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile


def limits(resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    """Report MG340 to MG349."""
    for service in resolved.services.values():
        yield from routes.limits(service, profile)
        yield from access.limits(service, resolved, profile)
        yield from inputs.limits(service, resolved, profile)
