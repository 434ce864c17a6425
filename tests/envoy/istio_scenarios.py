"""Scenarios of Istio's manifests: our evaluator of them beside Envoy."""

from __future__ import annotations

import json
import random

from meshgen.intent.model import Protocol
from meshgen.intent.outcome.world import World
from meshgen.profiles import Choice
from meshgen.resources import Resource, Resources
from tests.envoy.configured import Tree
from tests.envoy.istio_generator import manifests
from tests.envoy.istio_setup import Mesh, setup
from tests.envoy.scenario import Scenario
from tests.envoy.shop import NAMES, calls, port, world

SPEED = 5


def istio_scenario(seed: int, *, asked: int, cluster: Choice) -> Scenario:
    """Make up one."""
    draw = random.Random(seed)
    second = {name: [port(9090, 9090)] if draw.random() < 0.4 else [] for name in NAMES}
    place = world({name: [port(9080, 9080), *second[name]] for name in NAMES})
    return scenario(f"istio-{seed}", manifests(seed), place, cluster=cluster, asked=asked)


def scenario(name: str, bodies: list[Tree], place: World, *, cluster: Choice, asked: int) -> Scenario:
    """Set manifests beside Envoy, whoever wrote them."""
    services = {
        key.name: [
            (each.number, int(each.target), each.protocol is not Protocol.TCP) for each in service.ports
        ]
        for key, service in place.services.items()
    }
    pods = {title: pod.labels for title, pod in place.pods.items()}
    mesh = Mesh(objects=bodies, services=services, pods=pods, speed=SPEED)
    resources = Resources([Resource.of(body) for body in bodies])
    return Scenario(
        name=name,
        text=json.dumps(bodies, indent=1),
        world=place,
        evaluator=cluster.backend.evaluator(resources, place, cluster.profile),
        setup=setup(mesh),
        calls=tuple(calls(place, random.Random(name), asked)),
        speed=SPEED,
    )
