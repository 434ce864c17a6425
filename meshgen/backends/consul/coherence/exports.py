"""Services that peers get, and whose chain leads out of this datacenter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshgen.backends.consul.coherence.chains import CHAIN
from meshgen.backends.consul.coherence.graph import EVERY, GROUP, Edge, Graph, Service
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.resources import Complaint, Path, Resource

_SOURCE = "hashicorp/consul agent/consul/state/config_entry.go"
_DEFAULT = "default"  # the namespace of what names none


def complaints(graph: Graph) -> Iterator[Complaint]:
    """Complain of what stands in the chain of a service that a peer gets."""
    exported = _exported(graph)
    for service, owner in _reached(graph, exported).items():
        resolver = graph.resolvers.get(service)
        for path, what in () if resolver is None else _ways_out(Part.spec_of(resolver)):
            yield Complaint(
                code=CHAIN,
                path=path,
                message=f"{what} is in the chain of {str(owner)!r}, which a peer gets",
                hint="drop it, or export the service to no peer",
                source=_SOURCE,
                of=resolver,
                beside=(("the export", *exported[owner]),),
            )


def _exported(graph: Graph) -> Mapping[Service, tuple[Resource, Path]]:
    """List the services that peers get, each with the export that says so."""
    found: dict[Service, tuple[Resource, Path]] = {}
    entries = tuple(dict.fromkeys((*graph.routers, *graph.splitters, *graph.resolvers)))
    for exports, part in _exports(graph):
        for service in _meant(graph, part, entries):
            found.setdefault(service, (exports, part.path))
    return found


def _exports(graph: Graph) -> Iterator[tuple[Resource, Part]]:
    for exports in graph.resources.of(GROUP, "ExportedServices"):
        for part in Part.spec_of(exports).parts("services"):
            if any(consumer.text("peer") for consumer in part.parts("consumers")):
                yield exports, part


def _meant(graph: Graph, part: Part, entries: Iterable[Service]) -> Iterator[Service]:
    """Find the services that are exported by name, or as every one of a namespace that has entries."""
    written, is_apart = part.text("namespace"), is_mirrored(graph.profile)
    if written and not is_apart:
        return
    namespace = written or (_DEFAULT if is_apart else "")
    if part.text("name") == EVERY:
        yield from (service for service in entries if service.namespace == namespace)
    else:
        yield Service(namespace, part.text("name"))


def _reached(graph: Graph, exported: Mapping[Service, object]) -> Mapping[Service, Service]:
    """List every service in the chains of exported ones, each with one whose chain it is in."""
    owners = {service: service for service in exported}
    pending = list(owners)
    while pending:
        service = pending.pop()
        for edge in _ahead(graph, service):
            if edge.to not in owners:
                owners[edge.to] = owners[service]
                pending.append(edge.to)
    return owners


def _ahead(graph: Graph, service: Service) -> Iterator[Edge]:
    redirect = graph.redirect(service)
    yield from () if redirect is None else (redirect,)
    yield from graph.routes(service)
    yield from graph.splits(service)
    yield from graph.failovers(service)


def _ways_out(spec: Part) -> Iterator[tuple[Path, str]]:
    """List what leads to another datacenter, and redirects to a peer."""
    redirect = spec.part("redirect")
    for key in redirect.said(("datacenter", "peer")):
        yield redirect.at(key), f"a redirect to {key} {redirect.text(key)!r}"
    for _, failover in spec.members("failover"):
        for datacenter in failover.texts("datacenters"):
            yield failover.at("datacenters"), f"a failover to datacenter {datacenter!r}"
        for target in failover.parts("targets"):
            if target.text("datacenter"):
                yield target.at("datacenter"), f"a failover to datacenter {target.text('datacenter')!r}"
