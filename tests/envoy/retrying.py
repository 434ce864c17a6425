"""Tries, counted where they arrive: an application that fails on purpose shows what is tried again."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

from meshgen.intent.model import Protocol
from meshgen.intent.outcome.call import Call, ToService
from meshgen.intent.outcome.facets import Facet, Outcome
from meshgen.intent.outcome.retrying import CONNECT_FAILURE, EXPIRED, GRPC, RESET, Conditions
from tests.envoy.app import Seen
from tests.envoy.asking import Ask, Asker, Reply
from tests.envoy.places import NOBODY, Door
from tests.envoy.scenario import Scenario

_STATUSES = ("400", "409", "429", "500", "501", "502", "503", "504", "599")
_GRPC_NUMBERS = {
    "cancelled": 1,
    "deadline-exceeded": 4,
    "resource-exhausted": 8,
    "internal": 13,
    "unavailable": 14,
}
_MOST = 4  # ways to fail that one call is asked with
_LONGEST_MS = 1_000  # that is waited for tries to expire


async def retried(
    asker: Asker, scenario: Scenario, call: Call, outcome: Outcome, draw: int
) -> AsyncIterator[tuple[str, object, object]]:
    """Make a request fail in several ways, and compare how often it arrived."""
    if Facet.RETRY_ATTEMPTS not in outcome.facets:
        return
    attempts: Any = outcome.value(Facet.RETRY_ATTEMPTS)
    conditions = outcome.value(Facet.RETRY_ON) if attempts else Conditions(on=frozenset())
    assert isinstance(conditions, Conditions)
    for failure in _failures(scenario, call, outcome, conditions):
        is_retried = failure in conditions.on and (
            failure != EXPIRED or _number(outcome, Facet.RETRY_TRY) > 0
        )
        tries = 1 + (attempts if is_retried else 0)
        pick = f"{NOBODY}:9080" if failure == CONNECT_FAILURE else ""
        reply = await asker.ask(scenario, call, Ask(draw=draw, do=_script(failure), pick=pick))
        if failure == CONNECT_FAILURE:
            yield f"retries {failure}", tries > 1, reply.one("x-envoy-attempt-count") != "1"
        else:
            yield f"retries {failure}", tries, _arrived(reply, asker)


def _failures(scenario: Scenario, call: Call, outcome: Outcome, conditions: Conditions) -> Iterator[str]:
    """Pick what the call is to fail with, of that which is retried and that which is not."""
    assert isinstance(call.to, ToService)
    port = scenario.world.services[call.to.service].port(call.to.port)
    assert port is not None
    known: list[str] = list(GRPC if port.protocol is Protocol.GRPC else _STATUSES)
    backends: Any = outcome.value(Facet.BACKENDS)
    if all(_is_bare(scenario, title) for pods, _ in backends for title in pods):
        known.append(RESET)
    known.append(CONNECT_FAILURE)
    draw = random.Random(repr(call))
    tried = [failure for failure in known if failure not in conditions.free]
    yield from draw.sample(tried, min(_MOST, len(tried)))
    if EXPIRED not in conditions.free and 0 < _wait(outcome) // scenario.speed < _LONGEST_MS:
        yield EXPIRED


def _is_bare(scenario: Scenario, title: str) -> bool:
    pod, _, port = title.rpartition(":")
    return scenario.setup.ends[pod, int(port)].door is Door.BARE


def _wait(outcome: Outcome) -> int:
    """How long it takes until nobody tries any more, in ms; 0 for ever, or where both limits are close."""
    whole, each = (_number(outcome, facet) for facet in (Facet.TIMEOUT, Facet.RETRY_TRY))
    tries = each * (1 + _number(outcome, Facet.RETRY_ATTEMPTS))
    return 0 if whole and tries > whole // 2 else tries or whole


def _number(outcome: Outcome, facet: Facet) -> int:
    value: Any = outcome.value(facet) if facet in outcome.facets else None
    return 0 if value is None else int(value)


def _script(failure: str) -> str:
    if failure in _GRPC_NUMBERS:
        return f"grpc-{_GRPC_NUMBERS[failure]}"
    return "hang" if failure == EXPIRED else failure.replace(CONNECT_FAILURE, "200")


def _arrived(reply: Reply, asker: Asker) -> int:
    seen: list[Seen] = list(asker.seen(reply))
    return max((int(each.attempt) for each in seen if each.attempt.isdecimal()), default=0)
