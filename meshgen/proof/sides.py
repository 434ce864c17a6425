"""Two sides over one world: an intent and what was rendered of it, or two sets of manifests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from meshgen.backend import Backend
from meshgen.fidelity import Cause
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.evaluate import evaluator
from meshgen.intent.outcome.world import World
from meshgen.intent.outcome.world_of import world_of
from meshgen.intent.resolved import ResolvedSet, ToOther
from meshgen.profile import Profile
from meshgen.proof.assuming import assuming
from meshgen.proof.verify import Sides
from meshgen.proof.worlds import world_with
from meshgen.resources import Resource, Resources
from meshgen.support import Approximate, Full


def rendered(
    meant: ResolvedSet,
    written: Sequence[Resource],
    backend: Backend,
    profile: Profile,
    causes: Iterable[Cause],
) -> Sides:
    """Hold what was rendered against what was meant; `causes` are what findings say differs."""
    world = supposed(meant, written, backend, profile)
    return Sides(
        one=evaluator(meant, world),
        other=backend.evaluator(Resources(written), world, profile),
        world=world,
        bare=backend.evaluator(Resources(()), world, profile),
        excused=dict(_excuses(causes, meant)),
    )


def supposed(meant: ResolvedSet, written: Iterable[Resource], backend: Backend, profile: Profile) -> World:
    """Give the world in which what was rendered is to mean what was meant: what it requires is done."""
    return assuming(world_for(meant, written, profile), meant, backend, profile)


def services(written: Iterable[Resource]) -> Iterator[Resource]:
    """Pick the Services among objects."""
    return (each for each in written if (each.group, each.kind) == ("", "Service"))


def world_for(meant: ResolvedSet, written: Iterable[Resource], profile: Profile) -> World:
    """Give the world of an intent, with the Services that were generated for it."""
    base = world_of(meant, trust_domain=profile.trust_domain, cluster_domain=profile.cluster_domain)
    return world_with(services(written), base)


def _excuses(
    causes: Iterable[Cause], meant: ResolvedSet
) -> Iterator[tuple[tuple[ServiceKey | None, str], str]]:
    """Say in which facets which service is known to differ, and by which feature.

    What is known of pods is known of every Service that fronts them, and of one whose route leads to them.
    """
    leading = _leading(meant)
    for gap in (gap for cause in causes for gap in cause.gaps):
        if isinstance(gap.row.answer, Approximate | Full):
            key = None if gap.use.service is None else gap.use.service.key
            fronts = () if key is None else (front.key for front in meant.fronts.get(key, ()))
            for each in (key, *fronts):
                yield from (((each, words), gap.use.usage.feature) for words in gap.row.answer.facets)
            followed = [words for words in gap.row.answer.facets if words.partition(" of ")[0] in _FOLLOWED]
            for each in leading.get(key, ()):
                yield from (((each, words), gap.use.usage.feature) for words in followed)


# What a request gets of the service that a route leads it to.
_FOLLOWED = frozenset(("verdict", "mtls", "loadBalancing", "circuitBreaker", "outlierDetection", "rateLimit"))


def _leading(meant: ResolvedSet) -> dict[ServiceKey | None, list[ServiceKey]]:
    """List the services whose routes lead to another one, by that one."""
    found: dict[ServiceKey | None, list[ServiceKey]] = {}
    for service in meant.services.values():
        for route in service.routes:
            if isinstance(route.destination, ToOther):
                found.setdefault(route.destination.key, []).append(service.key)
    return found
