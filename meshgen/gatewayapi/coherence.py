"""What routes say of Services and of each other that other files contradict; absence is silence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import CORE, KINDS, Reference, Written, within
from meshgen.resources import Complaint, Path, Resource, Resources

_HTTP = "kubernetes-sigs/gateway-api apis/v1/httproute_types.go"
_MESH = "kubernetes-sigs/gateway-api geps/gep-1294/index.md"

MISSING_BACKEND = Code(
    number="MG426",
    slug="missing-backend",
    meaning="A route sends requests to a Service or a port that is not there, so its share of them fails.",
)
MISSING_PARENT = Code(
    number="MG427",
    slug="missing-parent",
    meaning="A route stands below a Service or a port that is not there or bears no routes: it does nothing.",
    severity=Severity.WARNING,
)
ROUTE_CONFLICT = Code(
    number="MG428",
    slug="route-conflict",
    meaning="Routes of two kinds stand below one port, of which only one kind is followed.",
    severity=Severity.WARNING,
)
ROUTE_TIE = Code(
    number="MG429",
    slug="route-tie",
    meaning="Two routes match the same requests alike, so that their age and names decide which is followed.",
    severity=Severity.WARNING,
)


def incoherent(every: Iterable[Resource], resources: Resources) -> Iterator[Complaint]:
    """Yield what is contradicted of some routes but their backends. Reports MG427 to MG429.

    A Service counts as absent where the files hold others of its namespace.
    """
    kept = tuple(every)
    for route in kept:
        yield from _parents(route, resources)
    yield from _conflicts(kept)
    yield from _ties(kept)


def without_backends(every: Iterable[Resource], resources: Resources) -> Iterator[Complaint]:
    """Yield the backends that routes miss: every implementation answers with 500. Reports MG426."""
    for route in every:
        yield from _backends(route, resources)


def _parents(route: Resource, resources: Resources) -> Iterator[Complaint]:
    for parent in routes.parents(route):
        if parent.is_service:
            why = _unfit(parent, resources)
            if why is not None:
                yield Complaint(
                    code=MISSING_PARENT,
                    path=parent.path,
                    message=f"{why}, so that nothing follows the route",
                    source=_MESH,
                    of=route,
                )


def _unfit(parent: Reference, resources: Resources) -> str | None:
    service = resources.find("", "Service", parent.namespace, parent.name)
    if service is None:
        is_known = parent.namespace in resources.service_namespaces
        return f"there is no Service {parent.name!r}" if is_known else None
    if service.spec.get("type") == "ExternalName" or service.spec.get("clusterIP") == "None":
        return f"Service {parent.name!r} has no address of its own"
    if parent.port is not None and parent.port not in _ports(service):
        return f"Service {parent.name!r} has no port {parent.port}"
    return None


def _ports(service: Resource) -> list[int]:
    return [port["port"] for port in service.spec.get("ports", ())]


def _backends(route: Resource, resources: Resources) -> Iterator[Complaint]:
    for at, rule in routes.rules(route):
        written = within(at, rule, "backendRefs")
        for backend, (path, body) in zip(routes.backends_of(route, at, rule), written, strict=True):
            if not backend.is_service:
                continue
            service = resources.find("", "Service", backend.namespace, backend.name)
            is_known = backend.namespace in resources.service_namespaces
            if service is None and is_known and body.get("weight", 1) > 0:
                yield _missing(
                    route, path, f"there is no Service {backend.name!r}, whose share is answered with 500"
                )
            elif service is not None and _lacks(service, backend.port):
                known = ", ".join(map(str, _ports(service))) or "none"
                yield _missing(
                    route,
                    (*path, "port"),
                    f"Service {backend.name!r} has no port {backend.port}",
                    f"its ports: {known}",
                )


def _lacks(service: Resource, port: int | None) -> bool:
    return service.spec.get("type") != "ExternalName" and port is not None and port not in _ports(service)


def _missing(route: Resource, path: Path, message: str, hint: str | None = None) -> Complaint:
    return Complaint(code=MISSING_BACKEND, path=path, message=message, hint=hint, source=_HTTP, of=route)


class _Below(NamedTuple):
    """A route below one of its parents."""

    route: Resource
    parent: Reference


def _below(every: Sequence[Resource]) -> Mapping[tuple[object, ...], list[_Below]]:
    """Sort routes by their parents; a Gateway is shared by many, and tells them apart by more than ports."""
    found: dict[tuple[object, ...], list[_Below]] = defaultdict(list)
    for route in every:
        for parent in routes.parents(route):
            if not parent.is_gateway:
                group = "" if parent.group in CORE else parent.group
                key = (group, parent.kind, parent.namespace, parent.name, parent.port)
                found[key].append(_Below(route, parent))
    return found


def _conflicts(every: Sequence[Resource]) -> Iterator[Complaint]:
    for below in _below(every).values():
        winner = min(below, key=lambda each: KINDS.index(each.route.kind))
        for route, parent in below:
            if route.kind != winner.route.kind:
                yield Complaint(
                    code=ROUTE_CONFLICT,
                    path=parent.path,
                    message=f"{winner.route} stands below the same port of {parent.kind} {parent.name!r},"
                    f" where no {route.kind} counts beside it",
                    hint="keep one kind for a port",
                    source=_MESH,
                    of=route,
                    beside=(("what wins", winner.route, winner.parent.path),),
                )


def _ties(every: Sequence[Resource]) -> Iterator[Complaint]:
    for below in _below(every).values():
        first: dict[tuple[object, ...], tuple[Resource, Path]] = {}
        for key, route, at in _keyed(below):
            other, path = first.setdefault(key, (route, at))
            if other is not route:
                yield Complaint(
                    code=ROUTE_TIE,
                    path=at,
                    message=f"{other} matches the same requests, and the older of the two is followed",
                    hint="match what only one of them should get, or join both in one route",
                    source=_HTTP,
                    of=route,
                    beside=(("the other one", other, path),),
                )


def _keyed(below: Iterable[_Below]) -> Iterator[tuple[tuple[object, ...], Resource, Path]]:
    """Yield every alternative of some routes, each with a key that those share that match alike."""
    for route, _ in below:
        hosts = tuple(sorted(route.spec.get("hostnames", ())))
        for match in routes.matches(route):
            yield (route.kind, route.namespace, hosts, *_alike(match)), route, match[0]


def _alike(match: Written) -> tuple[object, ...]:
    """Give what two alternatives have in common that match the same requests."""
    _, body = match
    path, method = body.get("path", {}), body.get("method")
    value, kind = path.get("value", "/"), path.get("type", "PathPrefix")
    return (
        kind,
        value.rstrip("/") if kind == "PathPrefix" else value,
        tuple(sorted(method.items())) if isinstance(method, dict) else method,
        _named(body, "headers", str.lower),
        _named(body, "queryParams", str),
    )


def _named(body: Mapping[str, Any], key: str, spelled: Any) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        sorted(
            (spelled(each["name"]), each.get("type", "Exact"), each["value"]) for each in body.get(key, ())
        )
    )
