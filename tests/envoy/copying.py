"""Copies of a request, which arrive beside it and are answered to nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from meshgen.intent.outcome.facets import Facet, Outcome
from tests.envoy.asking import Asker, Reply
from tests.envoy.places import Door
from tests.envoy.scenario import Scenario


async def copied(
    asker: Asker, scenario: Scenario, outcome: Outcome, reply: Reply
) -> AsyncIterator[tuple[str, object, object]]:
    """Compare to whom copies went; a proxy that may refuse them keeps it to itself."""
    parts: Any = outcome.value(Facet.MIRROR) if Facet.MIRROR in outcome.facets else None
    if parts is None or any(share not in (0, 1) for _, share in parts):
        return
    expected = [frozenset(pods) for pods, share in parts if share]
    ends = [scenario.setup.ends[_place(title)] for part in expected for title in part]
    if any(end.door is not Door.BARE for end in ends):
        return
    arrived = await asker.arrived(reply, 1 + len(expected))
    pods = [each.pod for each in arrived]
    pods.remove(reply.pod)
    groups = (next((part for part in expected if pod in part), frozenset([pod])) for pod in pods)
    yield "mirror", sorted(map(sorted, expected)), sorted(map(sorted, groups))


def _place(title: str) -> tuple[str, int]:
    pod, _, port = title.rpartition(":")
    return pod, int(port)
