"""Ports of listeners and entries: their names and protocols, and the sockets that stand for them."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import Body, Rule, no_label, quoted
from meshgen.resources import Complaint, Path

SOCKET = "unix://"
# istio/istio pkg/config/protocol/instance.go: in any case
_OF_HTTP = frozenset({"http", "http2", "http_proxy", "grpc", "grpc-web"})
_OF_TLS = frozenset({"https", "tls"})
_OF_TCP = frozenset({"tcp", "mongo", "redis", "mysql"})
_OTHERS = frozenset({"udp", "hbone"})


def is_known(protocol: str) -> bool:
    """Tell a protocol that Istio knows; an empty one is found out from the traffic."""
    return protocol == "" or protocol.lower() in _OF_HTTP | _OF_TLS | _OF_TCP | _OTHERS


def is_http(protocol: str) -> bool:
    """Tell a protocol of requests."""
    return protocol.lower() in _OF_HTTP


def is_tls(protocol: str) -> bool:
    """Tell a protocol that begins with a handshake of TLS."""
    return protocol.lower() in _OF_TLS


def is_tcp(protocol: str) -> bool:
    """Tell a protocol of connections."""
    return protocol.lower() in _OF_TCP | _OF_TLS


def tells_hosts_apart(protocol: str) -> bool:
    """Tell a protocol that names the host which a client asks for."""
    return is_http(protocol) or is_tls(protocol)


def is_socket(text: str) -> bool:
    """Tell a socket: an absolute path of no folder, or an abstract one with `@`."""
    path = text.removeprefix(SOCKET)
    is_path = path.startswith("@") or (path.startswith("/") and not path.endswith("/"))
    return text.startswith(SOCKET) and is_path


def refused_port(rule: Rule, path: Path, port: Body) -> Iterator[Complaint]:
    """Hold the port of a listener of a Sidecar against what its name and protocol may be."""
    if port.get("name"):
        yield from no_label(rule, (*path, "name"), port["name"], "the name of a port")
    if not is_known(port.get("protocol", "")):
        yield rule.broken(
            (*path, "protocol"),
            f"{quoted(port['protocol'])} is not a protocol that Istio knows",
            "write HTTP, HTTP2, GRPC, HTTPS, TLS or TCP",
        )
    if port.get("targetPort"):
        yield rule.broken(
            (*path, "targetPort"), "no listener has a targetPort", "write defaultEndpoint for ingress"
        )
