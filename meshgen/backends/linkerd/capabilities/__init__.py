"""What Linkerd answers for each feature of the language."""

from __future__ import annotations

from meshgen.backends.linkerd.capabilities.access import ACCESS
from meshgen.backends.linkerd.capabilities.policy import BALANCING, RATES
from meshgen.backends.linkerd.capabilities.services import SERVICES
from meshgen.backends.linkerd.capabilities.shadow import hidden_by_a_split
from meshgen.backends.linkerd.capabilities.traffic import TRAFFIC
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.support import Capabilities

CAPABILITIES = Capabilities(
    (*SERVICES, *hidden_by_a_split((*TRAFFIC, *BALANCING)), *RATES, *ACCESS), declared=declared(MeshIntent)
)


def capabilities() -> Capabilities:
    """Give the table."""
    return CAPABILITIES
