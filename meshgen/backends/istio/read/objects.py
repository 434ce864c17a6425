"""What objects of Istio say in the same way: who sees them, which pods they hold for, how old they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from meshgen.grammar import MILLISECOND, duration_ns
from meshgen.resources import Resource

NETWORKING = "networking.istio.io"
SECURITY = "security.istio.io"
MESH = "mesh"  # the gateway that stands for all sidecars


def eldest_first(resources: Iterable[Resource]) -> list[Resource]:
    """Sort as istiod does; what has no time of creation is as old as anything.

    istio/istio pilot/pkg/model/config.go: by time of creation, name and namespace.
    """
    return sorted(resources, key=lambda each: (_created(each), each.name, each.namespace))


def _created(resource: Resource) -> str:
    return str(resource.body["metadata"].get("creationTimestamp") or "")


def rank(resource: Resource, client: str) -> int | None:
    """Say how near an object is to a client's namespace; None where it is not exported there.

    istio/istio pilot/pkg/model/virtualservice.go: private ones first, then those for this namespace.
    """
    shown = resource.spec.get("exportTo") or ("*",)
    if "*" in shown:
        return 2
    if client == resource.namespace and ("." in shown or client in shown):
        return 0
    return 1 if client in shown else None


def match_labels(resource: Resource) -> Mapping[str, str]:
    """Read the labels of the pods that a policy holds for; empty: all of them."""
    return (resource.spec.get("selector") or {}).get("matchLabels") or {}


def has_targets(resource: Resource) -> bool:
    """True for a policy of waypoints and gateways, which sidecars leave alone."""
    return bool(resource.spec.get("targetRefs") or resource.spec.get("targetRef"))


def milliseconds(text: str) -> int:
    """Read a duration that the definition has passed."""
    length = duration_ns(text)
    assert length is not None, text
    return length // MILLISECOND


def share(body: Mapping[str, Any]) -> Fraction:
    """Read a Percent, as far as istiod keeps it.

    istio/istio pilot/pkg/networking/core/route/route.go: ten thousandths of a percent, cut off.
    """
    return Fraction(int(body.get("value", 0) * 10_000), 1_000_000)


def covers(written: Sequence[str], host: str) -> str | None:
    """Find the most specific of some hosts that covers a name."""
    if host in written:
        return host
    wild = (each for each in written if each.startswith("*") and host.endswith(each[1:]))
    return max(wild, key=len, default=None)
