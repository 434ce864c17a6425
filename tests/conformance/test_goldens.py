"""Each golden manifest is what every version that its profile can name would take, and no nonsense is."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.proof import check
from tests.proof.manifests import read
from tests.proof.nonsense import nonsense

pytestmark = pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no CRDs")

CASES = Path(__file__).parents[1] / "cases"


class Cluster(NamedTuple):
    """A mesh and a Gateway API that a profile can name."""

    mesh: str
    version: str
    gateway_api: tuple[str, str] | None = None


def linkerd(version: str, *gateway_apis: str) -> list[Cluster]:
    channels = ("standard", "experimental")
    return [Cluster("linkerd", version, (number, channel)) for number in gateway_apis for channel in channels]


LINKERD = [
    *linkerd("2.18", "1.1", "1.2"),
    *linkerd("2.19", "1.1", "1.2"),
    *linkerd("2.20", "1.2", "1.3", "1.4", "1.5"),
]
CLUSTERS = {
    "istio": [Cluster("istio", version) for version in ("1.28", "1.29", "1.30")],
    "linkerd": LINKERD,
    "linkerd-gateway": LINKERD,
    "consul": [Cluster("consul", version) for version in ("1.8", "1.9", "2.0")],
}


def goldens() -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Read every golden: its place below the cases, its profile, its objects."""
    return [
        (str(path.relative_to(CASES)), profile, read(path))
        for profile in CLUSTERS
        for path in sorted(CASES.rglob(f"{profile}.yaml"))
    ]


def test_every_golden_object_is_accepted_by_every_version_that_its_profile_can_name(
    record_property: Callable[[str, object], None],
) -> None:
    findings: list[str] = []
    objects = Counter[str]()
    evaluations = 0
    for place, profile, manifests in goldens():
        for cluster in CLUSTERS[profile]:
            proof = check(manifests, *cluster)
            objects[profile] += proof.objects
            evaluations += proof.evaluations
            findings += [f"{place} {cluster}: {finding}" for finding in proof.findings]
    record_property(
        "measured", f"goldens: {objects.total()} objects x versions, {evaluations} CEL evaluations"
    )

    assert findings == []
    assert sorted(CLUSTERS) == sorted(profile for profile, judged in objects.items() if judged > 0)
    assert evaluations > 0, "no golden was judged by CEL"


def test_every_golden_object_is_rejected_after_one_field_was_made_nonsense(
    record_property: Callable[[str, object], None],
) -> None:
    accepted: list[str] = []
    rejected = 0
    for place, profile, manifests in goldens():
        newest = CLUSTERS[profile][-1]
        for obj in manifests:
            for how, copy in nonsense(obj):
                if check([copy], *newest).findings:
                    rejected += 1
                else:
                    accepted.append(f"{place} {obj['kind']} {obj['metadata']['name']}: {how}")
    record_property("measured", f"goldens: {rejected} spoiled copies rejected")

    assert accepted == []
    assert rejected > 0, "no golden was spoiled"
