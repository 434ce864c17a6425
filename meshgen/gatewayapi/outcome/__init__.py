"""What an implementation that follows the Gateway API to the letter does with calls of Services."""

from __future__ import annotations

from meshgen.gatewayapi.outcome.conformant import Conformant
from meshgen.gatewayapi.outcome.ranking import by_specificity
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from meshgen.resources import Resources


def evaluator(resources: Resources, world: World) -> Evaluator:
    """Read the HTTPRoutes and GRPCRoutes of Services; `unmodelled` says what else has a say."""
    return Conformant(resources, world, order=by_specificity)
