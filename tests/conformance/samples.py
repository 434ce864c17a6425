"""Manifests and the clusters that they are for: goldens, cases of rules, and upstream's documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from meshgen.diagnostics import Findings
from meshgen.gatewayapi.admission import GROUP as GATEWAY_API
from meshgen.profile import Channel, GatewayApi
from meshgen.profiles import Choice, built_in, choose
from tests.conformance.clusters import Cluster
from tests.conformance.corpora import Document, documents, split
from tests.conformance.test_clauses import cases
from tests.conformance.verdicts import rows

CASES = Path(__file__).parents[1] / "cases"


class Sample(NamedTuple):
    """One object, and a cluster whose definitions and rules say whether it is sound."""

    document: Document
    cluster: Cluster

    def __str__(self) -> str:
        return f"{self.document.file} {self.document.name} in {self.cluster}"


def goldens() -> Iterator[Sample]:
    """List what we render, in each cluster that its profile can name and that defines it in another way."""
    for choice in built_in():
        clusters = tuple(_clusters(choice))
        alike = tuple(dict.fromkeys(cluster._replace(gateway_api=None) for cluster in clusters))
        for path in sorted(CASES.rglob(f"{choice.profile.name}.yaml")):
            for document in split(path, str(path.relative_to(CASES))):
                for cluster in clusters if document.group == GATEWAY_API else alike:
                    yield Sample(document, cluster)


def corpora() -> Iterator[Sample]:
    """List upstream's documents, each in the cluster by which it is judged."""
    for row, document in zip(rows(), documents(), strict=True):
        yield Sample(document, row.cluster)


def clauses() -> Iterator[Sample]:
    """List what trips the rules of meshes, and what passes beside them, each object once a cluster."""
    seen: set[tuple[str, Cluster]] = set()
    for case in cases():
        ((_, profile),) = choose(case.mesh, {}, case.settings, findings=Findings())
        cluster = Cluster(profile.mesh, profile.version, profile.gateway_api, profile.edition)
        for body in (*case.objects(case.said["trips"]), *case.objects(case.said["passes"])):
            text = json.dumps(body)
            if (text, cluster) not in seen:
                seen.add((text, cluster))
                yield Sample(Document(file=case.id, text=text, body=body), cluster)


def _clusters(choice: Choice) -> Iterator[Cluster]:
    for version in choice.backend.versions:
        numbers = choice.backend.gateway_apis.get(version, ())
        if not numbers:
            yield Cluster(choice.profile.mesh, version)
        for number in numbers:
            for channel in Channel:
                yield Cluster(choice.profile.mesh, version, GatewayApi(number, channel))
