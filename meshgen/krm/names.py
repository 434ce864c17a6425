"""Whether the services of intents still have their names among the final objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from meshgen.diagnostics import Code, Diagnostic, Severity, Span, near_miss
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import MeshIntent
from meshgen.krm.items import identity, text_at
from meshgen.manifest import MANAGED_BY
from meshgen.source import MapNode

RENAMED_SERVICE = Code(
    number="MG724",
    slug="renamed-service",
    meaning="An intent speaks of a Service that has another name, or is not there, among the final objects.",
)

_BEFORE = "internal.config.kubernetes.io/previous"  # kustomize api/internal/utils/annotations.go


def check_names(intents: Iterable[MeshIntent], items: Sequence[MapNode]) -> Iterator[Diagnostic]:
    """Compare the services that intents name with the Services of a stream; without any, with nothing.

    Reports MG724: an error where a Service was renamed or one has a name like it, else a warning.
    """
    services = {_key(item): item for item in items if _is_service(item)}
    if not services:
        return
    before = {key: now for now, item in services.items() for key in _previous(item)}
    for intent in intents:
        namespace = intent.metadata.namespace
        known = {ServiceKey(key.namespace or namespace, key.name) for key in services}
        for name, service in (intent.spec.services or {}).items():
            key = ServiceKey(namespace, name)
            if service.ports and key not in known:
                field = f"spec.services.{name}"
                yield _renamed(key, before, known, span=intent.span("spec", "services", name), field=field)


def _is_service(item: MapNode) -> bool:
    found = identity(item)
    is_ours = text_at(item, "metadata", "labels", MANAGED_BY) == "meshgen"
    return (found.group, found.kind) == ("", "Service") and not is_ours


def _key(item: MapNode) -> ServiceKey:
    found = identity(item)
    return ServiceKey(found.namespace, found.name)


def _previous(item: MapNode) -> Iterator[ServiceKey]:
    """List what a Service was called before kustomize renamed or moved it."""
    names = text_at(item, "metadata", "annotations", f"{_BEFORE}Names")
    namespaces = text_at(item, "metadata", "annotations", f"{_BEFORE}Namespaces")
    if names is not None and namespaces is not None:
        pairs = zip(names.split(","), namespaces.split(","), strict=False)
        yield from (ServiceKey(namespace, name) for name, namespace in pairs)


def _renamed(
    key: ServiceKey,
    before: Mapping[ServiceKey, ServiceKey],
    known: set[ServiceKey],
    *,
    span: Span | None,
    field: str,
) -> Diagnostic:
    now = before.get(key) or before.get(ServiceKey("default", key.name))
    near = _near(key.name, sorted(other.name for other in known if other.namespace == key.namespace))
    if now is not None:
        hint = f"write {_difference(key, now)} in the intent, or render before the names change"
        message = f"the Service {key} is {now} by now"
    else:
        hint = near or f"the Services are {', '.join(sorted(map(str, known)))}"
        message = f"there is no Service {key} among the objects"
    return Diagnostic(
        code=RENAMED_SERVICE,
        message=message,
        span=span,
        severity=Severity.ERROR if now is not None or near else Severity.WARNING,
        field=field,
        hint=hint,
    )


def _near(name: str, others: Sequence[str]) -> str:
    """Find the name that is meant: one with a prefix, however long, comes before one that looks alike."""
    prefixed = next((other for other in others if other.endswith(f"-{name}")), None)
    return near_miss(name, others) if prefixed is None else f"did you mean {prefixed!r}?"


def _difference(key: ServiceKey, now: ServiceKey) -> str:
    return now.name if now.name != key.name else f"namespace: {now.namespace}"
