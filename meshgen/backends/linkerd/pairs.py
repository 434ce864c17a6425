"""Pairs of objects of which one undoes the other: profiles and routes, two Servers, two limits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import Reference
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource, Resources

_POLICY = "policy.linkerd.io"
_ADAPTOR = "linkerd/linkerd-smi pkg/adaptor/controller.go"
_DISCOVERY = "linkerd/linkerd2-proxy linkerd/app/outbound/src/discover.rs"
_SERVERS = "linkerd/linkerd2 policy-controller/k8s/index/src/inbound/index.rs"
_STATUS = "linkerd/linkerd2 policy-controller/k8s/status/src/index.rs"
_OUTBOUND = "linkerd/linkerd2 policy-controller/core/src/outbound.rs"

SHADOWED = Code(
    number="MG475",
    slug="linkerd-shadowed-route",
    meaning="A ServiceProfile, or a TrafficSplit that becomes one, switches off every route of its Service.",
    severity=Severity.WARNING,
)
OVERLAP = Code(
    number="MG476",
    slug="linkerd-overlap",
    meaning="Two objects of Linkerd claim the same thing, and only one of them gets it.",
    severity=Severity.WARNING,
)
UNFIT = Code(
    number="MG477",
    slug="linkerd-unfit-protocol",
    meaning="A route or a rate limit stands on a port whose protocol has no such thing.",
    severity=Severity.WARNING,
)


def shadows(every: Iterable[Resource], resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Yield the routes that a ServiceProfile or a TrafficSplit switches off. Reports MG475."""
    shadowing = {
        **dict(_splits(resources)),
        **dict(_profiles(resources, profile)),
    }
    for route in every:
        for parent in routes.parents(route):
            by = shadowing.get((parent.namespace, parent.name)) if parent.is_service else None
            if by is not None:
                yield Complaint(
                    code=SHADOWED,
                    path=parent.path,
                    message=f"{by} switches off every route of Service {parent.name!r}",
                    hint=f"keep either the routes or the {by.kind}",
                    source=_DISCOVERY if by.kind == "ServiceProfile" else _ADAPTOR,
                    of=route,
                    beside=(("what switches it off", by, ("spec",)),),
                )


def _profiles(resources: Resources, profile: Profile) -> Iterator[tuple[tuple[str, str], Resource]]:
    """Yield what profiles with routes or weights are about; those without change no routing."""
    for each in resources.of("linkerd.io", "ServiceProfile"):
        host = each.name.removesuffix(f".svc.{profile.cluster_domain}")
        name, _, namespace = host.partition(".")
        weights = [override.get("weight", 0) for override in each.spec.get("dstOverrides", ())]
        if each.spec.get("routes") or any(str(weight) not in ("0", "0m") for weight in weights):
            yield (namespace, name), each


def _splits(resources: Resources) -> Iterator[tuple[tuple[str, str], Resource]]:
    for split in resources.of("split.smi-spec.io", "TrafficSplit"):
        yield (split.namespace, split.spec.get("service", "")), split


def overlaps(resources: Resources) -> Iterator[Complaint]:
    """Yield what two objects claim. Reports MG476."""
    yield from _servers(resources)
    yield from _twice(
        (
            ((limit.namespace, limit.spec["targetRef"]["name"]), limit, ("spec", "targetRef", "name"))
            for limit in resources.of(_POLICY, "HTTPLocalRateLimitPolicy")
        ),
        "limits the same Server, and the older of the two alone is enforced",
        _STATUS,
    )
    yield from _twice(
        ((key, split, ("spec", "service")) for key, split in _splits(resources)),
        "splits the same Service, and each overwrites the other",
        _ADAPTOR,
    )


def _servers(resources: Resources) -> Iterator[Complaint]:
    by_port: dict[tuple[str, ...], dict[str, Resource]] = defaultdict(dict)
    for server in resources.of(_POLICY, "Server"):
        kind, selector = _selector(server)
        chosen = by_port[server.namespace, kind, repr(server.spec["port"])]
        everything = next(iter(chosen.values()), None) if selector == "{}" else chosen.get("{}")
        other = chosen.get(selector, everything)
        if other is not None:
            yield _claimed(
                server,
                ("spec", "port"),
                other,
                "guards the same port of the same pods, and the older of the two alone does",
                _SERVERS,
            )
        chosen.setdefault(selector, server)


def _selector(server: Resource) -> tuple[str, str]:
    """Give the kind and the canonical text of a selector; `{}` is everything."""
    kind = "podSelector" if "podSelector" in server.spec else "externalWorkloadSelector"
    written: dict[str, Any] = {key: value for key, value in server.spec.get(kind, {}).items() if value}
    return kind, json.dumps(written, sort_keys=True)


def _twice(
    claims: Iterable[tuple[tuple[str, str], Resource, Path]], why: str, source: str
) -> Iterator[Complaint]:
    first: dict[tuple[str, str], Resource] = {}
    for key, resource, path in claims:
        other = first.setdefault(key, resource)
        if other is not resource:
            yield _claimed(resource, path, other, why, source)


def _claimed(resource: Resource, path: Path, other: Resource, why: str, source: str) -> Complaint:
    return Complaint(
        code=OVERLAP,
        path=path,
        message=f"{other} {why}",
        hint="keep one of the two",
        source=source,
        of=resource,
        beside=(("the other one", other, path),),
    )


def unfit(every: Iterable[Resource], resources: Resources) -> Iterator[Complaint]:
    """Yield the routes and limits of ports whose protocol has none. Reports MG477."""
    for route in every:
        for parent in routes.parents(route):
            if (parent.group, parent.kind) == (_POLICY, "Server"):
                yield from _of_server(route, parent, resources)
            elif parent.is_service:
                yield from _of_service(route, parent, resources)
    for limit in resources.of(_POLICY, "HTTPLocalRateLimitPolicy"):
        server = resources.find(_POLICY, "Server", limit.namespace, limit.spec["targetRef"]["name"])
        protocol = None if server is None else server.spec.get("proxyProtocol")
        if server is not None and protocol in ("gRPC", "opaque", "TLS"):
            yield _unfit(limit, ("spec", "targetRef"), f"nothing is limited by protocol {protocol}", server)


def _of_server(route: Resource, parent: Reference, resources: Resources) -> Iterator[Complaint]:
    server = resources.find(_POLICY, "Server", parent.namespace, parent.name)
    if server is None:
        return
    protocol = server.spec.get("proxyProtocol", "unknown")
    followed = {"gRPC": "GRPCRoute", "opaque": "", "TLS": ""}.get(protocol, "HTTPRoute")
    if route.kind != followed:
        yield _unfit(route, parent.path, f"no {route.kind} is followed by protocol {protocol}", server)


def _of_service(route: Resource, parent: Reference, resources: Resources) -> Iterator[Complaint]:
    service = resources.find("", "Service", parent.namespace, parent.name)
    if service is None or route.kind not in ("HTTPRoute", "GRPCRoute"):
        return
    for port in service.spec.get("ports", ()):
        protocol = port.get("appProtocol")
        is_followed = protocol in (None, "kubernetes.io/h2c") or (protocol, route.kind) == (
            "http",
            "HTTPRoute",
        )
        if parent.port in (None, port["port"]) and not is_followed:
            yield _unfit(
                route, parent.path, f"no {route.kind} is followed by appProtocol {protocol!r}", service
            )


def _unfit(resource: Resource, path: Path, why: str, other: Resource) -> Complaint:
    where: Path = ("spec", "ports") if other.kind == "Service" else ("spec",)
    return Complaint(
        code=UNFIT,
        path=path,
        message=f"{why}, which {other} has",
        hint="leave appProtocol out, or write http or kubernetes.io/h2c"
        if other.kind == "Service"
        else "change the Server's proxyProtocol",
        source=_OUTBOUND if other.kind == "Service" else _SERVERS,
        of=resource,
        beside=(("where the protocol is", other, where),),
    )
