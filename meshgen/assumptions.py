"""Selectors that were assumed and stand in an object now: a guess that a reader of the intent cannot see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.intent.rules.subjects import listed
from meshgen.manifest import Plan

WRITTEN_ASSUMPTION = Code(
    number="MG311",
    slug="written-assumption",
    meaning="A selector is neither written nor shown, and the manifests carry the one that was assumed.",
    severity=Severity.WARNING,
)

_Selector = tuple[str, frozenset[tuple[str, str]]]  # a namespace, and the labels of pods in it


def assumed(resolved: ResolvedSet, plans: Iterable[Plan]) -> Iterator[Diagnostic]:
    """Report MG311, once for the services of a document.

    What decides about access was refused before, and an account is written where a rule names it alone.
    """
    guessed = [service for service in resolved.services.values() if _is_guessed(service)]
    if not guessed:
        return
    written = _written(plans)
    by_intent: dict[int, list[ResolvedService]] = {}
    for service in guessed:
        if not written.isdisjoint(_selectors(service)):
            by_intent.setdefault(id(service.intent), []).append(service)
    for services in by_intent.values():
        yield _told(services, services[0].intent)


def _is_guessed(service: ResolvedService) -> bool:
    written = service.written
    is_named = written.selector is not None or service.intent.spec.selector_label is not None
    return not is_named and written.pods_of is None


def _selectors(service: ResolvedService) -> Iterator[_Selector]:
    """List what was assumed: the service's selector, and those of versions that build on it."""
    versions = (version.selector for version in service.versions.values() if not version.has_own_selector)
    for selector in (service.selector, *versions):
        yield service.key.namespace, frozenset(selector.items())


def _written(plans: Iterable[Plan]) -> set[_Selector]:
    """List the selectors by which objects pick pods."""
    selectors = ((plan.meta.namespace, getattr(plan, "selector", None)) for plan in plans)
    return {
        (namespace, frozenset(dict(selector).items()))
        for namespace, selector in selectors
        if selector is not None
    }


def _told(services: list[ResolvedService], intent: MeshIntent) -> Diagnostic:
    names = listed(str(service.key) for service in services)
    return Diagnostic(
        code=WRITTEN_ASSUMPTION,
        message=f"the selector of {names} is neither written nor shown, and objects carry an assumed one",
        span=services[0].written.span() if len(services) == 1 else intent.spec.span(),
        severity=WRITTEN_ASSUMPTION.severity,
        field="spec.selectorLabel",
        hint="add selectorLabel: app below spec, if their pods carry app: <name>",
    )
