"""What hangs on several services at once: names that Consul would take for one, and who has to have one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.backends.consul.profiles import is_mirrored
from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.fidelity import REQUIREMENT
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile


def limits(resolved: ResolvedSet, profile: Profile) -> Iterable[Diagnostic]:
    """Report names that clash or are too long (MG301), and what Consul's flat naming needs (MG303)."""
    return tuple(_requirements(resolved, profile))


def _requirements(resolved: ResolvedSet, profile: Profile) -> Iterator[Diagnostic]:
    first = next(iter(resolved.services.values()), None)
    if first is not None and not is_mirrored(profile):
        yield from _required(
            "service-names-unique",
            "no Service of another namespace has the name of one in the set: Consul would take both for one",
            profile,
            span=first.intent.metadata.span("namespace"),
        )
    for service in resolved.services.values():
        if service.is_caller_only:
            yield from _required(
                "service-for-caller",
                f"a Service named {service.key.name} picks the pods that it names: it is their identity",
                profile,
                span=service.intent.spec.span("services", service.key.name),
            )


def _required(id: str, what: str, profile: Profile, *, span: Span | None) -> Iterator[Diagnostic]:
    if id not in profile.holds:
        yield Diagnostic(
            code=REQUIREMENT,
            message=f"{id}: {what}",
            span=span,
            severity=Severity.NOTE,
            mesh=profile.name,
            hint=f"where it holds, say so with --set holds={id} or in the profile",
        )
