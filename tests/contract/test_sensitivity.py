"""No written value is dropped in silence: change it, and the manifests change, or a finding says why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from meshgen.api import read_intents
from meshgen.backend import Backend, backends
from meshgen.diagnostics import Findings, Severity
from meshgen.fidelity import settle
from meshgen.gaps import gaps, uses
from meshgen.inputs import Content
from meshgen.intent.access import From
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from meshgen.intent.shown import NOTHING
from meshgen.intent.unfold import unfold
from meshgen.profile import Profile
from meshgen.support import Full
from meshgen.templating import renderer
from tests.contract.perturb import absent, changed, neighbours
from tests.contract.samples import samples

CALLERS = {"ingress": (From(namespace="ingress"),), "ingressx": (From(namespace="other"),)}
TARGETS = [
    pytest.param(backend, replace(profile, callers=CALLERS), id=profile.name)
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
    reading = read_intents([Content("sample.yaml", json.dumps(tree).encode())])
    assert reading.findings == ()
    return reading.written[0]


def resolved(intent: MeshIntent) -> ResolvedSet | None:
    """Resolve an intent, or None where the rules of the language refuse it."""
    findings = Findings()
    unfolded = (unfold(intent, NOTHING, findings=findings),)
    check(unfolded, callers=CALLERS, findings=findings)
    return None if findings.has_errors else resolve(unfolded, callers=CALLERS)


def rendered(found: ResolvedSet, backend: Backend, profile: Profile) -> Rendered:
    lost = gaps(found, backend, profile)
    settled = settle(lost, (), profile, entries=(), is_partial=False)
    told = (*settled.findings, *backend.limits(found, profile))
    is_refused = any(finding.severity is Severity.ERROR for finding in told)
    write = renderer(backend.name)
    manifests = () if is_refused else tuple(write(plan) for plan in backend.plan(found, profile))
    return Rendered(manifests, frozenset(gap.use.usage.feature for gap in lost), is_refused)


def variants(intent: MeshIntent, feature: str) -> Iterator[MeshIntent]:
    """Yield the sample with the value of a feature changed, or left out."""
    spec = intent.spec
    before = resolve((unfold(intent, NOTHING, findings=Findings()),), callers=CALLERS)
    for use in uses(before, Profile(name="any", mesh="any", version="0")):
        if use.usage.feature != feature:
            continue
        for root in _roots(use.usage.path, intent):
            path = (*root, *use.usage.path)
            for value in neighbours(use.usage.value):
                yield replace(intent, spec=changed(spec, path, value))
            yield from (replace(intent, spec=left) for left in absent(spec, path))


def _roots(path: tuple[str | int, ...], intent: MeshIntent) -> Iterator[tuple[str | int, ...]]:
    """Where the walked value hangs below `spec`."""
    if path == ("scope",):
        yield ("mtls",) if intent.spec.mtls is not None else ("authorization",)
    elif intent.spec.jwt_providers is not None and path[0] in ("issuer", "jwks_uri", "jwks", "audiences"):
        yield ("jwt_providers", "login")
    elif intent.spec.jwt_providers is not None and path[0] in ("from_headers", "from_params", "forward"):
        yield ("jwt_providers", "login")
    else:
        yield ("services", "web")


def is_unasked(found: ResolvedSet, feature: str, backend: Backend, profile: Profile) -> bool:
    """True where the row of the feature says that the mesh does so without being asked."""
    answers = [
        backend.capabilities.answer(use).answer
        for use in uses(found, profile)
        if use.usage.feature == feature
    ]
    return all(isinstance(answer, Full) and answer.is_unasked for answer in answers)


def silent_losses(feature: str, tree: object, backend: Backend, profile: Profile) -> list[MeshIntent]:
    """List the changes of a feature's value that nobody would notice."""
    intent = load(tree)
    before = resolved(intent)
    assert before is not None, f"the sample of {feature} is refused"
    base = rendered(before, backend, profile)
    if feature in base.told or is_unasked(before, feature, backend, profile):
        return []
    lost, sound = [], 0
    for variant in variants(intent, feature):
        after = resolved(variant)
        if after is None:
            continue
        sound += 1
        now = rendered(after, backend, profile)
        if now.manifests == base.manifests and feature not in now.told:
            lost.append(variant)
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
        if feature in base.told or base.is_refused or is_unasked(before, feature, backend, profile):
            continue
        planned = backend.plan(before, profile)
        deaf = replace(backend, plan=lambda *_, planned=planned: planned)
        if not silent_losses(feature, tree, deaf, profile):
            unnoticed.append(feature)

    assert unnoticed == []
