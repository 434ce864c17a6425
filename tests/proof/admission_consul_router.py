"""What Consul rejects in a ServiceRouter: consul.md 3.3, and 2.4 of its durations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .consul_terms import Complaint, duration, enterprise, matchers, methods, paths

_RETRY_CONDITIONS = frozenset(
    [
        *("5xx", "gateway-error", "reset", "connect-failure", "envoy-ratelimited", "retriable-4xx"),
        *("refused-stream", "cancelled", "deadline-exceeded", "internal", "resource-exhausted"),
        "unavailable",
    ]
)


def complaints(spec: Mapping[str, Any], _name: str) -> Iterator[Complaint]:
    """Yield the clauses that a ServiceRouter breaks by itself."""
    for index, route in enumerate(spec.get("routes", [])):
        where = f"spec.routes[{index}]"
        http = route.get("match", {}).get("http", {})
        yield from _match(f"{where}.match.http", http)
        if "destination" in route:
            yield from _destination(f"{where}.destination", route["destination"], http)


def _match(where: str, http: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from paths(1, where, http)
    header_kinds = ("present", "exact", "prefix", "suffix", "regex")
    yield from matchers(2, f"{where}.header", http.get("header", []), header_kinds)
    yield from matchers(2, f"{where}.queryParam", http.get("queryParam", []), ("present", "exact", "regex"))
    yield from methods(3, f"{where}.methods", http.get("methods", []))


def _destination(where: str, destination: Mapping[str, Any], http: Mapping[str, Any]) -> Iterator[Complaint]:
    if destination.get("prefixRewrite") and not (http.get("pathPrefix") or http.get("pathExact")):
        yield Complaint(4, f"{where}.prefixRewrite: without pathPrefix and pathExact")
    for condition in destination.get("retryOn", []):
        if condition not in _RETRY_CONDITIONS:
            yield Complaint(5, f"{where}.retryOn: {condition!r} is not a condition")
    yield from enterprise(6, where, destination, ("namespace", "partition"))
    for field in ("requestTimeout", "idleTimeout"):
        if field in destination:
            yield from duration("2.4", f"{where}.{field}", destination[field], may_be_negative=True)
