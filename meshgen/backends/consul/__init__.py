"""Consul on Kubernetes: what it carries, and how it is written."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backend import Backend
from meshgen.backends.consul.ambient import ambient
from meshgen.backends.consul.capabilities import CAPABILITIES
from meshgen.backends.consul.detection import DETECTION
from meshgen.backends.consul.limits import limits
from meshgen.backends.consul.plan import plan
from meshgen.backends.consul.plan.meta import DOMAINS
from meshgen.backends.consul.profiles import PROFILES, VERSIONS, ConsulBlock, unwritten_mode
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resource, Resources


def _refused(resource: Resource, profile: Profile) -> Iterator[Complaint]:
    from meshgen.backends.consul.admission import refused  # of no use until a manifest is judged

    yield from refused(resource, profile)


def _incoherent(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    from meshgen.backends.consul.coherence import incoherent

    yield from incoherent(resources, profile)


BACKEND = Backend(
    name="consul",
    title="Consul",
    versions=VERSIONS,
    profiles=PROFILES,
    block=ConsulBlock,
    domains=DOMAINS,
    capabilities=CAPABILITIES,
    ambient=ambient,
    unwritten_mode=unwritten_mode,
    limits=limits,
    plan=plan,
    detection=DETECTION,
    admission=_refused,
    coherence=_incoherent,
)
