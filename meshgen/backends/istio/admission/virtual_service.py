"""A VirtualService: its hosts, and which topics its routes are held against."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.istio.admission import exports, gateways, http_route, layer4, reachability
from meshgen.backends.istio.admission.http_route import ACTION
from meshgen.backends.istio.admission.matches import no_claims
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_wildcard_domain,
    quoted,
)
from meshgen.backends.istio.hosts import Hosts
from meshgen.diagnostics import Code
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path, Resource

HOST = Code(
    number="MG430",
    slug="istio-host",
    meaning="A host of a VirtualService is none, or its routes would have no host that they are for.",
)
_RULE = Rule(HOST, WEBHOOK)
_SPEC: Path = ("spec",)
# istio/istio pkg/config/validation/agent/validation.go: names that gateways give to clusters
_CLUSTER = re.compile(r"outbound_.[0-8].*", re.DOTALL)


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a VirtualService against clauses 1 to 21."""
    spec = resource.spec
    yield from _delegate(spec)
    yield from gateways.refused(_SPEC, spec)
    yield from _hosts(spec)
    if not gateways.binds_gateways_alone(spec):
        yield from no_claims(spec)
    if not any(spec.get(protocol) for protocol in ("http", "tls", "tcp")):
        yield Rule(ACTION, WEBHOOK).broken(
            _SPEC, "none of http, tls and tcp is written", "write at least one route"
        )
    for path, route in each(spec, _SPEC, "http"):
        yield from http_route.refused(path, route, is_delegate=not spec.get("hosts"))
    yield from layer4.refused(spec)
    yield from exports.refused(resource)
    yield from reachability.refused(spec)


def _delegate(spec: Body) -> Iterator[Complaint]:
    if spec.get("hosts"):
        return
    for key in ("gateways", "tls", "tcp"):
        if spec.get(key):
            yield _RULE.broken(
                (*_SPEC, key),
                f"{key} are written beside no hosts, which make this a delegate of another VirtualService",
                "write hosts, or routes of http alone",
            )


def _hosts(spec: Body) -> Iterator[Complaint]:
    is_of_gateways = gateways.binds_gateways_alone(spec)
    wrong = [
        (path, host)
        for path, host in each(spec, _SPEC, "hosts")
        if not (_is_of_gateway(host, spec) if is_of_gateways else _is_of_mesh(host))
    ]
    for path, host in wrong:
        if host == "*":
            yield _RULE.broken(
                path, "'*' is not a host for sidecars", "name the hosts, or gateways without mesh"
            )
        else:
            yield _RULE.broken(path, f"{quoted(host)} is not a host", "write the full name of a Service")
    if not wrong:
        yield from _twice(spec)


def _is_of_mesh(host: str) -> bool:
    return host != "*" and (is_wildcard_domain(host) or is_ip(host))


def _is_of_gateway(host: str, spec: Body) -> bool:
    has_names = any(
        match.get("sniHosts") for route in spec.get("tls") or () for match in route.get("match") or ()
    )
    if has_names and host.startswith("outbound_."):
        return _CLUSTER.fullmatch(host) is not None
    return is_wildcard_domain(host) or is_ip(host)


def _twice(spec: Body) -> Iterator[Complaint]:
    listed = spec.get("hosts") or ()
    known, seen = Hosts(listed), set[str]()
    for path, host in each(spec, _SPEC, "hosts"):
        wider = next(known.wildcards(host), None)
        if host in seen:
            yield _RULE.broken(path, f"{quoted(host)} stands in the list twice", "keep one of them")
        elif wider is not None:
            yield _RULE.broken(
                path, f"{quoted(wider)} covers {quoted(host)} in the same list", "keep one of them"
            )
        seen.add(host)
