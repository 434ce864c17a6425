"""What is rendered is what every version that its profile can name would take, alone and together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from meshgen.diagnostics import Severity
from meshgen.ladder import judge, judge_together
from meshgen.profile import Edition
from meshgen.profiles import built_in
from meshgen.resources import Complaint, Resource
from tests.conformance.clusters import Cluster, ladder_of, lines
from tests.conformance.samples import goldens

CASES = Path(__file__).parents[1] / "cases"


def test_every_golden_climbs_the_ladder_of_every_version_that_its_profile_can_name(
    record_property: Callable[[str, object], None],
) -> None:
    refused: list[str] = []
    evaluations = 0
    objects = Counter[str]()
    together: defaultdict[tuple[str, Cluster], list[Resource]] = defaultdict(list)
    for sample in goldens():
        cluster = _edition(sample.document.file, sample.cluster)
        judgement = judge(sample.document.body, ladder_of(cluster))
        evaluations += judgement.evaluations
        objects[str(cluster.mesh)] += 1
        refused += [f"{sample}: {line}" for line in lines(_grave(judgement.complaints))]
        if judgement.resource is not None:
            together[sample.document.file, cluster].append(judgement.resource)
    for (file, cluster), resources in together.items():
        found = _grave(tuple(judge_together(resources, ladder_of(cluster))))
        refused += [f"{file} in {cluster}: {line}" for line in lines(found)]
    total = f"{objects.total()} objects x versions, {evaluations} CEL evaluations"
    record_property("measured", f"goldens: {total}")

    assert refused == []
    assert set(objects) == {choice.profile.mesh for choice in built_in()}
    assert evaluations > 0, "no golden was judged by CEL"


def _grave(found: tuple[Complaint, ...]) -> list[Complaint]:
    return [each for each in found if each.gravity is Severity.ERROR]


def _edition(file: str, cluster: Cluster) -> Cluster:
    """Give the edition for which a case renders."""
    arguments = (CASES / file).parent / "arguments.txt"
    is_enterprise = arguments.is_file() and "edition=enterprise" in arguments.read_text("utf-8")
    return cluster._replace(edition=Edition.ENTERPRISE) if is_enterprise else cluster
