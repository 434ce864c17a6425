"""What a cluster carries: of the whole language, and of one intent."""

from __future__ import annotations

from meshgen.backend import Backend
from meshgen.gaps import uses
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile
from meshgen.support import Unsupported

Cluster = tuple[Backend, Profile]
FEATURES = frozenset(declared(MeshIntent))


def carried(cluster: Cluster) -> frozenset[str]:
    """List the features to which a cluster does not always answer Unsupported."""
    backend, profile = cluster
    rows = {id: backend.capabilities.on(id, profile) for id in FEATURES}
    return frozenset(
        id for id, found in rows.items() if any(not isinstance(row.answer, Unsupported) for row in found)
    )


def met(left: ResolvedSet, whole: ResolvedSet, cluster: Cluster) -> frozenset[str]:
    """List the features of an intent that are carried, where `left` is left of it.

    Where no rule by token is carried, what providers say is carried all the same: nobody asks for it.
    """
    backend, profile = cluster
    tokens = (use for use in uses(whole, profile) if use.usage.feature.startswith("jwtProviders."))
    return frozenset(
        use.usage.feature
        for use in (*uses(left, profile), *tokens)
        if not isinstance(backend.capabilities.answer(use).answer, Unsupported)
    )
