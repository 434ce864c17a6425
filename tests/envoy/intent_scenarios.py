"""Scenarios of intents: our evaluator of intents beside Envoy."""

from __future__ import annotations

import random

from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.resolve import resolve
from tests.envoy.intent_generator import reading
from tests.envoy.intent_routes import ports_of, target_of
from tests.envoy.intent_setup import setup
from tests.envoy.scenario import Scenario
from tests.envoy.shop import calls, port, world

SPEED = 5  # times are divided by it


def intent_scenario(seed: int, *, asked: int) -> Scenario:
    """Make up one."""
    text, found = reading(seed)
    (intent,) = found.written
    place = world(
        {
            name: [
                port(each.port or 0, target_of(each), each.protocol.value if each.protocol else "http")
                for each in ports_of(service)
            ]
            for name, service in (intent.spec.services or {}).items()
        }
    )
    pods = {title: pod.labels for title, pod in place.pods.items()}
    return Scenario(
        name=f"intent-{seed}",
        text=text,
        world=place,
        evaluator=evaluator(resolve(found.intents, callers={}, shown=found.shown), place),
        setup=setup(intent, pods, speed=SPEED),
        calls=tuple(calls(place, random.Random(seed), asked)),
        speed=SPEED,
    )
