"""What contradicts itself among several objects of Istio, as far as the files tell."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.coherence.destinations import unknown
from meshgen.backends.istio.coherence.duplicates import shared
from meshgen.backends.istio.coherence.entrances import unserved
from meshgen.backends.istio.coherence.known import Known
from meshgen.backends.istio.coherence.references import dangling
from meshgen.backends.istio.coherence.selections import idle
from meshgen.profile import Profile
from meshgen.resources import Complaint, Resources


def incoherent(resources: Resources, profile: Profile) -> Iterator[Complaint]:
    """Report MG456 to MG463; what the files leave out may be in the cluster, and is held against nobody."""
    known = Known(resources, profile)
    for check in (unknown, shared, idle, dangling, unserved):
        yield from check(known)
