"""What Istio's webhook rejects beyond its CRDs, by the clauses of istio.md 3.3; not what it warns of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from . import (
    admission_istio_authorization,
    admission_istio_destination,
    admission_istio_routes,
    admission_istio_tokens,
)
from .istio_terms import Complaint


def reject(obj: Mapping[str, Any]) -> list[str]:
    """List why Istio's webhook would reject an object that its CRD admits."""
    kind = obj["kind"]
    if kind not in _KINDS:
        return [f"istio 3.3 {kind}: no clause judges this kind yet"]
    return [f"istio 3.3 {kind} {clause}: {why}" for clause, why in _KINDS[kind](obj)]


def _nothing(_obj: Mapping[str, Any]) -> Iterator[Complaint]:
    # 3.3: nothing beyond CEL but warnings
    return iter(())


_KINDS: Mapping[str, Callable[[Mapping[str, Any]], Iterator[Complaint]]] = MappingProxyType(
    {
        "VirtualService": admission_istio_routes.complaints,
        "DestinationRule": admission_istio_destination.complaints,
        "PeerAuthentication": _nothing,
        "RequestAuthentication": admission_istio_tokens.complaints,
        "AuthorizationPolicy": admission_istio_authorization.complaints,
        "EnvoyFilter": _nothing,
    }
)
