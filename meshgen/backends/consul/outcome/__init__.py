"""What becomes of requests by Consul's entries alone, and which entries nothing can be said about."""

from __future__ import annotations

from meshgen.backends.consul.outcome.evaluator import ConsulEvaluator
from meshgen.backends.consul.outcome.unmodelled import unmodelled
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.profile import Profile
from meshgen.resources import Resources

__all__ = ["evaluator", "unmodelled"]


def evaluator(resources: Resources, world: World, profile: Profile) -> Evaluator:
    """Read entries over a world, in the cluster that a profile describes."""
    return ConsulEvaluator(resources, world, profile)
