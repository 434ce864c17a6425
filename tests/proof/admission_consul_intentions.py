"""What Consul rejects in ServiceIntentions: consul.md 3.4, but for tokens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from .consul_terms import PATHS, Complaint, enterprise, matchers, methods, paths, unjudged

_ACTIONS = ("allow", "deny")
_COMPARISONS = ("present", "exact", "prefix", "suffix", "contains", "regex")


def complaints(spec: Mapping[str, Any], _name: str) -> Iterator[Complaint]:
    """Yield the clauses that ServiceIntentions break by themselves."""
    yield from unjudged(spec, ("destination", "sources"), "spec")
    destination = spec.get("destination", {})
    if not _is_name(destination.get("name", "")):
        yield Complaint(9, f"spec.destination.name: {destination.get('name', '')!r} is not a name")
    yield from enterprise(8, "spec.destination", destination, ("namespace",))
    sources = spec.get("sources", [])
    if not sources:
        yield Complaint(1, "spec.sources: empty")
    for index, source in enumerate(sources):
        where = f"spec.sources[{index}]"
        yield from _source(where, source)
        if source.get("permissions") and destination.get("name") == "*":
            yield Complaint(10, f"{where}.permissions: of destination '*'")
    names = Counter(source.get("name", "") for source in sources)
    for name in sorted(name for name, times in names.items() if times > 1):
        yield Complaint(11, f"spec.sources: {name!r} stands twice")


def _is_name(name: str) -> bool:
    return name == "*" or (name != "" and "*" not in name)


def _source(where: str, source: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(source, _SOURCE_FIELDS, where)
    if not source.get("name"):
        yield Complaint(1, f"{where}: no name")
    elif not _is_name(source["name"]):
        yield Complaint(9, f"{where}.name: {source['name']!r} is not a name")
    if bool(source.get("action")) == bool(source.get("permissions")):
        yield Complaint(2, f"{where}: not exactly one of action and permissions")
    yield from _action(where, source, required=False)
    for index, permission in enumerate(source.get("permissions", [])):
        yield from _permission(f"{where}.permissions[{index}]", permission)
    yield from enterprise(6, where, source, ("partition", "samenessGroup"))
    yield from enterprise(8, where, source, ("namespace",))
    if len(source.get("description", "")) > 512:
        yield Complaint(7, f"{where}.description: over 512 characters")


_SOURCE_FIELDS = ("name", "namespace", "partition", "samenessGroup", "action", "permissions", "description")


def _action(where: str, bearer: Mapping[str, Any], *, required: bool) -> Iterator[Complaint]:
    action = bearer.get("action", "")
    if action not in _ACTIONS and (required or action):
        yield Complaint(2, f"{where}.action: {action!r} is neither allow nor deny")


def _permission(where: str, permission: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(permission, ("action", "http"), where)
    yield from _action(where, permission, required=True)
    http = permission.get("http", {})
    if not any(http.get(field) for field in (*PATHS, "header", "methods")):
        yield Complaint(3, f"{where}.http: empty")
    yield from paths(4, f"{where}.http", http)
    yield from methods(4, f"{where}.http.methods", http.get("methods", []))
    yield from matchers(5, f"{where}.http.header", http.get("header", []), _COMPARISONS)
    for index, header in enumerate(http.get("header", [])):
        if header.get("ignoreCase") and (header.get("present") or header.get("regex")):
            yield Complaint(5, f"{where}.http.header[{index}].ignoreCase: beside present or regex")
