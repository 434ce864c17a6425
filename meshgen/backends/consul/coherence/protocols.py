"""Protocols that do not go together: requests in tcp, chains of two protocols, gateways of another one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from meshgen.backends.consul.coherence.graph import (
    GROUP,
    HTTP_LIKE,
    Edge,
    Graph,
    Protocol,
    Service,
)
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code, Severity
from meshgen.resources import Complaint, Path, Resource

PROTOCOL = Code(
    number="MG496",
    slug="consul-protocol",
    meaning="Consul routes, splits and permits requests of http, http2 and grpc, and a chain speaks one.",
)

_CHAIN = "hashicorp/consul agent/consul/discoverychain/compile.go"
_STATE = "hashicorp/consul agent/consul/state/config_entry.go"


def complaints(graph: Graph) -> Iterator[Complaint]:
    """Complain of chains, intentions and gateways."""
    for service, router in graph.routers.items():
        yield from _requests(router, _spoken(graph, _routed(graph, service)))
    for service, splitter in graph.splitters.items():
        yield from _requests(splitter, _spoken(graph, _split(graph, service)))
    for service, resolver in graph.resolvers.items():
        yield from _one_protocol(graph, service, resolver)
    for intentions in graph.resources.of(GROUP, "ServiceIntentions"):
        yield from _permissions(graph, intentions)
    for gateway in graph.resources.of(GROUP, "IngressGateway"):
        yield from _listeners(graph, gateway)


class _Spoken(NamedTuple):
    """What a service speaks that an entry leads to."""

    service: Service
    path: Path  # in the entry
    protocol: Protocol


def _routed(graph: Graph, service: Service) -> Iterator[Edge]:
    """List the services behind a router: its own, where Consul sends the rest, and those of its routes."""
    own = Edge(service, "", ("spec", "routes"))
    yield own
    for edge in (own, *graph.routes(service)):
        yield from _split_further(graph, edge)


def _split(graph: Graph, service: Service) -> Iterator[Edge]:
    """List the services behind a splitter; a split to its own service goes to instances."""
    for edge in graph.splits(service):
        yield from (edge,) if edge.to == service else _split_further(graph, edge)


def _split_further(graph: Graph, edge: Edge) -> Iterator[Edge]:
    """Put what a splitter leads to in its place, one step deep."""
    if edge.subset or edge.to not in graph.splitters:
        yield edge
    else:
        yield from (Edge(split.to, split.subset, edge.path) for split in graph.splits(edge.to))


def _spoken(graph: Graph, edges: Iterable[Edge]) -> Iterator[_Spoken]:
    """Tell what each service speaks, once each and where it is known."""
    paths: dict[Service, Path] = {}
    for edge in edges:
        paths.setdefault(edge.to, edge.path)
    for service, path in paths.items():
        protocol = graph.protocol(service)
        if protocol is not None:
            yield _Spoken(service, path, protocol)


def _requests(entry: Resource, spoken: Iterator[_Spoken]) -> Iterator[Complaint]:
    """Ask all services behind a router or a splitter for requests, and for one protocol."""
    first: _Spoken | None = None
    for each in spoken:
        service, name = each.service, each.protocol.name
        if name not in HTTP_LIKE:
            verb = "routed" if entry.kind == "ServiceRouter" else "split"
            message = f"{str(service)!r} speaks {name}, whose requests cannot be {verb}"
            hint = f"write ServiceDefaults {service.name} with protocol: http, http2 or grpc"
            yield _against(entry, each, message, hint)
        elif first is None:
            first = each
        elif first.protocol.name != name:
            yield _two_protocols(entry, each, first)


def _against(entry: Resource, spoken: _Spoken, message: str, hint: str) -> Complaint:
    return Complaint(
        code=PROTOCOL,
        path=spoken.path,
        message=message,
        hint=hint,
        source=_CHAIN,
        of=entry,
        beside=(("what the service speaks", spoken.protocol.said_by, spoken.protocol.path),),
    )


def _two_protocols(entry: Resource, other: _Spoken, first: _Spoken) -> Complaint:
    here, there = other.protocol.name, first.protocol.name
    message = f"{str(other.service)!r} speaks {here}, and {str(first.service)!r} {there}"
    return _against(entry, other, message, "let all services of a chain speak one protocol")


def _one_protocol(graph: Graph, service: Service, resolver: Resource) -> Iterator[Complaint]:
    """Ask the services that a resolver leads to for the protocol of its own."""
    own, redirect = graph.protocol(service), graph.redirect(service)
    edges = (redirect,) if redirect is not None else tuple(graph.failovers(service))
    for edge in edges:
        other = graph.protocol(edge.to)
        if own is not None and other is not None and own.name != other.name:
            here = _Spoken(service, ("spec",), own)
            yield _two_protocols(resolver, _Spoken(edge.to, edge.path, other), here)


def _chain(graph: Graph, service: Service) -> Protocol | None:
    """Tell what callers of a service speak: what it is split to, or itself."""
    if service in graph.splitters and service not in graph.routers:
        return next((each.protocol for each in _spoken(graph, _split(graph, service))), None)
    return graph.protocol(service)


def _permissions(graph: Graph, intentions: Resource) -> Iterator[Complaint]:
    spec = Part.spec_of(intentions)
    service = graph.named(intentions, spec.part("destination"))
    protocol = None if service is None else _chain(graph, service)
    permitted = next((each for each in spec.parts("sources") if each.said(("permissions",))), None)
    if service is None or permitted is None or protocol is None or protocol.name in HTTP_LIKE:
        return
    yield Complaint(
        code=PROTOCOL,
        path=permitted.at("permissions"),
        message=f"{str(service)!r} speaks {protocol.name}, which has no requests to permit",
        hint=f"write ServiceDefaults {service.name} with protocol: http, http2 or grpc, or actions alone",
        source=_STATE,
        of=intentions,
        beside=(("what the service speaks", protocol.said_by, protocol.path),),
    )


def _listeners(graph: Graph, gateway: Resource) -> Iterator[Complaint]:
    for listener in Part.spec_of(gateway).parts("listeners"):
        listened = listener.text("protocol")
        for part in listener.parts("services"):
            service = graph.named(gateway, part)
            protocol = None if service is None else _chain(graph, service)
            if service is not None and protocol is not None and protocol.name != listened:
                yield Complaint(
                    code=PROTOCOL,
                    path=part.at("name"),
                    message=f"{str(service)!r} speaks {protocol.name}, and its listener {listened}",
                    hint=f"write protocol: {protocol.name} at the listener",
                    source=_STATE,
                    severity=_gravity(graph, service, listened),
                    of=gateway,
                    beside=(("what the service speaks", protocol.said_by, protocol.path),),
                )


def _gravity(graph: Graph, service: Service, listened: str) -> Severity:
    """A listener of tcp before requests that nobody routes is refused or kept by which is written last."""
    is_plain = service not in graph.routers and service not in graph.splitters
    return Severity.WARNING if listened == "tcp" and is_plain else Severity.ERROR
