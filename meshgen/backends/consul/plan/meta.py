"""How objects are named: after the Consul service, in the namespace of its Service."""

from __future__ import annotations

from meshgen.backend import meta
from meshgen.backends.consul.profiles import DOMAINS
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedService
from meshgen.manifest import Meta


def named(service: ResolvedService, name: str) -> Meta:
    """Name an object of a service's intent."""
    return of_intent(service.intent, name)


def of_intent(intent: MeshIntent, name: str, *, namespace: str | None = None) -> Meta:
    """Name an object of an intent, in its namespace unless another is given."""
    return meta(intent, name, domains=DOMAINS, namespace=namespace)
