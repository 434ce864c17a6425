"""What a mesh does where an intent says nothing."""

from __future__ import annotations

from dataclasses import dataclass

# The fields of a service that are ambient where nobody writes them.
FIELDS = (
    "timeout",
    "retries",
    "circuitBreaker",
    "outlierDetection",
    "loadBalancing",
    "connectTimeout",
    "mtls",
    "authorization",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What is in force for a field that nobody writes."""

    field: str  # one of FIELDS
    value: str
    source: str  # where the fact comes from: repository and path
