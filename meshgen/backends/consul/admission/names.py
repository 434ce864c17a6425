"""Kinds of which Consul keeps one object, and the name that it must have."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.admission.terms import Ground
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Resource

NAME = Code(
    number="MG490",
    slug="consul-name",
    meaning="Of some kinds Consul keeps one object, and refuses it under any name but one.",
)


def named(source: str, resource: Resource, name: str) -> Iterator[Complaint]:
    """Ask for the one name that an object may have."""
    if resource.name != name:
        message = f"{resource.kind} is named {resource.name!r}, and Consul takes {name!r} alone"
        yield Ground(NAME, source).against(("metadata", "name"), message, f"write name: {name}")
