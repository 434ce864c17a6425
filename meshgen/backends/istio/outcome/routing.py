"""Which route a client's proxy takes: the VirtualServices of a Service, compiled for a client and a port."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from meshgen.backends.istio.hosts import full
from meshgen.backends.istio.outcome.actions import Action, Forward, Origin, action, connection, plain
from meshgen.backends.istio.outcome.clusters import Clusters
from meshgen.backends.istio.outcome.matching import (
    ANYTHING,
    Client,
    HttpMatch,
    http_match,
    is_connection_for,
    is_for,
)
from meshgen.backends.istio.outcome.sharing import sharing
from meshgen.backends.istio.read.objects import MESH, NETWORKING, covers, eldest_first, rank
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.facets import Basis
from meshgen.intent.outcome.world import Port, Service
from meshgen.resources import Resource, Resources

SOURCE = "istio/istio pilot/pkg/networking/core/route/route.go"
_TLS = "istio/istio pilot/pkg/networking/core/tls.go"


class Route(NamedTuple):
    """Requests of one match and what is done with them."""

    match: HttpMatch
    action: Action
    basis: Basis
    name: str | None = None


class Routing:
    """VirtualServices by the hosts that they name."""

    def __init__(self, resources: Resources, clusters: Clusters) -> None:
        self._clusters = clusters
        self._exact: dict[str, list[Resource]] = defaultdict(list)
        self._wild: dict[str, list[Resource]] = defaultdict(list)
        for each in eldest_first(resources.of(NETWORKING, "VirtualService")):
            if MESH not in (each.spec.get("gateways") or (MESH,)):
                continue
            for written in dict.fromkeys(each.spec.get("hosts") or ()):
                host = full(written, each.namespace, clusters.domain)
                (self._wild if host.startswith("*") else self._exact)[host].append(each)

    def requests(self, service: Service, port: Port, client: Client) -> tuple[Route, ...]:
        """List the routes of requests to a port, in their order; the first VirtualService with any has it.

        istio/istio pilot/pkg/networking/core/route/route.go: sidecars join none, and one that names the host
        itself comes before any wildcard.
        """
        host = self._clusters.host(service.key)
        for virtual in _visible(self._candidates(host), client):
            found = tuple(self._routes(virtual, client, port))
            if found:
                return found
        cluster = self._clusters.cluster(client.namespace, host, "", port.number)
        usual = plain(cluster, port.protocol)
        return (Route(ANYTHING, usual, usual.basis),)

    def connections(self, service: Service, port: Port, client: Client) -> Forward:
        """Give the route of connections to a port.

        istio/istio pilot/pkg/networking/core/tls.go: ports of TLS do not read `tcp`, others not `tls`.
        """
        host = self._clusters.host(service.key)
        every = _visible(self._all(host), client)
        read = _tls if (port.declared or port.protocol) is Protocol.TLS else _tcp
        found = None if port.protocol.is_http else read(every, host, client, port.number)
        if found is not None:
            virtual, key, at = found
            if at is None:
                return Forward(
                    (), (), basis=Basis(name=str(virtual), of=virtual, path=("spec", key), source=_TLS)
                )
            origin = Origin(virtual, ("spec", key, at), client.namespace, port.number, port.protocol)
            return connection(virtual.spec[key][at], origin, self._clusters)
        return plain(self._clusters.cluster(client.namespace, host, "", port.number), Protocol.TCP)

    def conditions(self, service: Service) -> Conditions:
        """Say what decides about requests to a Service, for whatever client."""
        host = self._clusters.host(service.key)
        every = self._all(host)
        namespaces = {
            name for each in every for name in each.spec.get("exportTo") or () if name not in (".", "*")
        }
        namespaces |= {each.namespace for each in every if "." in (each.spec.get("exportTo") or ())}
        namespaces |= set(self._clusters.namespaces(host))
        found = [_told(entry) for each in every for entry in each.spec.get("http") or ()]
        return Conditions.of((Conditions(namespaces=frozenset(namespaces)), *found))

    def _candidates(self, host: str) -> Sequence[Resource]:
        return self._exact.get(host) or self._wild.get(covers(tuple(self._wild), host) or "") or ()

    def _all(self, host: str) -> Sequence[Resource]:
        wild = (each for name, every in self._wild.items() if covers((name,), host) for each in every)
        return tuple(dict.fromkeys((*self._exact.get(host, ()), *wild)))

    def _routes(self, virtual: Resource, client: Client, port: Port) -> Iterator[Route]:
        for at, body in enumerate(virtual.spec.get("http") or ()):
            if "delegate" in body:
                continue
            origin = Origin(virtual, ("spec", "http", at), client.namespace, port.number, port.protocol)
            for number, match in _matches(body):
                if is_for(match, client, port.number):
                    compiled = http_match(match)
                    keys = () if number is None else ("match", number)
                    does = action(body, origin, self._clusters, compiled.prefix)
                    yield Route(compiled, does, origin.basis(*keys, source=SOURCE), body.get("name"))


def _visible(every: Iterable[Resource], client: Client) -> list[Resource]:
    ranked = [(near, each) for each in every if (near := rank(each, client.namespace)) is not None]
    return [each for _, each in sorted(ranked, key=lambda pair: pair[0])]


def _matches(body: Any) -> Iterator[tuple[int | None, Any]]:
    if not body.get("match"):
        yield None, {}
    yield from ((number, match or {}) for number, match in enumerate(body.get("match") or ()))


def _told(body: Any) -> Conditions:
    found = [http_match(match).conditions for _, match in _matches(body)]
    sources = (match.get("sourceNamespace") for _, match in _matches(body))
    found.append(Conditions(namespaces=frozenset(each for each in sources if each)))
    if body.get("corsPolicy") is not None:
        found.append(sharing(body["corsPolicy"]).conditions)
    return Conditions.of(found)


_Found = tuple[Resource, str, int | None]


def _tcp(every: Iterable[Resource], _: str, client: Client, port: int) -> _Found | None:
    for virtual, at, body in _rules(every, "tcp"):
        matches = (match for _, match in _matches(body) if not match.get("destinationSubnets"))
        if any(is_connection_for(match, client, port) for match in matches):
            return virtual, "tcp", at
    return None


def _rules(every: Iterable[Resource], key: str) -> Iterator[tuple[Resource, int, Mapping[str, Any]]]:
    for virtual in every:
        for at, body in enumerate(virtual.spec.get(key) or ()):
            yield virtual, at, body


def _tls(every: Iterable[Resource], host: str, client: Client, port: int) -> _Found | None:
    """Callers name the Service that they want; of several names the nearest decides.

    Where there are matches and none has the name, no chain of filters is left for the connection.
    """
    named: dict[str, tuple[Resource, int]] = {}
    for virtual, at, body in _rules(every, "tls"):
        matches = (match for match in body.get("match") or () if is_connection_for(match, client, port))
        for name in (name for match in matches for name in match.get("sniHosts") or ()):
            named.setdefault(name, (virtual, at))
    if not named:
        return None
    best = covers(tuple(named), host)
    if best is None:
        return next(iter(named.values()))[0], "tls", None
    virtual, at = named[best]
    return virtual, "tls", at
