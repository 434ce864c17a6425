"""Hosts, subsets and ports that routes lead to, and whether those among the files have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from meshgen.backends.istio.admission.terms import quoted
from meshgen.backends.istio.coherence.known import NETWORKING, Known, ServiceName
from meshgen.backends.istio.coherence.routes import destinations
from meshgen.diagnostics import Code, Severity, near_miss
from meshgen.resources import Complaint, Path, Resource

UNKNOWN_HOST = Code(
    number="MG456",
    slug="istio-unknown-host",
    meaning="A route or a rule is of a host that nobody among the files has, where its namespace is known.",
)
UNKNOWN_SUBSET = Code(
    number="MG457",
    slug="istio-unknown-subset",
    meaning="A route leads to a subset that no DestinationRule of its host has, so requests fail.",
)
UNKNOWN_PORT = Code(
    number="MG459",
    slug="istio-unknown-port",
    meaning="A route leads to a port that its host has not, or leaves open which of several it means.",
)
_SOURCE = "istio/istio pkg/config/analysis/analyzers/virtualservice/destinationhosts.go"
_OF_RULES = "istio/istio pkg/config/analysis/msg/messages.yaml"
_OF_SUBSETS = "istio/istio pkg/config/analysis/analyzers/virtualservice/destinationrules.go"


def unknown(known: Known) -> Iterator[Complaint]:
    """Report MG456, MG457 and MG459."""
    for service in known.resources.of(NETWORKING, "VirtualService"):
        for path, destination in destinations(service):
            host = known.host(destination["host"], service)
            yield from _host(known, service, (*path, "host"), host)
            yield from _subset(known, service, path, destination)
            yield from _port(known, service, path, destination)
    for host, rule in ((host, rule) for host, rules in known.rules.items() for rule in rules):
        for complaint in _host(known, rule, ("spec", "host"), host):
            yield replace(complaint, severity=Severity.WARNING, source=_OF_RULES)


def _host(known: Known, resource: Resource, path: Path, host: str) -> Iterator[Complaint]:
    if known.entries.covering(host) is not None:
        return
    name = known.service_name(host)
    if name is None:
        yield from _half_written(known, resource, path, host)
    elif name.namespace in known.resources.service_namespaces and known.service(name) is None:
        yield Complaint(
            code=UNKNOWN_HOST,
            path=path,
            message=f"no Service {quoted(name.name)} is in namespace {quoted(name.namespace)}",
            hint=near_miss(name.name, known.names("", "Service", name.namespace))
            or "name a Service, or add it to the files",
            source=_SOURCE,
            of=resource,
        )


def _half_written(known: Known, resource: Resource, path: Path, host: str) -> Iterator[Complaint]:
    """Find what names a Service but for its end, which Istio takes as it stands."""
    first, _, rest = host.partition(".")
    name = ServiceName(first, rest.removesuffix(".svc"))
    service = known.service(name)
    if service is not None and rest:
        whole = known.host(first, service)
        yield Complaint(
            code=UNKNOWN_HOST,
            path=path,
            message=f"{quoted(host)} is taken as it stands, and no host is called so",
            hint=f"write {whole}",
            source="istio/istio pilot/pkg/model/config.go",
            of=resource,
            beside=(("the Service", service, ("metadata", "name")),),
        )


def _subset(
    known: Known, service: Resource, path: Path, destination: Mapping[str, Any]
) -> Iterator[Complaint]:
    wanted = destination.get("subset")
    host = known.host(destination["host"], service)
    rules, subsets = known.rules.get(host, ()), known.subsets(host)
    if not wanted or not rules or wanted in subsets:
        return
    if known.resources.is_hidden(NETWORKING, "DestinationRule", rules[0].namespace):
        return
    yield Complaint(
        code=UNKNOWN_SUBSET,
        path=(*path, "subset"),
        message=f"{rules[0]} has no subset {quoted(wanted)}",
        hint=near_miss(wanted, subsets) or "add the subset to the DestinationRule",
        source=_OF_SUBSETS,
        of=service,
        beside=(("the DestinationRule", rules[0], ("spec",)),),
    )


def _port(known: Known, service: Resource, path: Path, destination: Mapping[str, Any]) -> Iterator[Complaint]:
    found = known.ports(known.host(destination["host"], service))
    if found is None:
        return
    owner, numbers = found
    listed = ", ".join(map(str, sorted(numbers)))
    number = destination.get("port", {}).get("number")
    if number is None and len(numbers) > 1:
        at, message = path, f"{owner} has several ports, and the route names none"
    elif number is not None and number not in numbers:
        at, message = (*path, "port", "number"), f"{owner} has no port {number}"
    else:
        return
    yield Complaint(
        code=UNKNOWN_PORT,
        path=at,
        message=message,
        hint=f"write port: {{number: N}}, of {listed}",
        source=_SOURCE,
        of=service,
        beside=((f"the {owner.kind}", owner, ("spec", "ports")),),
    )
