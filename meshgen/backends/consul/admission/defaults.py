"""What Consul rejects in a ServiceDefaults: protocol, destination, limits and extensions of a service."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.extensions import extensions
from meshgen.backends.consul.admission.proxies import PROXY, settings
from meshgen.backends.consul.admission.rates import rates
from meshgen.backends.consul.admission.terms import (
    Ground,
    is_host,
    not_negative,
    server,
    twice,
    unknown,
    webhook,
)
from meshgen.backends.consul.admission.upstreams import upstreams
from meshgen.backends.consul.parts import Part
from meshgen.grammar import is_port
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

_WEBHOOK = Ground(PROXY, webhook("servicedefaults"))
_SERVER = Ground(PROXY, server("config_entry"))

_PROTOCOLS = ("tcp", "http", "http2", "grpc")
_LIMITS = ("maxInboundConnections", "localConnectTimeoutMs", "localRequestTimeoutMs")


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one ServiceDefaults."""
    spec = Part.spec_of(resource)
    yield from unknown(_WEBHOOK, spec, "protocol", _PROTOCOLS)
    yield from unknown(_WEBHOOK, spec, "balanceInboundConnections", ("exact_balance",))
    yield from not_negative(_WEBHOOK, spec, _LIMITS)
    yield from settings(spec)
    if spec.has("destination"):
        yield from _destination(spec.part("destination"))
    if spec.has("destination") and spec.has("upstreamConfig"):
        message = "upstreamConfig and destination exclude each other"
        yield _SERVER.against(spec.at("upstreamConfig"), message, "drop it: what is outside calls nobody")
    yield from upstreams(spec.part("upstreamConfig"), profile)
    yield from rates(spec, profile)
    yield from extensions(spec, profile)


def _destination(destination: Part) -> Iterator[Complaint]:
    addresses = destination.texts("addresses")
    if not addresses:
        yield _WEBHOOK.against(
            destination.at("addresses"), "no address is written", "write hosts or IP addresses"
        )
    for index, address in enumerate(addresses):
        if not is_host(address):
            message = f"{address!r} is neither a host nor an IP address"
            yield _WEBHOOK.against(destination.at("addresses", index), message, "write each host by its name")
    paths = ((destination.at("addresses", index), text, repr(text)) for index, text in enumerate(addresses))
    yield from twice(_WEBHOOK, paths)
    if not is_port(int(destination.number("port"))):
        message = f"{destination.number('port')} is no port"
        yield _WEBHOOK.against(destination.at("port"), message, "write 1 to 65535")
