"""What Consul rejects in an IngressGateway: listeners, the services behind them, and hosts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from meshgen.backends.consul.admission.edits import edits
from meshgen.backends.consul.admission.terminating import GATEWAY
from meshgen.backends.consul.admission.terms import (
    Ground,
    enterprise,
    is_host,
    required,
    server,
    twice,
    unknown_word,
    unsigned,
    webhook,
)
from meshgen.backends.consul.admission.tls import tls
from meshgen.backends.consul.admission.upstreams import health_check
from meshgen.backends.consul.parts import Part
from meshgen.grammar import is_port
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_WEBHOOK = Ground(GATEWAY, webhook("ingressgateway"))
_SERVER = Ground(GATEWAY, server("config_entry_gateways"))
_ENVOY = Ground(GATEWAY, "envoyproxy/envoy api/envoy/config/core/v3/address.proto")

_PROTOCOLS = ("tcp", "http", "http2", "grpc")
_EVERY = "*"
_LIMITS = ("maxConnections", "maxPendingRequests", "maxConcurrentRequests")


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one IngressGateway."""
    spec = Part.spec_of(resource)
    listeners = tuple(spec.parts("listeners"))
    yield from tls(_WEBHOOK.source, spec.part("tls"))
    yield from _limits(spec.part("defaults"))
    yield from _handed_out(spec.part("tls").part("sds"))
    ports = ((each.at("port"), each.number("port"), f"port {each.number('port')}") for each in listeners)
    yield from twice(_SERVER, ports)
    for listener in listeners:
        yield from _listener(listener)
        yield from tls(_WEBHOOK.source, listener.part("tls"))
        for service in listener.parts("services"):
            yield from _service(service, listener.text("protocol"))
            yield from _hosts(service, is_encrypted=spec.part("tls").flag("enabled"))
            yield from _certificate(service, (service.part("tls"), listener.part("tls"), spec.part("tls")))
            yield from enterprise(_WEBHOOK.source, service, ("namespace", "partition"), profile)
            yield from _limits(service)
            yield from edits(service)
        yield from _certificates(listener, spec)


def _limits(limits: Part) -> Iterator[Complaint]:
    yield from unsigned(_WEBHOOK, limits, _LIMITS)
    yield from health_check(limits.part("passiveHealthCheck"))


def _listener(listener: Part) -> Iterator[Complaint]:
    services, protocol = tuple(listener.parts("services")), listener.text("protocol")
    if not protocol:
        yield _WEBHOOK.against(
            listener.at("protocol"), "no protocol is written", "write tcp, http, http2 or grpc"
        )
    else:
        yield from unknown_word(_WEBHOOK, listener.at("protocol"), protocol, "protocol", _PROTOCOLS)
    if not is_port(int(listener.number("port"))):
        message = f"{listener.number('port')} is no port for Envoy"
        yield _ENVOY.against(listener.at("port"), message, "write 1 to 65535")
    if not services:
        yield _SERVER.against(listener.at("services"), "no service is written", "write the service behind it")
    if protocol == "tcp" and len(services) > 1:
        message = f"{len(services)} services cannot be told apart in tcp"
        yield _WEBHOOK.against(
            listener.at("services"), message, "give each a listener, or write protocol: http"
        )
    names = ((each.path, _who(each), repr(each.text("name"))) for each in services)
    yield from twice(_SERVER, names)
    hosts = (
        (each.at("hosts", index), host, f"host {host!r}")
        for each in services
        for index, host in enumerate(each.texts("hosts"))
    )
    yield from twice(_SERVER, hosts)


def _who(service: Part) -> tuple[str, ...]:
    return service.text("name"), service.text("namespace"), service.text("partition")


def _service(service: Part, protocol: str) -> Iterator[Complaint]:
    yield from required(_SERVER, service, "name")
    if service.text("name") == _EVERY and protocol != "http":
        message = f"every service is behind a listener of {protocol or 'no protocol'}"
        yield _WEBHOOK.against(service.at("name"), message, "write protocol: http or one name")
    if service.texts("hosts") and service.text("name") == _EVERY:
        yield _WEBHOOK.against(service.at("hosts"), "hosts are written for every service", "drop them")
    if service.text("namespace") == _EVERY:
        yield _SERVER.against(
            service.at("namespace"), "'*' is no namespace of a service", "write each namespace"
        )
    if protocol == "tcp":
        for key in service.said(("hosts", "requestHeaders", "responseHeaders")):
            ground = _WEBHOOK if key == "hosts" else _SERVER
            yield ground.against(
                service.at(key), f"{key} are of http, and the listener speaks tcp", "drop them"
            )


def _hosts(service: Part, *, is_encrypted: bool) -> Iterator[Complaint]:
    for index, host in enumerate(service.texts("hosts")):
        path = service.at("hosts", index)
        if host == _EVERY and is_encrypted:
            yield _SERVER.against(path, "host '*' has no certificate", "write hosts by their names")
        elif host != _EVERY and not is_host(host.removeprefix("*.")):
            yield _SERVER.against(path, f"{host!r} is no host", "write a name, or *. and a name")


def _handed_out(certificate: Part) -> Iterator[Complaint]:
    if certificate.text("certResource") and not certificate.text("clusterName"):
        yield _SERVER.against(
            certificate.at("certResource"), "no clusterName hands it out", "write clusterName"
        )


def _certificates(listener: Part, spec: Part) -> Iterator[Complaint]:
    """Ask for a certificate and for who hands it out, be it at the listener or at the gateway."""
    own, gateway = listener.part("tls").part("sds"), spec.part("tls").part("sds")
    if not gateway.said(("clusterName", "certResource")):
        yield from _handed_out(own)
    if own.text("clusterName") and not own.text("certResource"):
        yield _SERVER.against(own.at("clusterName"), "it hands out no certificate", "write certResource")
    elif gateway.text("clusterName") and not gateway.text("certResource") and not own.text("certResource"):
        yield _SERVER.against(listener.path, "the listener has no certificate", "write tls.sds.certResource")


def _certificate(service: Part, levels: Sequence[Part]) -> Iterator[Complaint]:
    own = levels[0].part("sds")
    if own.text("certResource") and not service.texts("hosts"):
        yield _SERVER.against(own.at("certResource"), "it is for no host", "write hosts")
    if own.text("certResource") and not any(level.part("sds").text("clusterName") for level in levels):
        yield _SERVER.against(own.at("certResource"), "no clusterName hands it out", "write clusterName")
