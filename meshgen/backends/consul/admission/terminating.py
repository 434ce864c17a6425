"""What Consul rejects in a TerminatingGateway: the services behind it, and their certificates."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.terms import Ground, enterprise, required, server, twice, webhook
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

GATEWAY = Code(
    number="MG493",
    slug="consul-gateway",
    meaning="Consul refuses a gateway whose services or certificates are half written, or written twice.",
)

_WEBHOOK = Ground(GATEWAY, webhook("terminatinggateway"))
_SERVER = Ground(GATEWAY, server("config_entry_gateways"))


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of one TerminatingGateway."""
    services = tuple(Part.spec_of(resource).parts("services"))
    for service in services:
        yield from required(_SERVER, service, "name")
        yield from _certificates(service)
        if service.text("namespace") == "*":
            message = "'*' is no namespace of a service"
            yield _SERVER.against(service.at("namespace"), message, "write each namespace")
        yield from enterprise(_WEBHOOK.source, service, ("namespace",), profile)
    names = (
        (each.path, (each.text("name"), each.text("namespace")), repr(each.text("name"))) for each in services
    )
    yield from twice(_SERVER, names)


def _certificates(service: Part) -> Iterator[Complaint]:
    for key, other in (("certFile", "keyFile"), ("keyFile", "certFile")):
        if service.text(key) and not service.text(other):
            yield _WEBHOOK.against(
                service.at(key), f"{key} is written without {other}", f"write {other} beside it"
            )
    if service.text("certFile") and service.text("keyFile") and not service.text("caFile"):
        message = "a client's certificate is written without caFile"
        yield _SERVER.against(service.at("certFile"), message, "write caFile beside it")
