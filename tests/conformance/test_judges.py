"""What a real API server and kubectl-validate say of manifests is what we say, but for the rules of meshes.

Where they refuse, we refuse. Where they accept, all that we refuse is refused by rules that no definition
holds, each of which names itself by its code; but for what they overlook, which is listed here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.backend import backends
from meshgen.crd.served import ServedKind
from meshgen.diagnostics import Severity
from meshgen.gatewayapi.admission import GROUP as GATEWAY_API
from meshgen.ladder import judge
from meshgen.profile import Channel, GatewayApi
from meshgen.resources import spell
from tests.conformance import samples
from tests.conformance.broken import broken, odd
from tests.conformance.clusters import Cluster, ladder_of, lines
from tests.conformance.corpora import Document
from tests.conformance.judges import kubectl_validate
from tests.conformance.judges.apiserver import read, serving
from tests.conformance.judges.verdict import Manifest, Verdict
from tests.conformance.samples import Sample
from tests.conformance.verdicts import rows

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no definitions"),
]

LAST_OF_DEFINITIONS = "MG416"  # codes up to it are of what an API server refuses by itself
# k8s.io/kube-openapi pkg/validation/validate/type.go: a list passes for a string that has a format
BEYOND_BOTH = ("is a list, not a string",)
BEYOND_KUBECTL_VALIDATE = ("not a string or an integer",)  # anything passes where either is allowed


class World(NamedTuple):
    """One API server's definitions: those of a Gateway API, and of at most one version of each mesh."""

    clusters: tuple[Cluster, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.clusters))

    def decides(self, sample: Sample) -> bool:
        """Tell whether the definition of an object's kind is the one of the object's cluster."""
        mesh, version, gateway_api, _ = sample.cluster
        is_of_gateway_api = mesh is None or sample.document.group == GATEWAY_API
        return (
            Cluster(gateway_api=gateway_api) if is_of_gateway_api else Cluster(mesh, version)
        ) in self.clusters

    def definitions(self) -> list[Path]:
        """Name the folders of upstream's definitions."""
        return [folder for cluster in self.clusters for folder in cluster.definitions()]


def worlds() -> Iterator[World]:
    """Combine every Gateway API that a cluster has and every version of every mesh, each once."""
    meshes = backends()
    numbers = {number for mesh in meshes for each in mesh.gateway_apis.values() for number in each}
    asked = {GatewayApi(number, channel) for number in numbers for channel in Channel}
    asked |= {row.cluster.gateway_api for row in rows() if row.cluster.gateway_api is not None}
    gateway_apis = [Cluster(gateway_api=each) for each in sorted(asked, key=str)]
    versions = [[Cluster(mesh.name, version) for version in mesh.versions] for mesh in meshes]
    for clusters in zip_longest(gateway_apis, *versions):
        yield World(tuple(cluster for cluster in clusters if cluster is not None))


@pytest.mark.parametrize("world", [*worlds()], ids=str)
def test_they_say_what_we_say_but_for_rules_of_ours(
    world: World, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    known = (*samples.corpora(), *samples.goldens(), *samples.clauses())
    decided = [sample for sample in known if world.decides(sample)]
    every = [*decided, *spoiled(decided)]
    manifests = [manifest(sample.document) for sample in every]
    asked = [*dict.fromkeys(manifests)]
    (tmp_path / "server").mkdir()
    with serving(read(world.definitions()), tmp_path / "server") as server:
        by_server = dict(zip(asked, server.judge(asked), strict=True))
    (tmp_path / "files").mkdir()
    by_tool = dict(
        zip(asked, kubectl_validate.judge(asked, world.definitions(), tmp_path / "files"), strict=True)
    )
    record_property(
        "measured", f"{world}: {len(decided)} manifests and {len(every) - len(decided)} broken or odd copies"
    )

    assert [
        f"{sample}: {difference}"
        for sample, said in zip(every, manifests, strict=True)
        for difference in differences(sample, by_server[said], by_tool[said])
    ] == []


def spoiled(whole: Sequence[Sample]) -> Iterable[Sample]:
    """Break each field of each kind once in each way, and fill it with odd values."""
    first: dict[tuple[str, ...], Sample] = {}
    for sample in whole:
        for key, copy in copies(sample):
            first.setdefault(key, copy)
    return first.values()


def copies(sample: Sample) -> Iterator[tuple[tuple[str, ...], Sample]]:
    """Break an object, and name what is broken as far as objects of the kind have it in common."""
    document = sample.document
    said = str(document.body.get("apiVersion")), str(document.body.get("kind"))
    served = ladder_of(sample.cluster).store.find(*said)
    if not isinstance(served, ServedKind):
        return
    for copy in (*broken(served.schema, document.body), *odd(served.schema, document.body)):
        place = f"{document.file}, {copy.way} at {spell(copy.path)}"
        changed = document._replace(file=place, text=json.dumps(copy.body), body=copy.body)
        names = (step for step in copy.path if isinstance(step, str))
        yield (*said, copy.way, *names), sample._replace(document=changed)


def manifest(document: Document) -> Manifest:
    said = document.body
    namespace = said.get("metadata", {}).get("namespace", "default")
    return Manifest(
        text=document.text,
        api_version=said.get("apiVersion", ""),
        kind=said.get("kind", ""),
        namespace=namespace,
    )


def differences(sample: Sample, by_server: Verdict, by_tool: Verdict) -> Iterator[str]:
    """Tell where somebody refuses what we accept, or accepts what we refuse by what they know too."""
    found = judge(sample.document.body, ladder_of(sample.cluster)).complaints
    errors = [each for each in found if each.gravity is Severity.ERROR]
    known = [each for each in errors if each.code.number <= LAST_OF_DEFINITIONS]
    for who, verdict in (("the API server", by_server), ("kubectl-validate", by_tool)):
        if not verdict.is_accepted and not errors:
            yield f"we accept, and {who} says {[*verdict.causes]}"
        beyond = [*BEYOND_BOTH, *(BEYOND_KUBECTL_VALIDATE if verdict is by_tool else ())]
        is_native = verdict is by_tool and sample.document.group == ""  # of which it knows types alone
        told = [each for each in known if not is_native and not each.message.endswith(tuple(beyond))]
        if verdict.is_accepted and told:
            yield f"{who} accepts, and we say {lines(told)}"
