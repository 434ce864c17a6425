"""A sound object with one field broken is refused at that field, whichever field it is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from meshgen.crd.served import ServedKind
from meshgen.ladder import judge, judge_together
from meshgen.resources import Complaint, spell
from tests.conformance import samples
from tests.conformance.broken import WAYS, Broken, broken
from tests.conformance.clusters import Cluster, ladder_of, lines
from tests.conformance.samples import Sample
from tests.conformance.verdicts import rows

BARE: tuple[dict[str, Any], ...] = ({}, {"spec": None}, {"spec": {}})
Record = Callable[[str, object], None]


def test_a_golden_with_one_field_broken_is_refused_at_that_field(record_property: Record) -> None:
    newest = {(sample.document.file, sample.document.name): sample for sample in samples.goldens()}

    assert unrefused(newest.values(), record_property) == []


@pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no corpora")
def test_upstreams_object_with_one_field_broken_is_refused_at_that_field(record_property: Record) -> None:
    accepted = [
        sample for sample, row in zip(samples.corpora(), rows(), strict=True) if row.verdict == "accept"
    ]

    assert unrefused(accepted, record_property) == []


@pytest.mark.parametrize("cluster", [*dict.fromkeys(each.cluster for each in samples.goldens())], ids=str)
def test_no_rule_takes_for_granted_what_a_schema_does_not_ask_for(cluster: Cluster) -> None:
    ladder = ladder_of(cluster)
    kinds = [
        (each.entry.api_version(version), each.entry.kind)
        for each in ladder.store.kinds()
        for version in each.entry.served
    ]
    bodies = [
        {"apiVersion": api_version, "kind": kind, "metadata": {"name": "bare"}, **spec}
        for api_version, kind in kinds
        for spec in BARE
    ]
    sound = [resource for body in bodies if (resource := judge(body, ladder).resource) is not None]

    assert [complaint for complaint in judge_together(sound, ladder) if complaint.of not in sound] == []
    assert sound != []


def unrefused(sound: Iterable[Sample], record_property: Record) -> list[str]:
    """Break every field of mesh objects in each of five ways; tell which copies are not refused there."""
    copies = Counter[str]()
    missed: list[str] = []
    for sample in sound:
        ladder = ladder_of(sample.cluster)
        body = sample.document.body
        served = ladder.store.find(str(body.get("apiVersion")), str(body.get("kind")))
        if sample.document.group == "" or not isinstance(served, ServedKind):
            continue
        for copy in broken(served.schema, body):
            copies[copy.way] += 1
            found = judge(copy.body, ladder).complaints
            if not any(is_told(copy, complaint) for complaint in found):
                missed.append(f"{sample}: {copy.way} at {spell(copy.path)}: {lines(found)}")
    record_property("measured", f"broken copies refused at the field: {dict(copies)}")
    assert [way for way in WAYS if copies[way] == 0] == [], "a way was never tried"
    return missed


def is_told(copy: Broken, complaint: Complaint) -> bool:
    names_it = copy.missing is None or repr(copy.missing) in complaint.message
    return complaint.path == copy.path and names_it
