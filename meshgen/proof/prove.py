"""A proof from end to end: of a rendering, or of two sets of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from meshgen.backend import Backend
from meshgen.diagnostics import Diagnostic
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.picking import pods_behind
from meshgen.intent.outcome.world import World
from meshgen.intent.resolved import ResolvedSet
from meshgen.profile import Profile
from meshgen.proof.manifests import Manifests
from meshgen.proof.places import Place, places
from meshgen.proof.sides import rendered
from meshgen.proof.telling import nothing_to_ask, unequal
from meshgen.proof.verify import Proof, Sides, verify
from meshgen.proof.witnesses import Bounds
from meshgen.proof.worlds import world_with
from meshgen.rendering import Rendering
from meshgen.resources import Complaint, Resources, spell


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How much is asked, and about what."""

    bounds: Bounds = field(default_factory=Bounds)
    facets: frozenset[str] | None = None  # groups of facets; None: all


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """What came of it."""

    proof: Proof
    findings: tuple[Diagnostic, ...]
    required: tuple[str, ...]  # requirements that were taken to hold


def prove_rendering(rendering: Rendering, backend: Backend, asked: Asked) -> Proved:
    """Hold what was rendered without an error against what the intent says. Reports MG601 to MG603."""
    assert rendering.left is not None, "beside an error nothing is rendered"
    profile = rendering.profile
    sides = rendered(rendering.left, rendering.resources, backend, profile, rendering.causes)
    where = places_of(rendering.left, sides.world)
    proof = verify(sides, where, bounds=asked.bounds, facets=asked.facets)
    names = ("the intent", profile.name)
    unread = backend.unmodelled(Resources(rendering.resources))
    return Proved(
        proof=proof,
        findings=(
            *(_unread(each, profile) for each in unread),
            *unequal(proof, names=names, mesh=profile.name, nodes={}),
        ),
        required=tuple(sorted(_required(rendering))),
    )


def places_of(left: ResolvedSet, world: World) -> Iterator[Place]:
    """List the places of which a set speaks."""
    wide = (wide.namespace for wide in left.wide)
    return places(world, left.services, behind=_behind(left, world), wide=wide)


def _behind(left: ResolvedSet, world: World) -> dict[str, ServiceKey]:
    """Say of which service each pod is, that of a version with a selector of its own too."""
    own_first = sorted(left.services.values(), key=lambda service: service.written.pods_of is not None)
    owners: dict[str, ServiceKey] = {}
    for service in own_first:
        for pod in pods_behind(service, world.index):
            owners.setdefault(pod.title, service.key)
    return owners


def _unread(complaint: Complaint, profile: Profile) -> Diagnostic:
    return Diagnostic(
        code=complaint.code,
        message=f"{complaint.of}: {complaint.message}",
        severity=complaint.gravity,
        field=spell(complaint.path),
        mesh=profile.name,
        hint=complaint.hint,
    )


def _required(rendering: Rendering) -> set[str]:
    every = (row.id for cause in rendering.causes for gap in cause.gaps for row in gap.row.requires)
    return {each for each in every if each not in rendering.profile.holds}


def prove_manifests(one: Manifests, other: Manifests, asked: Asked) -> Proved:
    """Hold two sets of manifests against each other, over the Services and workloads of both.

    Reports MG602, MG603 and MG610.
    """
    world = world_with((*one.resources, *other.resources))
    sides = Sides(
        one=one.choice.backend.evaluator(Resources(one.resources), world, one.choice.profile),
        other=other.choice.backend.evaluator(Resources(other.resources), world, other.choice.profile),
        world=world,
    )
    proof = verify(sides, places(world), bounds=asked.bounds, facets=asked.facets)
    nodes = {**one.nodes, **other.nodes}
    names = (f"{one.choice.profile.name} (the first)", f"{other.choice.profile.name} (the other)")
    found = unequal(proof, names=names, mesh=None, nodes=nodes)
    lacking = () if proof.classes else (nothing_to_ask(),)
    return Proved(proof=proof, findings=(*lacking, *found), required=())
