"""Envoy's answers to a call, held against what an evaluator says becomes of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from meshgen.intent.outcome.call import Call, ToService
from meshgen.intent.outcome.calling import called
from meshgen.intent.outcome.facets import Facet, Outcome, Verdict
from meshgen.intent.traffic import GrpcStatus
from tests.envoy.asking import Ask, Asker, Reply, end_of, is_routed
from tests.envoy.bootstrap import FLAGS
from tests.envoy.copying import copied
from tests.envoy.places import End
from tests.envoy.received import received
from tests.envoy.retrying import retried
from tests.envoy.scenario import Scenario

Shares = tuple[tuple[tuple[str, ...], Fraction], ...]


class Difference(NamedTuple):
    """One facet on which Envoy and an evaluator disagree."""

    scenario: str
    call: str
    facet: str
    ours: object
    envoys: object


@dataclass(slots=True)
class Judge:
    """One scenario under judgement."""

    asker: Asker
    scenario: Scenario
    tables: dict[tuple[Any, ...], dict[int, frozenset[str]]] = field(default_factory=dict)
    compared: Counter[str] = field(default_factory=Counter)

    async def differences(self, call: Call) -> list[Difference]:
        """Ask what becomes of a call."""
        return [
            Difference(self.scenario.name, called(call), facet, ours, envoys)
            async for facet, ours, envoys in self._compared(call)
            if ours != envoys
        ]

    async def _compared(self, call: Call) -> AsyncIterator[tuple[str, object, object]]:
        outcome = self.scenario.evaluator.outcome(call)
        async for facet, ours, envoys in self._facets(call, outcome):
            self.compared[facet] += 1
            yield facet, ours, envoys

    async def _facets(self, call: Call, outcome: Outcome) -> AsyncIterator[tuple[str, object, object]]:
        replies = [reply async for reply in self._spread(call, outcome)]
        verdict = _said(outcome)
        if verdict is not Verdict.ALLOWED and any("FI" in reply.one(FLAGS) for _, reply in replies):
            return  # a request that the caller's own proxy aborts never meets who denies it
        yield "verdict", verdict, _verdict(reply for _, reply in replies)
        if verdict is not Verdict.ALLOWED:
            return
        how, first = next((each for each in replies if each[1].pod), replies[0])
        for facet, ours, envoys in _answered(outcome, first):
            yield facet, ours, envoys
        if not is_routed(call) or Facet.BACKENDS in outcome.facets:
            yield "reached", not is_routed(call) or _reaches(outcome), first.pod != ""
        if not first.pod:
            return
        if is_routed(call) and Facet.BACKENDS in outcome.facets:
            ours = outcome.value(Facet.BACKENDS)
            async for envoys in self._backends(call, ours):
                yield "split", ours, envoys
        for facet, ours, envoys in received(self.scenario, call, outcome, first, self.asker.seen(first)):
            yield facet, ours, envoys
        if is_routed(call):
            async for facet, ours, envoys in copied(self.asker, self.scenario, outcome, first):
                yield facet, ours, envoys
            async for facet, ours, envoys in retried(self.asker, self.scenario, call, outcome, how.draw):
                yield facet, ours, envoys

    async def _spread(self, call: Call, outcome: Outcome) -> AsyncIterator[tuple[Ask, Reply]]:
        """Ask such that each pod that may be reached is, or where all are alike one of them."""
        if not is_routed(call):
            for pod in self._pods(call):
                yield Ask(), await self.asker.ask(self.scenario, call, Ask(pod=pod))
            return
        draws = self.scenario.setup.draws
        step = 1 if _said(outcome) is Verdict.MIXED else max(1, draws // 3)
        some = range(0, draws, step)
        is_nowhere = True
        for draw in (*some, *(each for each in range(draws) if each not in some)):
            if draw not in some and not is_nowhere:
                return
            how = Ask(draw=draw)
            reply = await self.asker.ask(self.scenario, call, how)
            is_nowhere = is_nowhere and _one_verdict(reply) is Verdict.UNROUTED
            yield how, reply

    def _pods(self, call: Call) -> Sequence[str]:
        if not isinstance(call.to, ToService):
            return (call.to.pod,)
        service = self.scenario.world.services[call.to.service]
        return [pod.title for pod in self.scenario.world.pods_of(service)]

    async def _backends(self, call: Call, ours: Any) -> AsyncIterator[object]:
        """Sweep all draws and endpoints once for each kind of split; later calls are held against that."""
        ends = self._candidates(call, ours)
        key = (call.to, call.caller.account, ours)
        if key not in self.tables:
            draws = range(self.scenario.setup.draws)
            self.tables[key] = {draw: await self._members(call, draw, ends) for draw in draws}
            yield _shares(self.tables[key])
            return
        table = self.tables[key]
        draw = len(called(call)) % len(table)
        members = await self._members(call, draw, ends)
        yield ours if members == table[draw] else {draw: members}

    def _candidates(self, call: Call, ours: Shares) -> list[End]:
        """Name what could be chosen: the pods of the Service that is called, and those expected."""
        assert isinstance(call.to, ToService)
        ends = {end_of(self.scenario, call, pod) for pod in self._pods(call)}
        for pods, _ in ours:
            for title in pods:
                pod, _, port = title.rpartition(":")
                ends.add(self.scenario.setup.ends[pod, int(port)])
        return sorted(ends, key=str)

    async def _members(self, call: Call, draw: int, ends: Sequence[End]) -> frozenset[str]:
        found = set()
        for end in ends:
            how = Ask(draw=draw, pick=f"{end.address}:{end.port}")
            reply = await self.asker.ask(self.scenario, call, how)
            if reply.pod == f"{end.pod}:{end.port}":
                found.add(reply.pod)
        return frozenset(found)


def _said(outcome: Outcome) -> object:
    """Where nobody says who may call, the mappings let everybody in."""
    step = outcome.facets.get(Facet.VERDICT)
    return Verdict.ALLOWED if step is None else step.value


def _verdict(replies: Iterator[Reply]) -> Verdict:
    """What goes to a cluster without endpoints says nothing of those who may call."""
    found = {_one_verdict(reply) for reply in replies}
    left = found - {Verdict.UNROUTED} or found
    return left.pop() if len(left) == 1 else Verdict.MIXED


def _one_verdict(reply: Reply) -> Verdict:
    flags = reply.one(FLAGS)
    if reply.head is None or (reply.status == 403 and "FI" not in flags and not reply.pod):
        return Verdict.DENIED
    if reply.one("grpc-status") == "7" and not reply.pod and "FI" not in flags:
        return Verdict.DENIED
    if reply.status in (404, 503) and not reply.pod and flags in ("NR", "NC", ""):
        return Verdict.UNROUTED
    return Verdict.ALLOWED


def _answered(outcome: Outcome, reply: Reply) -> Iterator[tuple[str, object, object]]:
    """What the caller's proxy answers or does by itself."""
    location = (reply.status, _plain(reply.one("location"))) if reply.one("location") else None
    redirect: Any = outcome.value(Facet.REDIRECT) if Facet.REDIRECT in outcome.facets else None
    yield "redirect", redirect and (redirect[0], _plain(redirect[1])), location
    flags = reply.one(FLAGS).split(",")
    for facet, flag in ((Facet.FAULT_ABORT, "FI"), (Facet.FAULT_DELAY, "DI")):
        value: Any = outcome.value(facet) if facet in outcome.facets else None
        if value is None or value[1] in (0, 1):
            yield facet.value, value is not None and value[1] == 1, flag in flags
    abort: Any = outcome.facets.get(Facet.FAULT_ABORT)
    if "FI" in flags and abort is not None and abort.value is not None:
        status = abort.value[0]
        answered = reply.one("grpc-status") if isinstance(status, str) else reply.status
        yield "fault status", _number(status), answered


def _number(status: Any) -> object:
    names = [each.value for each in GrpcStatus]
    return str(names.index(status)) if isinstance(status, str) else status


def _plain(address: str) -> str:
    """Leave out the port that a scheme means anyway."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.removesuffix({'http': ':80', 'https': ':443'}.get(scheme, ''))}{slash}{path}"


def _reaches(outcome: Outcome) -> bool:
    """True where some of the requests get to a pod."""
    abort: Any = outcome.facets[Facet.FAULT_ABORT].value if Facet.FAULT_ABORT in outcome.facets else None
    backends: Any = outcome.value(Facet.BACKENDS)
    return any(pods for pods, _ in backends) and (abort is None or abort[1] < 1)


def _shares(table: dict[int, frozenset[str]]) -> Shares:
    counted = Counter(tuple(sorted(members)) for members in table.values())
    return tuple(sorted((pods, Fraction(count, len(table))) for pods, count in counted.items()))
