"""The whole way: what an intent means, beside Envoy under the manifests that it was translated to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import yaml

from meshgen.api import render
from meshgen.intent.outcome.call import Call
from meshgen.profiles import Choice
from tests.envoy.intent_generator import reading
from tests.envoy.intent_scenarios import intent_scenario
from tests.envoy.istio_scenarios import scenario
from tests.envoy.scenario import Scenario

_APPROXIMATED = "approximated-feature"


def whole_scenarios(seeds: Iterable[int], *, asked: int, cluster: Choice) -> Iterator[Scenario]:
    """Render the intents of some seeds, and keep those that the mesh carries as they are."""
    for seed in seeds:
        rendering = render(reading(seed)[1], cluster.backend, cluster.profile)
        if not rendering.manifests or any(each.code.slug == _APPROXIMATED for each in rendering.findings):
            continue
        own = intent_scenario(seed, asked=asked)
        bodies = [yaml.safe_load(manifest.text) for manifest in rendering.manifests]
        told = scenario(f"whole-{seed}", bodies, own.world, cluster=cluster, asked=asked)
        calls = tuple(call for call in told.calls if _is_resolved(call))
        yield replace(told, evaluator=own.evaluator, calls=calls)


def _is_resolved(call: Call) -> bool:
    """Istio resolves the dots of a path before it looks for a route, of which an intent says nothing."""
    return call.request is None or "/." not in call.request.path
