"""Objects of which Consul keeps one: entries of one name, intentions of one destination, gateways, groups."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import NamedTuple

from meshgen.backends.consul.coherence.graph import GROUP, service_of
from meshgen.backends.consul.parts import Part
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.diagnostics import Code
from meshgen.profile import Profile
from meshgen.resources import Complaint, Path, Resource, Resources

DOUBLE = Code(
    number="MG498",
    slug="consul-double",
    meaning="Consul knows an entry by kind and name, not by Kubernetes namespace, and refuses a second one.",
)

_NAMESPACES = "hashicorp/consul-k8s control-plane/api/common/configentry_webhook.go"
_DESTINATIONS = "hashicorp/consul-k8s control-plane/api/v1alpha1/serviceintentions_webhook.go"
_STATE = "hashicorp/consul agent/consul/state/config_entry.go"

_SINGLETONS = ("ProxyDefaults", "Mesh", "ExportedServices")
_ENTRIES = (
    *("ServiceDefaults", "ServiceResolver", "ServiceSplitter", "ServiceRouter", "ServiceIntentions"),
    *("JWTProvider", "SamenessGroup", "TerminatingGateway", "IngressGateway", "ControlPlaneRequestLimit"),
)


def complaints(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Complain of each object that comes second."""
    for kind in _SINGLETONS:
        yield from _elsewhere(resources.of(GROUP, kind))
    if not is_mirrored(profile):
        for kind in _ENTRIES:
            yield from _elsewhere(resources.of(GROUP, kind))
    yield from _destinations(resources.of(GROUP, "ServiceIntentions"), profile)
    yield from _gateways(resources, profile)
    yield from _members(resources.of(GROUP, "SamenessGroup"))


class _Pair(NamedTuple):
    """An object, and the one before it that Consul takes for the same."""

    second: Resource
    first: Resource

    def complaint(self, path: Path, message: str, hint: str, source: str) -> Complaint:
        """Complain of the second one."""
        return Complaint(
            code=DOUBLE,
            path=path,
            message=message,
            hint=hint,
            source=source,
            of=self.second,
            beside=(("the first one", self.first, ()),),
        )


def _pairs(resources: Iterable[Resource], identity: Callable[[Resource], Hashable]) -> Iterator[_Pair]:
    """Pair each object with the first of its identity; an object that is written twice is no pair."""
    first: dict[Hashable, Resource] = {}
    for resource in resources:
        known = first.setdefault(identity(resource), resource)
        if (known.namespace, known.kind, known.name) != (resource.namespace, resource.kind, resource.name):
            yield _Pair(resource, known)


def _elsewhere(resources: Iterable[Resource]) -> Iterator[Complaint]:
    """Refuse a second object of a kind and name in another namespace, where both are written."""
    for pair in _pairs(resources, lambda each: each.name):
        second, first = pair
        if second.namespace and first.namespace:
            message = f"{second.kind} {second.name!r} is also in namespace {first.namespace!r}"
            hint = "keep one of them: Consul knows no namespaces here"
            yield pair.complaint(("metadata", "namespace"), message, hint, _NAMESPACES)


def _destinations(resources: Iterable[Resource], profile: Profile) -> Iterator[Complaint]:
    """Refuse intentions of a destination that others are of; those of one name have been refused."""

    def destination(intentions: Resource) -> Hashable:
        part = Part.spec_of(intentions).part("destination")
        own = intentions.namespace if is_mirrored(profile) else ""
        return part.text("name"), part.text("namespace") or own

    for pair in _pairs(resources, destination):
        second, first = pair
        name = Part.spec_of(second).part("destination").text("name")
        if name and (is_mirrored(profile) or second.name != first.name):
            message = f"intentions of {name!r} are also in {first}"
            hint = "write all sources of a destination in one object"
            yield pair.complaint(("spec", "destination", "name"), message, hint, _DESTINATIONS)


def _gateways(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Refuse a name that gateways of both kinds have."""
    gateways = resources.of(GROUP, "TerminatingGateway", "IngressGateway")
    for pair in _pairs(gateways, lambda each: service_of(each, profile)):
        if pair.second.kind != pair.first.kind:
            message = f"gateway {pair.second.name!r} is also a {pair.first.kind}"
            yield pair.complaint(("metadata", "name"), message, "name one of them otherwise", _STATE)


def _members(groups: Iterable[Resource]) -> Iterator[Complaint]:
    """Refuse a partition or a peer that two sameness groups have."""
    first: dict[Hashable, Resource] = {}
    for group in groups:
        for member in Part.spec_of(group).parts("members"):
            named = member.text("partition"), member.text("peer")
            known = first.setdefault(named, group)
            if known.name != group.name:
                message = f"{(named[0] or named[1])!r} is also of group {known.name!r}"
                hint = "let it be of one group"
                yield _Pair(group, known).complaint(member.path, message, hint, _STATE)
