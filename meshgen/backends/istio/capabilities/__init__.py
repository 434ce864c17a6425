"""What Istio answers for each feature of the language."""

from __future__ import annotations

from meshgen.backends.istio.capabilities.access import ACCESS
from meshgen.backends.istio.capabilities.policy import POLICY
from meshgen.backends.istio.capabilities.services import SERVICES
from meshgen.backends.istio.capabilities.traffic import TRAFFIC
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.support import Capabilities

CAPABILITIES = Capabilities((*SERVICES, *TRAFFIC, *POLICY, *ACCESS), declared=declared(MeshIntent))


def capabilities() -> Capabilities:
    """Give the table."""
    return CAPABILITIES
