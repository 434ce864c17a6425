"""What arrived at the application and went back, held against the facets that show there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from meshgen.intent.outcome.call import Call
from meshgen.intent.outcome.facets import Cors, Facet, Outcome
from tests.envoy.app import OWN, Seen
from tests.envoy.asking import Reply, is_routed, own_host
from tests.envoy.bootstrap import PEER
from tests.envoy.places import Door
from tests.envoy.scenario import Scenario

EXPECTED_MS = "x-envoy-expected-rq-timeout-ms"
Found = Iterator[tuple[str, object, object]]


def received(
    scenario: Scenario, call: Call, outcome: Outcome, reply: Reply, arrived: Sequence[Seen]
) -> Found:
    """Compare a request that got through; copies of it are judged elsewhere."""
    request = call.request
    assert request is not None
    seen = next(each for each in arrived if each.pod == reply.pod)
    if Facet.PATH in outcome.facets and (_door(scenario, seen) is Door.BARE or "/." not in request.path):
        yield "rewrite.path", outcome.value(Facet.PATH), seen.target
    if Facet.HOST in outcome.facets:
        new = outcome.value(Facet.HOST)
        old = request.host or own_host(scenario.world, call.to)
        yield "rewrite.hostname", old if new is None else new, seen.headers["host"][0]
    yield from _transport(scenario, outcome, seen)
    if is_routed(call):
        yield from _edited(
            "headers.request", outcome, Facet.REQUEST_HEADERS, dict(request.headers), seen.headers
        )
        own = dict.fromkeys(OWN, "app")
        answered = {} if reply.head is None else reply.head.headers
        yield from _edited("headers.response", outcome, Facet.RESPONSE_HEADERS, own, answered)
        yield from _timed(scenario, outcome, seen)
        yield from _cors(call, outcome, reply)


def _transport(scenario: Scenario, outcome: Outcome, seen: Seen) -> Found:
    if Facet.TRANSPORT in outcome.facets and _door(scenario, seen) is not Door.BARE:
        yield "mtls", outcome.value(Facet.TRANSPORT), seen.headers.get(PEER, ("-",)) not in (("-",), ("",))


def _door(scenario: Scenario, seen: Seen) -> Door:
    """A proxy before the application resolves dots on the way, and shows whom it met."""
    pod, _, port = seen.pod.rpartition(":")
    return scenario.setup.ends[pod, int(port)].door


def _edited(what: str, outcome: Outcome, facet: Facet, before: dict[str, str], after: Any) -> Found:
    if facet not in outcome.facets:
        return
    edits: Any = outcome.value(facet)
    if not isinstance(edits, frozenset):
        return  # they differ between the parts of a split
    names = {*before, *(name for _, name, _ in edits)}
    left = {name: value for name, value in before.items() if ("remove", name, "") not in edits}
    for how, name, value in sorted(edits):
        if how == "add":
            left[name] = f"{left[name]},{value}" if name in left else value
    left |= {name: value for how, name, value in edits if how == "set"}
    found = {name: ",".join(values) for name, values in after.items() if name in names}
    yield what, left, found


def _timed(scenario: Scenario, outcome: Outcome, seen: Seen) -> Found:
    """Of the whole time and that of a try the proxy tells the shorter one."""
    if Facet.TIMEOUT not in outcome.facets:
        return
    known: list[Any] = [outcome.value(Facet.TIMEOUT)]
    if Facet.RETRY_TRY in outcome.facets:
        known.append(outcome.value(Facet.RETRY_TRY))
    times = [ms for ms in known if ms is not None]
    ours = str(min(times) // scenario.speed) if times else ""
    yield "timeout", ours, ",".join(seen.headers.get(EXPECTED_MS, ()))


def _cors(call: Call, outcome: Outcome, reply: Reply) -> Found:
    if Facet.CORS not in outcome.facets or call.request is None:
        return
    cors, origin = outcome.value(Facet.CORS), call.request.headers.get("origin")
    allowed = reply.one("access-control-allow-origin")
    exposed = frozenset(filter(None, reply.one("access-control-expose-headers").lower().split(",")))
    with_cookies = reply.one("access-control-allow-credentials") == "true"
    if isinstance(cors, Cors) and cors.is_allowed:
        yield "cors", (origin, cors.expose, cors.credentials), (allowed, exposed, with_cookies)
    else:
        yield "cors", ("", frozenset(), False), (allowed, exposed, with_cookies)
