"""What Consul answers for each feature of the language."""

from __future__ import annotations

from meshgen.backends.consul.capabilities.access import ACCESS
from meshgen.backends.consul.capabilities.policy import POLICY
from meshgen.backends.consul.capabilities.rules import RULES
from meshgen.backends.consul.capabilities.services import SERVICES
from meshgen.backends.consul.capabilities.traffic import TRAFFIC
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.support import Capabilities

CAPABILITIES = Capabilities((*SERVICES, *TRAFFIC, *POLICY, *ACCESS, *RULES), declared=declared(MeshIntent))


def capabilities() -> Capabilities:
    """Give the table."""
    return CAPABILITIES
