"""All scenarios in one Envoy, and every difference between it and our evaluators."""

from __future__ import annotations

import asyncio
import gc
import ssl
from collections import Counter
from collections.abc import Sequence
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
    with envoy(program, bootstrap(scenarios, authority, certificates), folder):
        contexts = {name: authority.context(each) for name, each in certificates.items()}
        gc.freeze()  # a thousand scenarios are not looked through while tries run out of time
        return asyncio.run(_judged(scenarios, contexts))


async def _judged(scenarios: Sequence[Scenario], contexts: dict[str, ssl.SSLContext]) -> Judgement:
    left = list(reversed(scenarios))
    found: list[Difference] = []
    compared: Counter[str] = Counter()

    async def work(application: Application) -> None:
        asker = Asker(application, contexts)
        while left:
            judge = Judge(asker, left.pop())
            found.extend(await judge.differences())
            compared.update(judge.compared)
        asker.close()

    async with Application() as application:
        await asyncio.gather(*(work(application) for _ in range(_WORKERS)))
    return Judgement(sorted(found, key=str), compared)
