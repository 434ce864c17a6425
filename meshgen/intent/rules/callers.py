"""Callers that rules name: services of the set, and callers of the profile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.intent.access import Caller, From
from meshgen.intent.model import MeshIntent, Service
from meshgen.intent.resolve import Callers
from meshgen.intent.resolved import ServiceKey

UNKNOWN_SERVICE = Code(
    number="MG204",
    slug="unknown-service",
    meaning="A rule names a service that is not in the set of intents.",
)
UNKNOWN_CALLER = Code(
    number="MG205", slug="unknown-caller", meaning="A rule names a caller that the profile does not know."
)


def check(intents: Iterable[MeshIntent], callers: Callers, findings: Findings) -> None:
    """Report MG204 and MG205."""
    intents = tuple(intents)
    known = {
        ServiceKey(intent.metadata.namespace, name): service
        for intent in intents
        for name, service in (intent.spec.services or {}).items()
    }
    for key, service in known.items():
        for entry in _entries(service):
            _check_service(entry, key.namespace, known, findings)
            _check_caller(entry, callers, findings)


def _entries(service: Service) -> Iterator[From | Caller]:
    for rule in () if service.authorization is None else service.authorization.rules:
        for entry in rule.from_:
            yield entry
            yield from entry.except_


def _check_service(
    entry: From | Caller, namespace: str, known: Mapping[ServiceKey, Service], findings: Findings
) -> None:
    if entry.service is None:
        return
    head, _, name = entry.service.rpartition("/")
    if ServiceKey(head or namespace, name) in known:
        return
    names = [key.name if key.namespace == namespace else str(key) for key in known]
    other = "for a caller whose intent lives elsewhere write serviceAccount: namespace/name"
    findings.add(
        UNKNOWN_SERVICE,
        f"a rule names the service {entry.service!r}, which is not in the set",
        span=entry.span("service"),
        hint=near_miss(entry.service, names) or other,
    )


def _check_caller(entry: From | Caller, callers: Callers, findings: Findings) -> None:
    if entry.caller is None or entry.caller in callers:
        return
    typed = f"--set 'callers.{entry.caller}=[{{serviceAccount: namespace/name}}]'"
    findings.add(
        UNKNOWN_CALLER,
        f"a rule names the caller {entry.caller!r}, which the profile does not know",
        span=entry.span("caller"),
        hint=near_miss(entry.caller, callers) or typed,
    )
