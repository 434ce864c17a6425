"""What Consul rejects in ExportedServices: who gets what."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.names import named
from meshgen.backends.consul.admission.terms import (
    Ground,
    enterprise,
    exactly_one,
    required,
    server,
    webhook,
)
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_enterprise
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource

EXPORT = Code(
    number="MG494",
    slug="consul-export",
    meaning="Exports and sameness groups name each service, peer and partition by itself, and at least one.",
)

_WEBHOOK = Ground(EXPORT, webhook("exportedservices"))
_CONSUMERS = ("peer", "partition", "samenessGroup")


def refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    """Complain of the ExportedServices."""
    spec = Part.spec_of(resource)
    if not is_enterprise(
        profile
    ):  # in the enterprise edition the name is the partition's, which is the cluster's
        yield from named(_WEBHOOK.source, resource, "default")
    if not spec.said(("services",)):
        yield _WEBHOOK.against(
            spec.at("services"), "no service is exported", "write services or delete the object"
        )
    for service in spec.parts("services"):
        yield from _service(service, profile)


def _service(service: Part, profile: Profile) -> Iterator[Complaint]:
    yield from required(Ground(EXPORT, server("config_entry_exports")), service, "name")
    yield from enterprise(_WEBHOOK.source, service, ("namespace",), profile)
    if not service.said(("consumers",)):
        yield _WEBHOOK.against(service.at("consumers"), "nobody gets the service", "write consumers")
    for consumer in service.parts("consumers"):
        yield from exactly_one(_WEBHOOK, consumer, _CONSUMERS)
        for key in _CONSUMERS:
            if consumer.text(key) == "*":
                yield _WEBHOOK.against(consumer.at(key), f"'*' is no {key}", f"write each {key}")
        yield from enterprise(_WEBHOOK.source, consumer, ("partition",), profile)
        yield from enterprise(server("config_entry_exports_ce"), consumer, ("samenessGroup",), profile)
