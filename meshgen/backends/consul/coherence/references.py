"""Entries that need another one: tokens of a provider, and plaintext that the Mesh must allow first."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.coherence.graph import GROUP
from meshgen.backends.consul.parts import Part
from meshgen.diagnostics import Code, near_miss
from meshgen.resources import Complaint, Resource, Resources

REFERENCE = Code(
    number="MG499",
    slug="consul-reference",
    meaning="Consul refuses an entry until another one, of which it speaks or on which it rests, allows it.",
)

_SOURCE = "hashicorp/consul agent/consul/state/config_entry.go"


def complaints(resources: Resources) -> Iterator[Complaint]:
    """Complain of what the files should hold: a JWTProvider among others, a flag in the Mesh."""
    providers = {each.name for each in resources.of(GROUP, "JWTProvider")}
    for intentions in resources.of(GROUP, "ServiceIntentions") if providers else ():
        if not resources.is_hidden(GROUP, "JWTProvider", intentions.namespace):
            yield from _providers(intentions, providers)
    for mesh in resources.of(GROUP, "Mesh"):
        if not Part.spec_of(mesh).flag("allowEnablingPermissiveMutualTLS"):
            yield from _permissive(resources, mesh)


def _providers(intentions: Resource, known: set[str]) -> Iterator[Complaint]:
    for named in _named(intentions):
        name = named.text("name")
        if name and name not in known:
            yield Complaint(
                code=REFERENCE,
                path=named.at("name"),
                message=f"there is no JWTProvider {name!r}",
                hint=near_miss(name, known) or "write it, and apply it first",
                source=_SOURCE,
                of=intentions,
            )


def _named(intentions: Resource) -> Iterator[Part]:
    spec = Part.spec_of(intentions)
    yield from spec.part("jwt").parts("providers")
    for source in spec.parts("sources"):
        for permission in source.parts("permissions"):
            yield from permission.part("jwt").parts("providers")


def _permissive(resources: Resources, mesh: Resource) -> Iterator[Complaint]:
    for entry in resources.of(GROUP, "ServiceDefaults", "ProxyDefaults"):
        if Part.spec_of(entry).text("mutualTLSMode") == "permissive":
            yield Complaint(
                code=REFERENCE,
                path=("spec", "mutualTLSMode"),
                message="mode permissive is not allowed by the Mesh",
                hint="write allowEnablingPermissiveMutualTLS: true in the Mesh, and apply it first",
                source=_SOURCE,
                of=entry,
                beside=(("the Mesh", mesh, ()),),
            )
