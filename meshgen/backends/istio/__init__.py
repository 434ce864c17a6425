"""Istio with sidecars: what it carries, and how it is written."""

from __future__ import annotations

from meshgen.backend import Backend
from meshgen.backends.istio.admission import refused
from meshgen.backends.istio.ambient import ambient
from meshgen.backends.istio.capabilities import CAPABILITIES
from meshgen.backends.istio.coherence import incoherent
from meshgen.backends.istio.detection import DETECTION
from meshgen.backends.istio.limits import limits
from meshgen.backends.istio.plan import plan
from meshgen.backends.istio.profiles import PROFILES, VERSIONS, unwritten_mode

BACKEND = Backend(
    name="istio",
    title="Istio",
    versions=VERSIONS,
    profiles=PROFILES,
    block=None,
    domains=("istio.io",),
    capabilities=CAPABILITIES,
    ambient=ambient,
    unwritten_mode=unwritten_mode,
    limits=limits,
    plan=plan,
    detection=DETECTION,
    admission=refused,
    coherence=incoherent,
)
