"""The pipeline: text to intents, intents to one mesh's manifests, and all that is to be told on the way."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from meshgen.acceptance import Agreement, agreements
from meshgen.assumptions import assumed
from meshgen.backend import Backend
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.fidelity import Settlement, settle, useless
from meshgen.gaps import Judged, gaps
from meshgen.inputs import Content, read_inputs
from meshgen.intent.access import Mode
from meshgen.intent.exposure import check_exposure
from meshgen.intent.load import NO_INTENT, Documents, load, load_tests, sort
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from meshgen.intent.rules.callers import UNKNOWN_CALLER
from meshgen.intent.show import objects, show
from meshgen.intent.shown import Shown
from meshgen.intent.unfold import unfold
from meshgen.manifest import Manifest, Plan
from meshgen.patches import Patch
from meshgen.patching import patching
from meshgen.profile import Profile
from meshgen.profiles import Choice, built_in
from meshgen.rendering import Rendering
from meshgen.resources import Resource
from meshgen.source import MapNode, Node, read

if TYPE_CHECKING:
    from meshgen.validation import Validation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the input files say."""

    documents: Documents
    written: tuple[MeshIntent, ...]  # as they stand in the files
    intents: tuple[MeshIntent, ...]  # with short forms and inheritance unfolded, and what the inputs show
    shown: Shown
    findings: tuple[Diagnostic, ...]


# Gives the Services and workloads of a cluster that are in some namespaces, as documents.
Surroundings = Callable[[Collection[str]], Iterable[MapNode]]


def _nothing_live(_: Collection[str]) -> tuple[()]:
    return ()


def read_files(
    names: Sequence[str],
    *,
    findings: Findings,
    is_pinned: bool = False,
    live: Surroundings = _nothing_live,
) -> Reading:
    """Read files, folders and standard input as a set; where one of them cannot be had, nothing of it.

    `live` is asked for what surrounds the intents, once these are known.
    """
    unread = Findings()
    contents = read_inputs(names, findings=unread)
    reading = read_intents(() if unread.has_errors else contents, is_pinned=is_pinned, live=live)
    findings.extend(unread if unread.has_errors else (*unread, *reading.findings))
    return reading


def read_intents(
    contents: Iterable[Content], *, is_pinned: bool = False, live: Surroundings = _nothing_live
) -> Reading:
    """Read the documents of a set; with an error among its findings, no later stage has sound ground.

    `is_pinned` asks every mesh for no timeout, no retries and no ejection where the set says nothing of them.
    """
    findings = Findings()
    documents = read_documents(contents, findings=findings)
    return read_set(documents, findings=findings, is_pinned=is_pinned, live=live)


def read_documents(contents: Iterable[Content], *, findings: Findings) -> Documents:
    """Read the documents of files and sort them by kind. Reports MG101 to MG112."""
    nodes: list[Node] = []
    for content in contents:
        nodes.extend(read(content.content, file=content.file, findings=findings))
    return sort(nodes, findings=findings)


def read_set(
    documents: Documents,
    *,
    findings: Findings,
    is_pinned: bool = False,
    live: Surroundings = _nothing_live,
) -> Reading:
    """Read the intents among documents that are sorted already, and what the others show."""
    written = load(documents.intents, findings=findings)
    if not documents.intents and not findings.has_errors:
        findings.add(NO_INTENT, "the files hold no MeshIntent", hint="name a file that holds one")
    others = documents.others if written else ()  # else nobody asks what they show
    namespaces = {intent.metadata.namespace for intent in written}
    shown = show(others, live=live(namespaces), namespaces=namespaces, findings=findings)
    return Reading(
        documents=documents,
        written=written,
        intents=tuple(unfold(intent, shown, is_pinned=is_pinned, findings=findings) for intent in written),
        shown=shown,
        findings=tuple(findings),
    )


def meaning(
    reading: Reading, profile: Profile | None, *, unwritten: Mode | None = None, findings: Findings
) -> ResolvedSet | None:
    """Say what sound intents mean by themselves, None where a rule is broken. Reports MG2xx.

    `profile` names callers, `unwritten` is the mode that its mesh has where none is written.
    """
    broken = Findings()
    callers = {} if profile is None else profile.callers
    check(reading.intents, callers=callers, unwritten=unwritten, findings=broken)
    findings.extend(broken)
    return None if broken.has_errors else resolve(reading.intents, callers=callers, shown=reading.shown)


def settle_all(
    reading: Reading,
    resolved: ResolvedSet,
    cluster: Choice,
    entries: tuple[Agreement, ...],
    *,
    is_partial: bool,
) -> tuple[Settlement, ResolvedSet]:
    """Settle all gaps, and say what is meant without what was accepted.

    What is left is judged again, since other rows may answer for it: with a rule callers may go.
    """
    backend, profile = cluster
    settled = Settlement(findings=(), causes=(), intents=reading.intents)
    left, judged = resolved, set[Judged]()
    while fresh := tuple(gap for gap in gaps(left, backend, profile) if gap.judged not in judged):
        judged |= {gap.judged for gap in fresh}
        found = settle(fresh, settled.intents, profile, entries=entries, is_partial=is_partial)
        is_whole = found.intents is settled.intents
        settled = settled.then(found)
        if is_whole or any(each.severity is Severity.ERROR for each in found.findings):
            break
        left = resolve(found.intents, callers=profile.callers, shown=reading.shown)
    return settled, left


def render(  # noqa: PLR0913  what it renders, for whom, and three ways to vary it
    reading: Reading,
    backend: Backend,
    profile: Profile,
    *,
    is_partial: bool = False,
    is_patched: bool = False,
    shadows: Sequence[Path] = (),
) -> Rendering:
    """Translate sound intents for one mesh: rules, gaps, limits, plans, text, and the ladder over the text.

    `is_partial` accepts, for this run, every loss that could be accepted without naming a service.
    `is_patched` asks for patches too, `shadows` are folders of templates that come before ours.
    """
    findings = Findings()
    resolved = meaning(reading, profile, unwritten=backend.unwritten_mode(profile), findings=findings)
    if resolved is None:
        return Rendering(profile=profile, findings=tuple(findings))
    check_exposure(resolved, findings)
    entries = agreements(reading.intents, profile)
    settled, left = settle_all(reading, resolved, Choice(backend, profile), entries, is_partial=is_partial)
    findings.extend(settled.findings)
    # With an error nothing is left out: what is not accepted may speak of what would be.
    left = resolved if findings.has_errors else left
    limited = tuple(backend.limits(left, profile))
    findings.extend((*limited, *useless(entries, settled, limited, profile)))
    plans = () if findings.has_errors else backend.plan(left, profile)
    manifests, resources, judged = _write(plans, Choice(backend, profile), shadows)
    findings.extend((*assumed(left, plans), *judged))
    patches = _patches(settled, profile, reading, findings) if is_patched else ()
    return Rendering(
        profile=profile,
        manifests=manifests,
        resources=resources,
        patches=patches,
        causes=settled.causes,
        left=None if findings.has_errors else left,
        findings=tuple(findings),
    )


def _patches(
    settled: Settlement, profile: Profile, reading: Reading, findings: Findings
) -> tuple[Patch, ...]:
    if findings.has_errors:
        return ()
    found = (gap for cause in settled.causes for gap in cause.gaps)
    patches, unpatched = patching(found, profile, reading.shown)
    findings.extend(unpatched)
    return patches


def validate(
    documents: Documents,
    chosen: tuple[Choice, ...],
    *,
    schemas: Sequence[Path] = (),
    unknown: Severity | None = Severity.WARNING,
) -> Validation:
    """Judge documents as they are.

    Intents are held against the rules and, where clusters are chosen, against what these carry; other
    objects against the definitions of their kinds and the rules of their mesh. `schemas` are imported sets
    that are asked first, `unknown` is the gravity of a kind that none describes.
    """
    findings = Findings()
    load_tests(documents.tests, findings=findings)
    if documents.intents:
        reading = read_set(documents, findings=findings)
        findings.extend(() if findings.has_errors else _checked(reading, chosen))
    from meshgen.ladder import ladder
    from meshgen.validation import validate as judge_all

    by = ladder(chosen or built_in(), schemas=schemas)
    judged = judge_all(objects(documents.others), by, unknown=unknown)
    return replace(judged, findings=tuple(dict.fromkeys((*findings, *judged.findings))))


def _checked(reading: Reading, chosen: tuple[Choice, ...]) -> Iterator[Diagnostic]:
    """Check intents for clusters, or by what holds on all of them."""
    for backend, profile in chosen:
        yield from render(reading, backend, profile).findings
    if not chosen:
        findings = Findings()
        check(reading.intents, callers={}, findings=findings)
        # Who else may call is the profile's to say, and none is named.
        yield from (found for found in findings if found.code is not UNKNOWN_CALLER)


def _write(
    plans: tuple[Plan, ...], choice: Choice, shadows: Sequence[Path]
) -> tuple[tuple[Manifest, ...], tuple[Resource, ...], tuple[Diagnostic, ...]]:
    """Write plans, and judge what was written as any other manifest: with an error there are none."""
    if not plans:
        return (), (), ()
    from meshgen.writing import write  # jinja2 and the ladder take 80 ms; a refused intent needs neither

    manifests, resources, judged = write(plans, choice, shadows=shadows)
    if any(found.severity is Severity.ERROR for found in judged):
        return (), (), judged
    return manifests, resources, judged
