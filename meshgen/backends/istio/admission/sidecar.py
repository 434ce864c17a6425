"""A Sidecar: which listeners a proxy opens, and whom it may call."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.istio.admission import destinations, egress, pools, selectors
from meshgen.backends.istio.admission.ports import is_http, is_socket, is_tls, refused_port
from meshgen.backends.istio.admission.server_tls import refused_tls
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_fqdn,
    no_number,
    quoted,
)
from meshgen.diagnostics import Code
from meshgen.grammar import is_ip, is_port
from meshgen.resources import Complaint, Path, Resource

SIDECAR = Code(
    number="MG454",
    slug="istio-sidecar",
    meaning="A Sidecar opens a listener that none can use, or lists hosts that are none.",
)
_RULE = Rule(SIDECAR, WEBHOOK)
_SPEC: Path = ("spec",)
_PARTS = ("egress", "ingress", "outboundTrafficPolicy", "inboundConnectionPool")
_ENDPOINT = re.compile(r"(127\.0\.0\.1|0\.0\.0\.0|\[::1\]|\[::\])?:([0-9]{1,6})")
_NOT_INBOUND = ("subjectAltNames", "httpsRedirect", "credentialName", "credentialNames", "tlsCertificates")


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a Sidecar against its clauses."""
    spec = resource.spec
    yield from selectors.refused_workloads(spec)
    if not any(spec.get(part) if part in _PARTS[:2] else part in spec for part in _PARTS):
        yield _RULE.broken(("spec",), "the Sidecar says nothing", f"write one of {', '.join(_PARTS)}")
    numbers: set[int] = set()
    for path, listener in each(spec, _SPEC, "ingress"):
        yield from _port(path, listener["port"], numbers)
        yield from _listener(path, listener)
        numbers.add(listener["port"].get("number", 0))
    yield from pools.refused(_SPEC, spec, "inboundConnectionPool")
    yield from egress.refused(_RULE, resource)
    yield from _outbound(spec)


def _port(path: Path, port: Body, taken: set[int]) -> Iterator[Complaint]:
    at, number = (*path, "port"), port.get("number")
    yield from no_number(_RULE, (*at, "number"), number)
    if number is not None and number in taken:
        yield _RULE.broken((*at, "number"), f"another listener has the port {number}", "write another number")
    yield from refused_port(_RULE, at, port)


def _listener(path: Path, listener: Body) -> Iterator[Complaint]:
    protocol = listener["port"].get("protocol", "")
    if listener.get("bind") and not is_ip(listener["bind"]):
        yield _RULE.broken(
            (*path, "bind"), f"{quoted(listener['bind'])} is not an address", "write 127.0.0.1"
        )
    if listener.get("defaultEndpoint"):
        yield from _endpoint((*path, "defaultEndpoint"), listener["defaultEndpoint"])
    if "tls" in listener:
        yield from _tls((*path, "tls"), listener["tls"], protocol)
    yield from pools.refused(path, listener, "connectionPool")
    if "http" in listener.get("connectionPool", {}) and not is_http(protocol):
        yield _RULE.doubtful(
            (*path, "connectionPool", "http"),
            f"the protocol {quoted(protocol)} is not HTTP, so only tcp acts",
            "write tcp alone",
        )


def _endpoint(path: Path, endpoint: str) -> Iterator[Complaint]:
    found = _ENDPOINT.fullmatch(endpoint)
    if not is_socket(endpoint) and (found is None or not is_port(int(found[2]))):
        yield _RULE.broken(
            path, f"{quoted(endpoint)} is not an endpoint", "write 127.0.0.1:8080 or unix:///path"
        )


def _tls(path: Path, tls: Body, protocol: str) -> Iterator[Complaint]:
    for key in (key for key in _NOT_INBOUND if tls.get(key)):
        yield _RULE.broken(
            (*path, key), f"no ingress listener has {key}", "write serverCertificate and privateKey"
        )
    if tls.get("mode") in ("ISTIO_MUTUAL", "AUTO_PASSTHROUGH"):
        yield _RULE.broken(
            (*path, "mode"), f"no ingress listener has mode {tls['mode']}", "write SIMPLE or MUTUAL"
        )
    yield from refused_tls(_RULE, path, tls)
    if not is_tls(protocol):
        yield _RULE.broken(
            path, f"tls stands beside the protocol {quoted(protocol)}", "write protocol: HTTPS or TLS"
        )


def _outbound(spec: Body) -> Iterator[Complaint]:
    policy, path = spec.get("outboundTrafficPolicy", {}), (*_SPEC, "outboundTrafficPolicy", "egressProxy")
    if "egressProxy" not in policy:
        return
    proxy = policy["egressProxy"]
    if policy.get("mode", "REGISTRY_ONLY") != "ALLOW_ANY":
        yield _RULE.broken(
            path, "egressProxy is asked for where unknown hosts are refused", "write mode: ALLOW_ANY"
        )
        return
    if "port" not in proxy:
        yield _RULE.broken(path, "the proxy has no port", "write port: {number: 8080}")
    if not is_fqdn(proxy["host"]):
        yield _RULE.broken(
            (*path, "host"), f"{quoted(proxy['host'])} is not a domain", "write the full name of a Service"
        )
    elif "port" in proxy:
        yield from destinations.refused_one(path, proxy)
