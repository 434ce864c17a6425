"""What each mesh reads of an object's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from meshgen.backend import Backend
from meshgen.backends.consul.profiles import is_mirrored
from meshgen.profile import Profile
from meshgen.resources import Resource
from tests.mutation.mutants import Reading

# hashicorp/consul-k8s control-plane/api/v1alpha1: config entries are of the service whose name they bear;
# ServiceIntentions name theirs in `spec.destination`.
_NAMED = frozenset(
    ("ServiceDefaults", "ServiceResolver", "ServiceRouter", "ServiceSplitter", "JWTProvider", "Service")
)
# istio/api networking/v1alpha3/virtual_service.proto: without `exportTo` it is exported to all namespaces,
# and whole host names are the same in each.
_EVERYWHERE = frozenset(("VirtualService",))


def reading(of: Resource, every: Iterable[Resource], backend: Backend, profile: Profile) -> Reading:
    """Say what counts of an object's metadata: names that objects are called by, and places.

    Istio and Linkerd read other names to decide between objects of one age alone, of which goldens have none
    that meet. Consul has namespaces only where those of Kubernetes are mirrored (hashicorp/consul-k8s
    control-plane/namespaces/namespaces.go).
    """
    named = of.kind in _NAMED or any(
        (of.kind, of.name) in _named_by(each.spec) for each in every if each is not of
    )
    is_placed = of.kind not in _EVERYWHERE and (backend.name != "consul" or is_mirrored(profile))
    return Reading(domains=backend.domains, is_named=named, is_placed=is_placed or of.group == "")


def _named_by(spec: Any) -> Iterator[tuple[str, str]]:
    """List kinds and names by which an object refers to others."""
    pending = [("", spec)]
    while pending:
        key, value = pending.pop()
        if isinstance(value, dict):
            if isinstance(value.get("name"), str) and key.endswith(("Ref", "Refs")):
                yield value.get("kind", "Service"), value["name"]
            pending.extend(value.items())
        elif isinstance(value, list):
            pending.extend((key, each) for each in value)
