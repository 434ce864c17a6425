"""What Consul's server rejects in objects together, as far as the files tell; what they lack is silence."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.consul.coherence import chains, doubles, exports, protocols, references
from meshgen.backends.consul.coherence.graph import Graph
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resources


def incoherent(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Complain of config entries that Consul would not keep beside each other; each names its object."""
    graph = Graph.of(resources, profile)
    yield from doubles.complaints(resources, profile)
    yield from references.complaints(resources)
    yield from protocols.complaints(graph)
    yield from chains.complaints(graph)
    yield from exports.complaints(graph)
