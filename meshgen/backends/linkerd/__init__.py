"""Linkerd: what it carries, and how it is written."""

from __future__ import annotations

from meshgen.backend import Backend
from meshgen.backends.linkerd.admission import refused
from meshgen.backends.linkerd.ambient import ambient
from meshgen.backends.linkerd.capabilities import CAPABILITIES
from meshgen.backends.linkerd.coherence import incoherent
from meshgen.backends.linkerd.detection import DETECTION
from meshgen.backends.linkerd.limits import limits
from meshgen.backends.linkerd.plan import plan
from meshgen.backends.linkerd.profiles import (
    DOMAINS,
    GATEWAY_APIS,
    PROFILES,
    VERSIONS,
    LinkerdBlock,
    unwritten_mode,
)

BACKEND = Backend(
    name="linkerd",
    title="Linkerd",
    versions=VERSIONS,
    gateway_apis=GATEWAY_APIS,
    profiles=PROFILES,
    block=LinkerdBlock,
    domains=DOMAINS,
    capabilities=CAPABILITIES,
    ambient=ambient,
    unwritten_mode=unwritten_mode,
    limits=limits,
    plan=plan,
    detection=DETECTION,
    admission=refused,
    coherence=incoherent,
)
