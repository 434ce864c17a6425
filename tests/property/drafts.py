"""Drafts of made-up intents: the first that is sound, or the one with which a cluster carries most."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, count, islice

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
_SOME = 5  # drafts of an intent
_UNAGREED = 0.02  # of all intents, so that what is not accepted is refused


def made(seed: str, wish: Wish, clusters: Sequence[Cluster]) -> Content:
    """Make up an intent that is sound, and that agrees to what those clusters cannot carry.

    Of several drafts it is the first that all of them render, if there is one; with an aim it is the one
    with which that cluster carries most of what is wanted.
    """
    drafts = islice(_drafts(seed, wish), _SOME)
    if random.Random(seed).random() < _UNAGREED:
        return _content(next(drafts))
    if wish.aim is None:
        return _content(_common((_agreed(draft, clusters) for draft in drafts), clusters))
    return _content(_agreed(_richest(drafts, wish, wish.aim), clusters))


def _drafts(seed: str, wish: Wish) -> Iterator[Tree]:
    for attempt in count():
        assert attempt < 400 * _SOME, f"no sound intent from seed {seed}"
        tree = intent(Pen(random.Random(f"{seed}.{attempt}"), wish))
        if _is_sound(read_intents([_content(tree)])):
            yield tree


def _common(agreed: Iterator[Tree], clusters: Sequence[Cluster]) -> Tree:
    first = next(agreed)
    every = (each for each in chain([first], agreed) if all(_kept(each, cluster) for cluster in clusters))
    return next(every, first)


def _richest(drafts: Iterable[Tree], wish: Wish, aim: Cluster) -> Tree:
    return max(drafts, key=lambda draft: len(_kept(_agreed(draft, [aim]), aim) & wish.wanted))


def _content(tree: Tree) -> Content:
    return Content(file="intent.yaml", content=json.dumps(tree, indent=1).encode())


def _is_sound(reading: Reading) -> bool:
    findings = Findings()
    findings.extend(reading.findings)
    if not findings.has_errors:
        check(reading.intents, callers=CALLERS, findings=findings)
    return not findings.has_errors


def _kept(tree: Tree, cluster: Cluster) -> frozenset[str]:
    """List what a cluster carries of an intent; nothing where it would not be rendered."""
    backend, profile = cluster
    reading = read_intents([_content(tree)])
    whole, settled, left = _settled(reading, cluster)
    refused = (*settled.findings, *backend.limits(left, profile))
    is_rendered = all(found.severity is not Severity.ERROR for found in refused)
    return met(left, whole, cluster) if is_rendered else frozenset()


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
