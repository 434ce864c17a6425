"""Intents that nobody wrote: what is rendered of them does to requests what they say, or a finding tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from meshgen.api import read_intents, render
from meshgen.backend import Backend
from meshgen.diagnostics import Severity
from meshgen.gaps import uses
from meshgen.inputs import Content
from meshgen.intent.features import declared
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Channel, Profile
from meshgen.profiles import built_in
from meshgen.proof.prove import Asked, prove_rendering
from meshgen.proof.telling import SAMPLED
from meshgen.proof.witnesses import Bounds
from meshgen.rendering import Rendering
from meshgen.support import Unsupported
from tests.property.made_intents import CALLERS, made
from tests.property.pen import Wish

CHUNKS, SIZE = 4, 500  # of intents, so that several processes share them
OFTEN = 8  # times in each chunk, so 32 times in all, is what each id that a mesh carries should be met
MOST_RARE = 40  # ids of a mesh that are not yet, of about 250
MOST = 60  # requests to one place
FEATURES = frozenset(declared(MeshIntent))


def _sound(backend: Backend, profile: Profile) -> Profile:
    """Name callers, and say that what has to hold for anything to be rendered does."""
    demanded = frozenset(
        one.id for row in backend.capabilities.rows for one in row.requires if one.severity is Severity.ERROR
    )
    api = profile.gateway_api
    api = None if api is None else api._replace(channel=Channel.EXPERIMENTAL)
    return replace(profile, callers=CALLERS, holds=demanded, gateway_api=api)


CLUSTERS = {profile.name: (backend, _sound(backend, profile)) for backend, profile in built_in()}


def _carried(backend: Backend, profile: Profile) -> frozenset[str]:
    """List the features to which a mesh does not always answer Unsupported."""
    rows = {id: backend.capabilities.on(id, profile) for id in FEATURES}
    return frozenset(
        id for id, found in rows.items() if any(not isinstance(row.answer, Unsupported) for row in found)
    )


CARRIED = {name: _carried(*cluster) for name, cluster in CLUSTERS.items()}
# Left out where a mesh has no word for it, alone or with its rule or route, so that the rest is rendered.
_LEFT_OUT = (
    *("circuitBreaker", "connectTimeout", "cors", "fault", "headers", "loadBalancing", "mirror"),
    *("outlierDetection", "probes", "rateLimit", "redirect", "retries", "rewrite", "split", "timeout"),
)
PORTABLE = frozenset(
    id
    for id in FEATURES
    if id.removeprefix("routes.").partition(".")[0] in _LEFT_OUT
    or id.startswith(("authorization.rules.", "jwtProviders."))
    or all(id in carried for carried in CARRIED.values())
)


class Met:
    """What was met so far among the intents that were rendered, by profile and feature."""

    def __init__(self) -> None:
        self.rendered: Counter[str] = Counter()
        self.asked = 0
        self._features = {name: Counter[str]() for name in CLUSTERS}

    def wish(self, number: int) -> Wish:
        """Say what the next intent is to hold: what each mesh carries, or now and then one of them."""
        ahead = 2 * OFTEN * (number + SIZE // 10) / SIZE
        behind = {name: self.rarer(name, ahead) for name in CLUSTERS}
        least = {
            id: min(count[id] for name, count in self._features.items() if id in CARRIED[name])
            for id in FEATURES
            if any(id in carried for carried in CARRIED.values())
        }
        lacking = sorted({CARRIED[name]: name for name, rare in sorted(behind.items()) if rare}.values())
        if number % 5 not in (1, 3) or not lacking:
            wanted = frozenset[str]().union(*behind.values())
            return Wish(allowed=PORTABLE, counts=least, wanted=wanted, is_tame=True)
        name = lacking[number // 2 % len(lacking)]
        counts = self._features[name]
        return Wish(allowed=CARRIED[name], counts=counts, wanted=behind[name], is_tame=False)

    def rarer(self, name: str, often: float) -> frozenset[str]:
        """List what was not met often enough on a profile."""
        return frozenset(id for id in CARRIED[name] if self._features[name][id] < often)

    def take(self, rendering: Rendering, backend: Backend, whole: ResolvedSet) -> None:
        """Count what was rendered, without what was left out."""
        assert rendering.left is not None
        profile = rendering.profile
        self.rendered[profile.name] += 1
        # Where no rule by token is carried, what providers say is carried all the same: nobody asks for it.
        tokens = (use for use in uses(whole, profile) if use.usage.feature.startswith("jwtProviders."))
        self._features[profile.name].update(
            {
                use.usage.feature
                for use in (*uses(rendering.left, profile), *tokens)
                if not isinstance(backend.capabilities.answer(use).answer, Unsupported)
            }
        )


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_rendered_of_an_intent_does_what_it_says(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    met = Met()
    different = [
        f"{chunk}.{number} on {found}"
        for number in range(SIZE)
        for found in _differences(f"{chunk}.{number}", met, number)
    ]
    shares = ", ".join(f"{name} {met.rendered[name] / SIZE:.0%}" for name in CLUSTERS)
    record_property("measured", f"chunk {chunk} of {SIZE} intents: {shares} rendered, {met.asked:,} requests")
    rare = {name: sorted(met.rarer(name, OFTEN)) for name in CLUSTERS}
    for name, ids in rare.items():
        record_property(
            "measured", f"chunk {chunk}, under {OFTEN} times on {name}: {', '.join(ids) or 'none'}"
        )

    assert different == []
    assert {name: met.rendered[name] for name in CLUSTERS if met.rendered[name] < 0.6 * SIZE} == {}
    assert {name: ids for name, ids in rare.items() if len(ids) > MOST_RARE} == {}


def _differences(seed: str, met: Met, number: int) -> Iterator[str]:
    content = made(seed, met.wish(number), CLUSTERS.values())
    reading = read_intents([content])
    whole = resolve(reading.intents, callers=CALLERS, shown=reading.shown)
    for name, (backend, profile) in CLUSTERS.items():
        rendering = render(reading, backend, profile)
        if rendering.left is None:
            assert any(found.severity is Severity.ERROR for found in rendering.findings)
            continue
        met.take(rendering, backend, whole)
        proved = prove_rendering(rendering, backend, Asked(bounds=Bounds(most=MOST, seed=number)))
        met.asked += proved.proof.asked
        told = [found.message for found in proved.findings if found.code is not SAMPLED]
        yield from (
            f"{name}: {message}\n{_text(content)}" for message in told if not _is_closed(message, profile)
        )


def _is_closed(message: str, profile: Profile) -> bool:
    """Where the cluster denies what nobody lets in, a denial that nobody wrote changes nothing."""
    is_unsaid = "the intent says nothing" in message and f"{profile.name} says denied" in message
    return is_unsaid and "intention-default-deny" in profile.holds


def _text(content: Content) -> str:
    return content.content.decode()
