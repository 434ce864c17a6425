"""What becomes of requests by Istio's manifests, as sidecars read them."""

from __future__ import annotations

from meshgen.backends.istio.outcome.evaluator import IstioEvaluator
from meshgen.backends.istio.outcome.strange import unmodelled
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.profile import Profile
from meshgen.resources import Resources

__all__ = ["evaluator", "unmodelled"]


def evaluator(resources: Resources, world: World, profile: Profile) -> Evaluator:
    """Read manifests once, so that many calls can be asked about."""
    return IstioEvaluator(resources, world, profile)
