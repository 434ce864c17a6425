"""Intents that nobody wrote: what is rendered of them does to requests what they say, or a finding tells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from meshgen.api import read_intents, render
from meshgen.backend import Backend
from meshgen.diagnostics import Severity
from meshgen.inputs import Content
from meshgen.intent.resolve import resolve
from meshgen.profile import Channel, Profile
from meshgen.profiles import built_in
from meshgen.proof.prove import Asked, prove_rendering
from meshgen.proof.telling import SAMPLED
from meshgen.proof.witnesses import Bounds
from tests.property.drafts import CALLERS, made
from tests.property.steering import Steering

CHUNKS, SIZE = 4, 500  # of intents, so that several processes share them
OFTEN = 8  # times in each chunk, so more than 30 in all, is what each id that a cluster carries is met
RENDERED = 0.6  # of each chunk, at least
MOST = 60  # requests to one place


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What was found out about an intent on a cluster."""

    asked: int  # requests
    differences: tuple[str, ...]


def _sound(backend: Backend, profile: Profile) -> Profile:
    """Name callers, and say that what has to hold for anything to be rendered does."""
    demanded = frozenset(
        one.id for row in backend.capabilities.rows for one in row.requires if one.severity is Severity.ERROR
    )
    api = profile.gateway_api
    api = None if api is None else api._replace(channel=Channel.EXPERIMENTAL)
    return replace(profile, callers=CALLERS, holds=demanded, gateway_api=api)


CLUSTERS = {profile.name: (backend, _sound(backend, profile)) for backend, profile in built_in()}


@pytest.mark.long
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_what_is_rendered_of_an_intent_does_what_it_says(
    chunk: int, record_property: Callable[[str, object], None]
) -> None:
    steering = Steering(CLUSTERS, often=OFTEN)
    proofs = [each for number in range(SIZE) for each in _proofs(f"{chunk}.{number}", steering, number)]
    rendered = {name: steering.rendered[name] / SIZE for name in CLUSTERS}
    least = {name: min(steering.met(name).values()) for name in CLUSTERS}
    measured = ", ".join(
        f"{name} {rendered[name]:.0%} rendered, each id {least[name]} times" for name in CLUSTERS
    )
    asked = sum(proof.asked for proof in proofs)
    record_property("measured", f"chunk {chunk} of {SIZE} intents: {measured}; {asked:,} requests")

    assert [different for proof in proofs for different in proof.differences] == []
    assert {name: share for name, share in rendered.items() if share < RENDERED} == {}
    assert {
        (name, id): times for name in CLUSTERS for id, times in steering.met(name).items() if times < OFTEN
    } == {}


def _proofs(seed: str, steering: Steering, number: int) -> Iterator[Proof]:
    content = made(seed, steering.wish(number), tuple(CLUSTERS.values()))
    reading = read_intents([content])
    whole = resolve(reading.intents, callers=CALLERS, shown=reading.shown)
    for name, (backend, profile) in CLUSTERS.items():
        rendering = render(reading, backend, profile)
        if rendering.left is None:
            assert any(found.severity is Severity.ERROR for found in rendering.findings)
            continue
        steering.take(name, rendering.left, whole)
        proved = prove_rendering(rendering, backend, Asked(bounds=Bounds(most=MOST, seed=number)))
        told = [found.message for found in proved.findings if found.code is not SAMPLED]
        different = [f"{seed} on {name}: {message}\n{_text(content)}" for message in told]
        yield Proof(asked=proved.proof.asked, differences=tuple(different))


def _text(content: Content) -> str:
    return content.content.decode()
