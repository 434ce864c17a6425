"""What Linkerd rejects or ignores of routes for calls and connections: linkerd.md 3.4, 3.8, 5 and 8."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import admission_linkerd_route as route


def grpc(obj: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a GRPCRoute; what takes its Service down counts most."""
    yield from route.parents_of(obj)
    yield from route.annotations_of(obj, family="grpc")
    for index, rule in enumerate(obj["spec"].get("rules", [])):
        where = f"spec.rules[{index}]"
        for match in rule.get("matches", []):
            yield from _match(f"{where}.matches", match)
        for used in rule.get("filters", []):
            if used["type"] != "RequestHeaderModifier":
                yield f"{where}.filters: {used['type']} makes the policy of the whole Service invalid"
        yield from route.backends_of(where, rule)


def _match(where: str, match: Mapping[str, Any]) -> Iterator[str]:
    method = match.get("method")
    if method is None:
        yield f"{where}: no method, which makes the policy of the whole Service invalid"
    elif method.get("type", "Exact") != "Exact":
        yield f"{where}.method: {method['type']} is not read"
    yield from route.headers_of(where, match)


def tcp(obj: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a TCPRoute."""
    yield from route.parents_of(obj)
    rules = obj["spec"].get("rules", [])
    if len(rules) != 1:
        yield f"spec.rules: {len(rules)}, and not one"
    for index, rule in enumerate(rules):
        yield from route.backends_of(f"spec.rules[{index}]", rule)
