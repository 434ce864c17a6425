"""What becomes of requests under Linkerd's manifests, anybody's."""

from __future__ import annotations

from meshgen.backends.linkerd.outcome.evaluator import LinkerdEvaluator
from meshgen.backends.linkerd.outcome.unmodelled import unmodelled
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.profile import Profile
from meshgen.resources import Resources

__all__ = ["evaluator", "unmodelled"]


def evaluator(resources: Resources, world: World, profile: Profile) -> Evaluator:
    """Read manifests over a world; `unmodelled` says what is not understood of them."""
    return LinkerdEvaluator(resources, world, profile)
