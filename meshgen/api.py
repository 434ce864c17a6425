"""The pipeline: text to intents, intents to one mesh's manifests, and all that is to be told on the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meshgen.acceptance import agreements
from meshgen.assumptions import assumed
from meshgen.backend import Backend
from meshgen.diagnostics import Diagnostic, Findings
from meshgen.fidelity import settle, useless
from meshgen.gaps import gaps
from meshgen.inputs import Content
from meshgen.intent.exposure import check_exposure
from meshgen.intent.load import NO_INTENT, Documents, load, sort
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from meshgen.intent.show import show
from meshgen.intent.shown import Shown
from meshgen.intent.unfold import unfold
from meshgen.manifest import Manifest, Plan
from meshgen.patches import Patch
from meshgen.patching import patching
from meshgen.profile import Profile
from meshgen.source import Node, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the input files say."""

    documents: Documents
    written: tuple[MeshIntent, ...]  # as they stand in the files
    intents: tuple[MeshIntent, ...]  # with short forms and inheritance unfolded, and what the inputs show
    shown: Shown
    findings: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendering:
    """One mesh's manifests, in an order that is safe to apply, and what is to be told."""

    profile: Profile
    manifests: tuple[Manifest, ...]  # empty where a finding is an error
    patches: tuple[Patch, ...]  # of objects that are not ours, where they are asked for
    findings: tuple[Diagnostic, ...]


def read_intents(contents: Iterable[Content], *, is_pinned: bool = False) -> Reading:
    """Read the documents of a set; with an error among its findings, no later stage has sound ground.

    `is_pinned` asks every mesh for no timeout, no retries and no ejection where the set says nothing of them.
    """
    findings = Findings()
    nodes: list[Node] = []
    for content in contents:
        nodes.extend(read(content.content, file=content.file, findings=findings))
    documents = sort(nodes, findings=findings)
    written = load(documents.intents, findings=findings)
    if not documents.intents and not findings.has_errors:
        findings.add(NO_INTENT, "the files hold no MeshIntent", hint="name a file that holds one")
    shown = show(
        documents.others, namespaces=(intent.metadata.namespace for intent in written), findings=findings
    )
    return Reading(
        documents=documents,
        written=written,
        intents=tuple(unfold(intent, shown, is_pinned=is_pinned, findings=findings) for intent in written),
        shown=shown,
        findings=tuple(findings),
    )


def render(
    reading: Reading,
    backend: Backend,
    profile: Profile,
    *,
    is_partial: bool = False,
    is_patched: bool = False,
) -> Rendering:
    """Translate sound intents for one mesh: rules, gaps, limits, then plans and text.

    `is_partial` accepts, for this run, every loss that could be accepted without naming a service.
    `is_patched` asks for patches too, and so for what is told where there can be none.
    """
    findings = Findings()
    unwritten = backend.unwritten_mode(profile)
    check(reading.intents, callers=profile.callers, unwritten=unwritten, findings=findings)
    if findings.has_errors:
        return Rendering(profile=profile, manifests=(), patches=(), findings=tuple(findings))
    resolved = _resolve(reading, reading.intents, profile)
    check_exposure(resolved, findings)
    found = gaps(resolved, backend, profile)
    entries = agreements(reading.intents, profile)
    settled = settle(found, reading.intents, profile, entries=entries, is_partial=is_partial)
    findings.extend(settled.findings)
    # With an error nothing is left out: what is not accepted may speak of what would be.
    is_whole = settled.intents is reading.intents or findings.has_errors
    left = resolved if is_whole else _resolve(reading, settled.intents, profile)
    limited = tuple(backend.limits(left, profile))
    findings.extend((*limited, *useless(entries, settled, limited, profile)))
    plans = () if findings.has_errors else backend.plan(left, profile)
    findings.extend(assumed(left, plans))
    manifests = _write(plans, backend)
    asked = found if is_patched and not findings.has_errors else ()
    patches, unpatched = patching(asked, profile, reading.shown)
    findings.extend(unpatched)
    return Rendering(profile=profile, manifests=manifests, patches=patches, findings=tuple(findings))


def _resolve(reading: Reading, intents: tuple[MeshIntent, ...], profile: Profile) -> ResolvedSet:
    return resolve(intents, callers=profile.callers, shown=reading.shown)


def _write(plans: tuple[Plan, ...], backend: Backend) -> tuple[Manifest, ...]:
    if not plans:
        return ()
    from meshgen.templating import renderer  # jinja2 takes 50 ms, and a refused intent needs none of it

    write = renderer(backend.name)
    return tuple(Manifest.of(plan, write(plan)) for plan in plans)
