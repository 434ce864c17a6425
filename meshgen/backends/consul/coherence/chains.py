"""Chains that lead nowhere or in a circle: subsets that are not there, redirects and splits to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from meshgen.backends.consul.coherence.graph import Edge, Graph, Service
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code, near_miss
from meshgen.resources import Complaint, Resource

CHAIN = Code(
    number="MG497",
    slug="consul-chain",
    meaning="Consul follows routers, splitters and resolvers, and refuses entries that lead to no instances.",
)

_SOURCE = "hashicorp/consul agent/consul/discoverychain/compile.go"


def complaints(graph: Graph) -> Iterator[Complaint]:
    """Complain of subsets, circles and services outside the mesh."""
    for service, router in graph.routers.items():
        yield from _subsets(graph, router, graph.routes(service))
    for service, splitter in graph.splitters.items():
        yield from _subsets(graph, splitter, graph.splits(service))
    for service, resolver in graph.resolvers.items():
        redirect = graph.redirect(service)
        edges = (redirect,) if redirect is not None else graph.failovers(service)
        yield from _subsets(graph, resolver, (edge for edge in edges if edge.to != service))
        yield from _external(graph, service, resolver)
    yield from _circles(graph.resolvers, lambda service: _redirects(graph, service), "redirects")
    yield from _circles(graph.splitters, lambda service: _split_on(graph, service), "splits")


def _subsets(graph: Graph, entry: Resource, edges: Iterable[Edge]) -> Iterator[Complaint]:
    """Ask for the subsets that an entry names, where the resolver that would hold them is there."""
    for edge in edges:
        resolver = graph.resolvers.get(edge.to)
        if not edge.subset or resolver is None:
            continue
        spec = Part.spec_of(resolver)
        known = spec.part("subsets").fields
        if spec.part("redirect").text("service") in ("", edge.to.name) and edge.subset not in known:
            yield Complaint(
                code=CHAIN,
                path=(*edge.path, "serviceSubset"),
                message=f"{str(edge.to)!r} has no subset {edge.subset!r}",
                hint=near_miss(edge.subset, known) or "write it in the ServiceResolver",
                source=_SOURCE,
                of=entry,
                beside=(("its subsets", resolver, ("spec", "subsets") if spec.has("subsets") else ()),),
            )


def _external(graph: Graph, service: Service, resolver: Resource) -> Iterator[Complaint]:
    """Refuse subsets and failover of a service outside the mesh, and a redirect that stays with it."""
    defaults = graph.defaults.get(service)
    if defaults is None or not Part.spec_of(defaults).text("externalSNI"):
        return
    spec = Part.spec_of(resolver)
    stays = spec.has("redirect") and spec.part("redirect").text("service") in ("", service.name)
    for key in (*spec.said(("subsets", "failover")), *(("redirect",) if stays else ())):
        yield Complaint(
            code=CHAIN,
            path=spec.at(key),
            message=f"{str(service)!r} is outside the mesh, where Consul has no {key}",
            hint="drop it, or externalSNI",
            source=_SOURCE,
            of=resolver,
            beside=(("what puts it outside", defaults, ("spec", "externalSNI")),),
        )


def _redirects(graph: Graph, service: Service) -> Iterator[Edge]:
    redirect = graph.redirect(service)
    if redirect is not None and redirect.to != service and redirect.to in graph.resolvers:
        yield redirect


def _split_on(graph: Graph, service: Service) -> Iterator[Edge]:
    """List the splits that go on to another splitter."""
    for edge in graph.splits(service):
        if edge.to != service and not edge.subset and edge.to in graph.splitters:
            yield edge


def _circles(
    entries: Mapping[Service, Resource], ahead: Callable[[Service], Iterator[Edge]], what: str
) -> Iterator[Complaint]:
    """Complain of the step that closes a circle, once below each start; each entry is entered once."""
    done: set[Service] = set()
    for start in entries:
        if start not in done:
            circle = _first_circle(start, ahead, done)
            if circle is not None:
                yield _circle(entries, *circle, what)


def _first_circle(
    start: Service, ahead: Callable[[Service], Iterator[Edge]], done: set[Service]
) -> tuple[list[Service], Edge] | None:
    """Find the members of a circle and the step that closes it, and note who has been entered."""
    way, found = {start: ahead(start)}, None
    while way:
        service = next(reversed(way))
        edge = next(way[service], None)
        if edge is None:
            way.pop(service)
        elif edge.to in way:
            members = [*way]
            found = found or (members[members.index(edge.to) :], edge)
        elif edge.to not in done:
            way[edge.to] = ahead(edge.to)
        done.add(service)
    return found


def _circle(
    entries: Mapping[Service, Resource], members: list[Service], closing: Edge, what: str
) -> Complaint:
    way = " -> ".join(map(str, (*members, closing.to)))
    return Complaint(
        code=CHAIN,
        path=closing.path,
        message=f"{what} lead in a circle: {way}",
        hint="let one of them lead elsewhere",
        source=_SOURCE,
        of=entries[members[-1]],
        beside=(("where the circle begins", entries[members[0]], ()),),
    )
