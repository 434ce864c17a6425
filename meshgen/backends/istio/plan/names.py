"""How Istio's objects name each other: full host names, label domains, names of objects."""

from __future__ import annotations

from collections.abc import Mapping

from meshgen.backend import meta
from meshgen.backends.istio.profiles import DOMAINS
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedService, ServiceKey, ServiceVersion
from meshgen.manifest import Meta
from meshgen.profile import Profile


def host(key: ServiceKey, profile: Profile) -> str:
    """Write the full name of a Service; a short one means another Service in another namespace.

    istio/istio pilot/pkg/model/config.go: a name without a dot is completed by the namespace of the object
    that holds it, and one with a dot is taken as it stands.
    """
    return f"{key.name}.{key.namespace}.svc.{profile.cluster_domain}"


def is_subset(version: ServiceVersion) -> bool:
    """True where the pods of a version are told apart by labels alone; else a Service fronts them."""
    return version.is_service_created and not version.has_own_selector


def own_meta(intent: MeshIntent, name: str) -> Meta:
    """Name an object of an intent."""
    return meta(intent, name, domains=DOMAINS)


def service_meta(service: ResolvedService, suffix: str = "") -> Meta:
    """Name an object of a service; no two suffixes may make one name of two services' objects."""
    return own_meta(service.intent, f"{service.key.name}{suffix}")


# Service names hold no dot, so this is no service's object.
OF_NAMESPACE = "namespace.default"


def pods(service: ResolvedService) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """List the selectors that cover the pods of a service, each with a suffix for names of objects.

    A version with a selector of its own has pods that the service's does not cover.
    """
    own = [("", service.selector)]
    others = [
        (f".{version.name}", version.selector)
        for version in service.versions.values()
        if version.has_own_selector and not service.selector.items() <= version.selector.items()
    ]
    return tuple((suffix, dict(sorted(selector.items()))) for suffix, selector in own + others)
