"""A scenario: rules, the same rules as Envoy's configuration, and calls that are asked of both."""

from __future__ import annotations

from dataclasses import dataclass

from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.evaluator import Evaluator
from meshgen.intent.outcome.world import World
from tests.envoy.configured import Setup


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One of a thousand."""

    name: str
    text: str  # the rules, for people
    world: World
    evaluator: Evaluator
    setup: Setup
    calls: tuple[Call, ...]
    speed: int = 1  # by how much times are divided in the configuration
