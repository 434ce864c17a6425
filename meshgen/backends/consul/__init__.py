"""Consul on Kubernetes: what it carries, and how it is written."""

from __future__ import annotations

from meshgen.backend import Backend, late
from meshgen.backends.consul.detection import DETECTION
from meshgen.backends.consul.profiles import DOMAINS, PROFILES, VERSIONS, ConsulBlock, unwritten_mode

BACKEND = Backend(
    name="consul",
    title="Consul",
    versions=VERSIONS,
    profiles=PROFILES,
    block=ConsulBlock,
    domains=DOMAINS,
    table=late(f"{__name__}.capabilities", "capabilities"),
    ambient=late(f"{__name__}.ambient", "ambient"),
    unwritten_mode=unwritten_mode,
    limits=late(f"{__name__}.limits", "limits"),
    plan=late(f"{__name__}.plan", "plan"),
    detection=DETECTION,
    admission=late(f"{__name__}.admission", "refused"),
    coherence=late(f"{__name__}.coherence", "incoherent"),
    evaluator=late(f"{__name__}.outcome", "evaluator"),
    unmodelled=late(f"{__name__}.outcome", "unmodelled"),
)
