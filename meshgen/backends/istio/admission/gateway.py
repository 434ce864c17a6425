"""A Gateway: its servers, their hosts and ports, and the certificates that their modes of TLS ask for."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.gateways import GATEWAY
from meshgen.backends.istio.admission.ports import SOCKET, is_http, is_known, is_socket, is_tls
from meshgen.backends.istio.admission.server_tls import refused_tls
from meshgen.backends.istio.admission.terms import (
    WEBHOOK,
    Body,
    Rule,
    each,
    is_label,
    is_wildcard_domain,
    no_number,
    quoted,
)
from meshgen.grammar import is_ip
from meshgen.resources import Complaint, Path, Resource

_RULE = Rule(GATEWAY, WEBHOOK)
_SPEC: Path = ("spec",)
_PASSED_ON = ("PASSTHROUGH", "AUTO_PASSTHROUGH")
_FILES = ("serverCertificate", "privateKey", "caCertificates")


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold a Gateway against what the webhook asks of it."""
    if not is_label(resource.name):
        hint = "write letters, digits and '-'"
        yield _RULE.broken(
            ("metadata", "name"), f"{quoted(resource.name)} is not the name of a gateway", hint
        )
    if not resource.spec.get("servers"):
        yield _RULE.broken(_SPEC, "the gateway has no servers", "write servers")
    names: set[str] = set()
    for path, server in each(resource.spec, _SPEC, "servers"):
        name = server["port"]["name"]
        if name in names:
            at = (*path, "port", "name")
            yield _RULE.broken(at, f"the port {quoted(name)} stands in the list twice", "name it anew")
        names.add(name)
        yield from _server(path, server)


def _server(path: Path, server: Body) -> Iterator[Complaint]:
    if not server["hosts"]:
        yield _RULE.broken((*path, "hosts"), "the server has no hosts", "write '*' for all")
    for at, host in each(server, path, "hosts"):
        yield from _host(at, host)
    yield from _port((*path, "port"), server)
    if "tls" in server:
        yield from refused_tls(_RULE, (*path, "tls"), server["tls"])
    yield from _fit(path, server)


def _host(path: Path, written: str) -> Iterator[Complaint]:
    scope, slash, rest = written.partition("/")
    host = rest if slash else written
    if slash and scope not in ("*", ".") and not is_label(scope):
        yield _RULE.broken(
            path, f"{quoted(scope)} before the '/' is not a namespace", "write NAMESPACE/DOMAIN"
        )
    is_partial = host.startswith("*") and not host.startswith("*.")
    is_named = (is_wildcard_domain(host) and not is_partial) or is_ip(host)
    if host != "*" and not ("." in host and is_named):
        yield _RULE.broken(
            path, f"{quoted(host)} is not a full domain", "write www.example.com or *.example.com"
        )


def _port(path: Path, server: Body) -> Iterator[Complaint]:
    port, bind = server["port"], server.get("bind", "")
    if port["name"] == "":
        yield _RULE.broken((*path, "name"), "the port has no name", "name the port")
    if port["protocol"] == "" or not is_known(port["protocol"]):
        hint = "write HTTP, HTTP2, GRPC, HTTPS, TLS or TCP"
        at = (*path, "protocol")
        yield _RULE.broken(at, f"{quoted(port['protocol'])} is not a protocol that Istio knows", hint)
    if port.get("targetPort"):
        yield _RULE.broken((*path, "targetPort"), "no gateway has a targetPort", "leave it out")
    if not bind.startswith(SOCKET):
        yield from no_number(_RULE, (*path, "number"), port["number"])
        if bind and not is_ip(bind):
            yield _RULE.broken((*path[:-1], "bind"), f"{quoted(bind)} is not an address", "write 0.0.0.0")
    elif port["number"] != 0 or not is_socket(bind):
        yield _RULE.broken(
            (*path[:-1], "bind"), f"{quoted(bind)} is no socket for the port", "write number: 0"
        )


def _fit(path: Path, server: Body) -> Iterator[Complaint]:
    protocol, tls, at = server["port"]["protocol"], server.get("tls"), (*path, "tls")
    if tls is None:
        if is_tls(protocol):
            yield _RULE.broken(path, f"the protocol {quoted(protocol)} has no tls beside it", "write tls")
        return
    is_redirect = tls.get("mode", "PASSTHROUGH") in _PASSED_ON and not any(tls.get(file) for file in _FILES)
    if not is_tls(protocol) and not (is_http(protocol) and is_redirect):
        yield _RULE.broken(
            at, f"tls stands beside the protocol {quoted(protocol)}", "write protocol: HTTPS or TLS"
        )
    if tls.get("httpsRedirect") and not is_http(protocol):
        yield _RULE.doubtful(
            (*at, "httpsRedirect"), f"the protocol {quoted(protocol)} has nothing to redirect", "drop it"
        )
