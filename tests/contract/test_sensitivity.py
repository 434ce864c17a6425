"""No written value is dropped in silence: change it, and the manifests change, or a finding says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import pytest

from meshgen.api import read_intents
from meshgen.backend import Backend, backends
from meshgen.diagnostics import Findings, Severity
from meshgen.fidelity import settle
from meshgen.gaps import gaps, uses
from meshgen.inputs import Content
from meshgen.intent.access import Action, From, JwtProvider
from meshgen.intent.model import MeshIntent, Protocol
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from meshgen.intent.samples import samples
from meshgen.intent.traffic import RedirectCode
from meshgen.profile import Profile
from meshgen.support import Full
from meshgen.templating import renderer
from tests.contract.perturb import absent, changed, neighbours, other_kind

CALLERS = {"ingress": (From(namespace="ingress"),), "ingressx": (From(namespace="other"),)}


def demanded(backend: Backend) -> frozenset[str]:
    """List the requirements that refuse an intent until they are held."""
    rows = backend.capabilities.rows
    return frozenset(one.id for row in rows for one in row.requires if one.severity is Severity.ERROR)


TARGETS = [
    pytest.param(backend, replace(profile, callers=CALLERS, holds=demanded(backend)), id=profile.name)
    for backend in backends()
    for profile in backend.profiles
]


@dataclass(frozen=True)
class Rendered:
    """What a user would see of a sound intent."""

    manifests: tuple[str, ...]
    told: frozenset[str]  # features that a finding speaks of
    is_refused: bool


def load(tree: object) -> MeshIntent:
    """Read a sample and unfold it, so that every value stands where the walk finds it."""
    reading = read_intents([Content("sample.yaml", json.dumps(tree).encode())])
    assert reading.findings == ()
    return reading.intents[0]


def resolved(intent: MeshIntent) -> ResolvedSet | None:
    """Resolve an unfolded intent, or None where the rules of the language refuse it."""
    findings = Findings()
    check((intent,), callers=CALLERS, findings=findings)
    return None if findings.has_errors else _resolved(intent)


def _resolved(intent: MeshIntent) -> ResolvedSet:
    return resolve((intent,), callers=CALLERS)


def rendered(found: ResolvedSet, backend: Backend, profile: Profile) -> Rendered:
    lost = gaps(found, backend, profile)
    settled = settle(lost, (), profile, entries=(), is_partial=False)
    told = (*settled.findings, *backend.limits(found, profile))
    is_refused = any(finding.severity is Severity.ERROR for finding in told)
    write = renderer(backend.name)
    manifests = () if is_refused else tuple(write(plan) for plan in backend.plan(found, profile))
    return Rendered(manifests, frozenset(gap.use.usage.feature for gap in lost), is_refused)


class Variant(NamedTuple):
    """A sample with another value at one place."""

    intent: MeshIntent
    path: tuple[str | int, ...]  # of the usage that was changed
    is_absent: bool


def variants(intent: MeshIntent, feature: str) -> Iterator[Variant]:
    """Yield the sample with the value of a feature changed, or left out."""
    if feature == "versions":
        yield _renamed(intent)
    for use in uses(_resolved(intent), Profile(name="any", mesh="any", version="0")):
        if use.usage.feature != feature:
            continue
        path = (*_root(use.usage.path, intent), *use.usage.path)
        for value in neighbours(use.usage.value, str(path[-1])):
            yield Variant(_with(intent, path, value), use.usage.path, False)
        for holder in other_kind(use.usage.holder):
            yield Variant(_with(intent, path[:-1], holder), use.usage.path, False)
        if use.usage.value in UNLESS_WRITTEN.get(str(path[-1]), ()):
            continue
        if path[0] == "services":
            service = absent((intent.spec.services or {})[str(path[1])], path[2:])
            yield Variant(_with(intent, path[:2], service), use.usage.path, True)
        elif path[-1] == "scope":
            yield Variant(_with(intent, path, None), use.usage.path, True)


def _with(intent: MeshIntent, path: tuple[str | int, ...], value: object) -> MeshIntent:
    return replace(intent, spec=changed(intent.spec, path, value))


def _renamed(intent: MeshIntent) -> Variant:
    """A version is known by its name, which its split has too."""
    service = (intent.spec.services or {})["web"]
    versions, split = service.versions or {}, service.split or {}
    renamed = replace(
        service,
        versions={"v9" if k == "v1" else k: v for k, v in versions.items()},
        split={"v9" if k == "v1" else k: v for k, v in split.items()},
    )
    return Variant(_with(intent, ("services", "web"), renamed), ("versions",), False)


# What a field means that is left out: to write it is to say the same.
UNLESS_WRITTEN: dict[str, tuple[object, ...]] = {
    "action": (Action.ALLOW,),
    "create_service": (True,),
    "protocol": (Protocol.HTTP,),
    "status_code": (RedirectCode.FOUND,),
}


def _root(path: tuple[str | int, ...], intent: MeshIntent) -> tuple[str | int, ...]:
    """Where the walked value hangs below `spec`."""
    if path == ("scope",):
        return ("mtls",) if intent.spec.mtls is not None else ("authorization",)
    if path[0] in {field.name for field in fields(JwtProvider)}:
        return ("jwt_providers", "login")
    return ("services", "web")


def is_unasked(found: ResolvedSet, path: tuple[str | int, ...], backend: Backend, profile: Profile) -> bool:
    """True where the rows of what stands at a path say that the mesh does so without being asked."""
    answers = [
        backend.capabilities.answer(replace(use, profile=profile)).answer
        for use in uses(found, profile)
        if use.usage.path == path
    ]
    return all(isinstance(answer, Full) and answer.is_unasked for answer in answers)


def is_noticed(before: Rendered, after: Rendered) -> bool:
    """True where a change shows: in the manifests, in what is told, or because nothing is written."""
    is_refused = before.is_refused or after.is_refused
    return is_refused or before.manifests != after.manifests or before.told != after.told


def silent_losses(feature: str, tree: object, backend: Backend, profile: Profile) -> list[MeshIntent]:
    """List the changes of a feature's value that nobody would notice."""
    intent = load(tree)
    before = resolved(intent)
    assert before is not None, f"the sample of {feature} is refused"
    base = rendered(before, backend, profile)
    if feature in base.told:
        return []
    lost, sound = [], 0
    for variant in variants(intent, feature):
        after = resolved(variant.intent)
        if after is None:
            continue
        sound += 1
        is_excused = is_unasked(before, variant.path, backend, profile) and (
            variant.is_absent or is_unasked(after, variant.path, backend, profile)
        )
        if not is_excused and not is_noticed(base, rendered(after, backend, profile)):
            lost.append(variant.intent)
    assert sound > 0, f"no change of {feature} is sound, so nothing was tried"
    return lost


FEATURES = samples()


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_no_change_of_a_written_value_goes_unnoticed(backend: Backend, profile: Profile) -> None:
    lost = {
        feature: len(found)
        for feature, tree in FEATURES.items()
        if (found := silent_losses(feature, tree, backend, profile))
    }

    assert lost == {}


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_a_backend_that_ignores_one_field_is_caught_for_each_field(
    backend: Backend, profile: Profile
) -> None:
    unnoticed = []
    for feature, tree in FEATURES.items():
        before = resolved(load(tree))
        assert before is not None
        base = rendered(before, backend, profile)
        paths = {use.usage.path for use in uses(before, profile) if use.usage.feature == feature}
        is_excused = all(is_unasked(before, path, backend, profile) for path in paths)
        if feature in base.told or base.is_refused or is_excused or not base.manifests:
            continue
        planned = backend.plan(before, profile)
        deaf = replace(backend, plan=lambda *_, planned=planned: planned)
        if silent_losses(feature, tree, backend, profile) == silent_losses(feature, tree, deaf, profile):
            unnoticed.append(feature)

    assert [feature for feature in unnoticed if not _shows_without_manifests(feature, backend, profile)] == []


def _shows_without_manifests(feature: str, backend: Backend, profile: Profile) -> bool:
    """True where every change of a feature is refused, told, or of what the mesh does unasked."""
    intent = load(FEATURES[feature])
    before = resolved(intent)
    assert before is not None
    base = rendered(before, backend, profile)
    for variant in variants(intent, feature):
        after = resolved(variant.intent)
        if after is None:
            continue
        now = rendered(after, backend, profile)
        if not now.is_refused and now.told == base.told and now.manifests != base.manifests:
            return False
    return True
