"""Istio as it is installed by default: the profile that its name means."""

from __future__ import annotations

from meshgen.intent.access import Mode
from meshgen.profile import Profile

DOMAINS = ("istio.io",)
VERSIONS = ("1.28", "1.29", "1.30")

PROFILES = (
    Profile(
        name="istio",
        mesh="istio",
        version="1.30",
        root_namespace="istio-system",
        control_plane_namespace="istio-system",
    ),
)


def unwritten_mode(_: Profile) -> Mode:
    """Say what ports admit where nobody writes a mode."""
    return Mode.PERMISSIVE  # istio/istio pilot/pkg/security/authn/policy_applier.go: without a policy
