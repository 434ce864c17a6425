"""Drafts of made-up intents: the first that is sound, or the one with which a cluster carries most."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count, islice

from meshgen.acceptance import agreements
from meshgen.api import Reading, read_intents, settle_all
from meshgen.diagnostics import Findings, Severity
from meshgen.fidelity import Settlement
from meshgen.inputs import Content
from meshgen.intent.access import From
from meshgen.intent.resolve import resolve
from meshgen.intent.resolved import ResolvedSet
from meshgen.intent.rules import check
from meshgen.profiles import Choice
from meshgen.support import Approximate, Unsupported
from tests.property.carrying import Cluster, met
from tests.property.made_access import CALLER
from tests.property.made_intents import intent
from tests.property.pen import Pen, Tree, Wish

CALLERS: Mapping[str, tuple[From, ...]] = {CALLER: (From(service_account="ingress/gateway"),)}
_SOME = 5  # drafts of an intent that is aimed at a cluster


def made(seed: str, wish: Wish, clusters: Sequence[Cluster]) -> Content:
    """Make up an intent that is sound, and that agrees to what those clusters cannot carry.

    With an aim it is the one of several drafts with which that cluster carries most of what is wanted.
    """
    drafts = _drafts(seed, wish)
    aim = wish.aim
    if aim is None:
        tree = next(drafts)
    else:
        tree = max(islice(drafts, _SOME), key=lambda draft: len(_kept(draft, aim) & wish.wanted))
    is_agreed = random.Random(seed).random() < 0.98
    return _content(_agreed(tree, clusters) if is_agreed else tree)


def _drafts(seed: str, wish: Wish) -> Iterator[Tree]:
    for attempt in count():
        assert attempt < 400 * _SOME, f"no sound intent from seed {seed}"
        tree = intent(Pen(random.Random(f"{seed}.{attempt}"), wish))
        if _is_sound(read_intents([_content(tree)])):
            yield tree


def _content(tree: Tree) -> Content:
    return Content(file="intent.yaml", content=json.dumps(tree, indent=1).encode())


def _is_sound(reading: Reading) -> bool:
    findings = Findings()
    findings.extend(reading.findings)
    if not findings.has_errors:
        check(reading.intents, callers=CALLERS, findings=findings)
    return not findings.has_errors


def _kept(tree: Tree, aim: Cluster) -> frozenset[str]:
    """List what a cluster carries of a draft; nothing where it would not be rendered."""
    backend, profile = aim
    reading = read_intents([_content(_agreed(tree, [aim]))])
    whole, settled, left = _settled(reading, aim)
    refused = (*settled.findings, *backend.limits(left, profile))
    is_rendered = all(found.severity is not Severity.ERROR for found in refused)
    return met(left, whole, aim) if is_rendered else frozenset()


def _agreed(tree: Tree, clusters: Iterable[Cluster]) -> Tree:
    """Accept what can be accepted, service by service; without a rule there may be more of it."""
    found: set[tuple[str, str, str]] = set()
    while True:
        accepted = _accepting(tree, found)
        reading = read_intents([_content(accepted)])
        fresh = {each for cluster in clusters for each in _lost(reading, cluster)} - found
        if not fresh:
            return accepted
        found |= fresh


def _accepting(tree: Tree, found: Iterable[tuple[str, str, str]]) -> Tree:
    entries = [
        {"feature": feature, "mesh": mesh, "service": service, "reason": "nobody minds"}
        for feature, mesh, service in sorted(found)
    ]
    return {**tree, "spec": {**tree["spec"], **({"accept": entries} if entries else {})}}


def _lost(reading: Reading, cluster: Cluster) -> Iterator[tuple[str, str, str]]:
    _, settled, _ = _settled(reading, cluster)
    for gap in (gap for cause in settled.causes for gap in cause.gaps):
        answer, service = gap.row.answer, gap.use.service
        is_widened = isinstance(answer, Approximate) and gap.row.widens
        if service is not None and (isinstance(answer, Unsupported) or is_widened):
            yield gap.use.usage.feature, cluster[1].name, service.key.name


def _settled(reading: Reading, cluster: Cluster) -> tuple[ResolvedSet, Settlement, ResolvedSet]:
    whole = resolve(reading.intents, callers=CALLERS, shown=reading.shown)
    entries = agreements(reading.intents, cluster[1])
    settled, left = settle_all(reading, whole, Choice(*cluster), entries, is_partial=False)
    return whole, settled, left
