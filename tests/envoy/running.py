"""All scenarios in one Envoy, and every difference between it and our evaluators."""

from __future__ import annotations

import asyncio
import gc
import resource
import ssl
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from meshgen.intent.outcome.call import Call
from tests.envoy.app import Application
from tests.envoy.asking import Asker
from tests.envoy.bootstrap import SERVER, bootstrap
from tests.envoy.certificates import Authority
from tests.envoy.judging import Difference, Judge
from tests.envoy.process import envoy
from tests.envoy.scenario import Scenario

_WORKERS = 24
_CAREFUL = 4  # workers that ask again
_TIMES = 3


class Judgement(NamedTuple):
    """What came of it."""

    differences: list[Difference]
    compared: Counter[str]  # how often, by facet


def judgement(program: str, scenarios: Sequence[Scenario], folder: Path) -> Judgement:
    """Let Envoy judge what evaluators say."""
    authority = Authority(folder)
    identities = {each for one in scenarios for each in one.setup.identities.values()}
    certificates = authority.issue(sorted({SERVER, *identities}))
    with _many_connections(), envoy(program, bootstrap(scenarios, authority, certificates), folder):
        contexts = {name: authority.context(each) for name, each in certificates.items()}
        gc.freeze()  # a thousand scenarios are not looked through while tries run out of time
        return asyncio.run(_judged(scenarios, contexts))


async def _judged(scenarios: Sequence[Scenario], contexts: dict[str, ssl.SSLContext]) -> Judgement:
    compared: Counter[str] = Counter()
    async with Application() as application:
        asker = Asker(application, contexts)
        try:
            every = [(one, one.calls) for one in scenarios]
            suspects = await _asked(asker, every, _WORKERS, compared)
            # On a busy machine a try may expire; what Envoy does by rule it does whenever it is asked.
            for _ in range(_TIMES):
                again = [(one, [call]) for one, call, _ in suspects]
                suspects = await _asked(asker, again, _CAREFUL, compared)
        finally:
            asker.close()
    found = [each for _, _, differences in suspects for each in differences]
    return Judgement(sorted(found, key=str), compared)


async def _asked(
    asker: Asker, asked: Sequence[tuple[Scenario, Sequence[Call]]], workers: int, compared: Counter[str]
) -> list[tuple[Scenario, Call, list[Difference]]]:
    """Ask calls of scenarios, several at once, and keep those on which anybody disagrees."""
    left = list(reversed(asked))
    found: list[tuple[Scenario, Call, list[Difference]]] = []

    async def work() -> None:
        while left:
            scenario, calls = left.pop()
            judge = Judge(asker, scenario)
            found.extend([(scenario, call, await judge.differences(call)) for call in calls])
            compared.update(judge.compared)

    await asyncio.gather(*(work() for _ in range(workers)))
    return [each for each in found if each[2]]


@contextmanager
def _many_connections() -> Iterator[None]:
    """Let this process and Envoy, which inherits it, keep a connection for each caller and pod."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
