"""Istio with sidecars: what it carries, and how it is written."""

from __future__ import annotations

from meshgen.backend import Backend, late
from meshgen.backends.istio.detection import DETECTION
from meshgen.backends.istio.profiles import DOMAINS, PROFILES, VERSIONS, unwritten_mode

BACKEND = Backend(
    name="istio",
    title="Istio",
    versions=VERSIONS,
    profiles=PROFILES,
    block=None,
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
