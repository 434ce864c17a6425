"""Scenarios of Consul's entries: our evaluator of them beside Envoy."""

from __future__ import annotations

import json
import random

from meshgen.intent.outcome.call import Call, ToPod
from meshgen.profiles import Choice
from meshgen.resources import Resource, Resources
from tests.envoy.consul_generator import entries
from tests.envoy.consul_setup import Registry, setup
from tests.envoy.places import PORTS
from tests.envoy.scenario import Scenario
from tests.envoy.shop import NAMES, calls, port, world

SPEED = 5


def consul_scenario(seed: int, *, asked: int, cluster: Choice, allows: bool) -> Scenario:
    """Make up one; `allows` is the default intention policy of the cluster."""
    bodies = entries(seed)
    place = world({name: [port(PORTS[0], PORTS[0])] for name in NAMES})
    pods = {title: (pod.labels["app"], pod.version) for title, pod in place.pods.items()}
    resources = Resources([Resource.of(body) for body in bodies])
    name = f"consul-{seed}"
    return Scenario(
        name=name,
        text=json.dumps(bodies, indent=1),
        world=place,
        evaluator=cluster.backend.evaluator(resources, place, cluster.profile),
        setup=setup(Registry(objects=bodies, pods=pods, allows=allows, speed=SPEED)),
        calls=tuple(each for each in calls(place, random.Random(name), asked) if _is_in_mesh(each)),
        speed=SPEED,
    )


def _is_in_mesh(call: Call) -> bool:
    """A pod is registered with its first port alone."""
    return not isinstance(call.to, ToPod) or call.to.port == PORTS[0]
