"""What a route says, of whichever kind and group: its parents, rules, backends, conditions and filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from meshgen.resources import Path, Resource

GROUP = "gateway.networking.k8s.io"
CORE = ("", "core")  # both are read as the core group, by those that read the second at all
KINDS = ("GRPCRoute", "HTTPRoute", "TLSRoute", "TCPRoute", "UDPRoute")  # the earlier wins a port

Written = tuple[Path, Mapping[str, Any]]  # an object inside a route, and where it stands


class Reference(NamedTuple):
    """A parent or a backend, with what it leaves out filled in."""

    path: Path
    group: str
    kind: str
    namespace: str
    name: str
    port: int | None

    @property
    def is_service(self) -> bool:
        """Tell a Kubernetes Service, as the lenient spell it."""
        return self.group in CORE and self.kind == "Service"

    @property
    def is_gateway(self) -> bool:
        """Tell a Gateway or a set of its listeners."""
        return self.group.startswith("gateway.networking.") and self.kind != "Service"


def parents(route: Resource) -> Iterator[Reference]:
    """List the parents of a route; where nothing is written it is a Gateway of the route's own group."""
    for index, parent in enumerate(route.spec.get("parentRefs", ())):
        path = ("spec", "parentRefs", index)
        yield _reference(path, parent, route, group=route.group, kind="Gateway")


def rules(route: Resource) -> Iterator[Written]:
    """List the rules of a route."""
    yield from within(("spec",), route.spec, "rules")


def backends(route: Resource) -> Iterator[Reference]:
    """List the backends of all rules of a route."""
    for at, rule in rules(route):
        yield from backends_of(route, at, rule)


def backends_of(route: Resource, at: Path, rule: Mapping[str, Any]) -> Iterator[Reference]:
    """List the backends of a rule; where nothing is written it is a Service of the route's namespace."""
    for path, backend in within(at, rule, "backendRefs"):
        yield backend_at(path, backend, route)


def backend_at(path: Path, ref: Mapping[str, Any], route: Resource) -> Reference:
    """Read a backend, whether of a rule or of a mirror."""
    return _reference(path, ref, route, group="", kind="Service")


def _reference(path: Path, ref: Mapping[str, Any], route: Resource, *, group: str, kind: str) -> Reference:
    return Reference(
        path=path,
        group=ref.get("group", group),
        kind=ref.get("kind", kind),
        namespace=ref.get("namespace", route.namespace),
        name=ref.get("name", ""),
        port=ref.get("port"),
    )


def within(at: Path, parent: Mapping[str, Any], key: str) -> Iterator[Written]:
    """List the objects of a list, each with its place."""
    for index, each in enumerate(parent.get(key, ())):
        yield (*at, key, index), each


def matches(route: Resource) -> Iterator[Written]:
    """List the alternatives of all rules of a route."""
    for at, rule in rules(route):
        yield from within(at, rule, "matches")


def filters(route: Resource) -> Iterator[Written]:
    """List the filters of all rules of a route, and of their backends."""
    for at, rule in rules(route):
        yield from within(at, rule, "filters")
        for path, backend in within(at, rule, "backendRefs"):
            yield from within(path, backend, "filters")


def regexes(match: Written) -> Iterator[tuple[Path, str]]:
    """List the regular expressions of an alternative."""
    at, conditions = match
    path, method = conditions.get("path", {}), conditions.get("method", {})
    if path.get("type") == "RegularExpression" and "value" in path:
        yield (*at, "path", "value"), path["value"]
    if isinstance(method, Mapping) and method.get("type") == "RegularExpression":
        yield from (((*at, "method", key), method[key]) for key in ("service", "method") if key in method)
    for key in ("headers", "queryParams"):
        for where, condition in within(at, conditions, key):
            if condition.get("type") == "RegularExpression":
                yield (*where, "value"), condition["value"]


def headers(filter_: Written) -> Iterator[tuple[Path, str, list[Written]]]:
    """List what a filter sets and adds: the place, `set` or `add`, and the headers."""
    at, body = filter_
    for key in ("requestHeaderModifier", "responseHeaderModifier"):
        modifier = body.get(key, {})
        for verb in ("set", "add"):
            yield (*at, key, verb), verb, list(within((*at, key), modifier, verb))
