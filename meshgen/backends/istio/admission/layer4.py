"""Routes of TLS and TCP: what they match, and where they go."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import destinations, gateways
from meshgen.backends.istio.admission.matches import MATCH, refused_source
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_wildcard_domain,
    no_subnets,
    quoted,
)
from meshgen.backends.istio.hosts import Hosts
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path

_RULE = Rule(MATCH, WEBHOOK)


def refused(spec: Body) -> Iterator[Complaint]:
    """Hold routes of TLS and TCP against clause 19."""
    known = Hosts(spec.get("hosts") or ())
    for path, route in each(spec, ("spec",), "tls"):
        if not route["match"]:
            yield _RULE.broken(
                (*path, "match"), "the route of TLS has no match", "write match: [{sniHosts: [...]}]"
            )
        for at, match in each(route, path, "match"):
            yield from _names(at, match, spec, known)
        yield from _route(path, route)
    for path, route in each(spec, ("spec",), "tcp"):
        yield from _route(path, route)


def _route(path: Path, route: Body) -> Iterator[Complaint]:
    if not route.get("route"):
        yield _RULE.broken(path, "the route leads nowhere", "write route: [{destination: {host: ...}}]")
    yield from destinations.refused(path, route)
    for at, match in each(route, path, "match"):
        yield from no_subnets(_RULE, at, match, "destinationSubnets")
        yield from refused_source(at, match)


def _names(path: Path, match: Body, spec: Body, known: Hosts) -> Iterator[Complaint]:
    if not match["sniHosts"]:
        yield _RULE.broken(
            (*path, "sniHosts"), "the match names no server", "write the names that clients ask for"
        )
    for at, name in each(match, path, "sniHosts"):
        is_cluster = gateways.binds_gateways_alone(spec) and name.startswith("outbound_.")
        if is_wildcard_domain(name) or is_cluster:
            yield from _beyond(at, name, known)
        elif is_ip(name):
            yield _RULE.doubtful(
                at,
                f"{quoted(name)} is an address, which clients do not ask for by name",
                "write destinationSubnets",
            )
        else:
            yield _RULE.broken(
                at, f"{quoted(name)} is not the name of a server", "write a domain such as www.example.com"
            )


def _beyond(path: Path, name: str, known: Hosts) -> Iterator[Complaint]:
    if known.covering(name) is None:
        yield _RULE.broken(
            path, f"{quoted(name)} is none of the hosts of the VirtualService", "add it to spec.hosts"
        )
