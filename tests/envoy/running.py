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

from tests.envoy.app import Application
from tests.envoy.asking import Asker
from tests.envoy.bootstrap import SERVER, bootstrap
from tests.envoy.certificates import Authority
from tests.envoy.judging import Difference, Judge
from tests.envoy.process import envoy
from tests.envoy.scenario import Scenario

_WORKERS = 24


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
    left = list(reversed(scenarios))
    found: list[Difference] = []
    compared: Counter[str] = Counter()

    async with Application() as application:
        asker = Asker(application, contexts)

        async def work() -> None:
            while left:
                judge = Judge(asker, left.pop())
                found.extend(await judge.differences())
                compared.update(judge.compared)

        try:
            await asyncio.gather(*(work() for _ in range(_WORKERS)))
        finally:
            asker.close()
    return Judgement(sorted(found, key=str), compared)


@contextmanager
def _many_connections() -> Iterator[None]:
    """Let this process and Envoy, which inherits it, keep a connection for each caller and pod."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
