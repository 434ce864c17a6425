"""On a real API server: its definitions are the shipped ones, and it refuses what we refuse."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from meshgen import datafiles
from meshgen.cluster import Access, Cluster, connected
from meshgen.crd import index
from meshgen.crd.index import INDEX, SCHEMAS
from meshgen.crd.sets import sets
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.dryrun import dry_run
from meshgen.ladder import judge, ladder
from meshgen.profiles import built_in
from meshgen.source import MapNode, read
from tests.conformance import samples
from tests.conformance.clusters import lines
from tests.conformance.corpora import Document
from tests.conformance.test_judges import LAST_OF_DEFINITIONS
from tests.conformance.test_live import INSTALLED, Run
from tests.conformance.test_live import kubeconfig as kubeconfig
from tests.conformance.test_live import meshgen as meshgen

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no definitions"),
]

Kinds = Mapping[tuple[str, ...], tuple[object, ...]]


@pytest.fixture
def pulled(meshgen: Run, tmp_path: Path) -> Path:
    """Pull the definitions of the server."""
    assert meshgen("schema", "pull", "-d", str(tmp_path)) == (0, "", "")
    return tmp_path / "cluster" / "1"


def test_what_is_pulled_is_what_is_shipped_byte_for_byte(pulled: Path) -> None:
    shipped = datafiles.schemas()
    folders = {
        folder
        for each in INSTALLED
        for folder in sets(shipped, str(each.mesh), str(each.version), each.gateway_api)
        if folder.parent.name != "core"  # which no CustomResourceDefinition defines
    }

    assert _kinds([pulled]) == _kinds(folders)


def _kinds(folders: Iterable[Path]) -> Kinds:
    """Give what some sets say of each version of each kind."""
    return {
        (entry.group, entry.kind, version): (
            entry.plural,
            entry.is_namespaced,
            entry.stored,
            (folder / SCHEMAS / file).read_bytes(),
        )
        for folder in folders
        for entry in index.read((folder / INDEX).read_bytes()).entries
        for version, file in entry.served.items()
    }


def test_a_cluster_refuses_what_we_refuse_but_for_rules_of_ours(
    kubeconfig: Path, pulled: Path, record_property: Callable[[str, object], None]
) -> None:
    with connected(Access(kubeconfig=str(kubeconfig))) as cluster:
        documents = [each for each in _documents() if _is_served(each, cluster)]
        nodes = [_node(number, each) for number, each in enumerate(documents)]
        said = dry_run(nodes, cluster, manager="kubectl")
    refused: defaultdict[str, list[Diagnostic]] = defaultdict(list)
    for found in said.findings:
        if found.severity is Severity.ERROR:
            refused[found.span.file if found.span else ""].append(found)
    by = ladder(built_in(), schemas=[pulled])
    differences: list[str] = []
    counts = Counter[str]()
    for number, document in enumerate(documents):
        found_here = judge(document.body, by).complaints
        ours = [each for each in found_here if each.gravity is Severity.ERROR]
        theirs = refused[str(number)]
        counts[f"{'refused' if theirs else 'taken'} there, {'refused' if ours else 'taken'} here"] += 1
        if theirs and not ours:
            differences.append(f"{document.file} {document.name}: {[each.message for each in theirs]}")
        known = [each for each in ours if each.code.number <= LAST_OF_DEFINITIONS]
        if known and not theirs:
            differences.append(f"{document.file} {document.name}: we alone say {lines(known)}")
    record_property("measured", f"a cluster's dry runs: {dict(counts)}")

    assert said.unanswered == ()
    assert differences == []
    assert counts["refused there, refused here"] > 0 < counts["taken there, taken here"]


def _documents() -> Iterable[Document]:
    """List every golden and every document of upstream, each text once."""
    every = (sample.document for sample in (*samples.corpora(), *samples.goldens()))
    return {document.text: document for document in every}.values()


def _is_served(document: Document, cluster: Cluster) -> bool:
    said = document.body
    return cluster.served(str(said.get("apiVersion")), str(said.get("kind"))) is not None


def _node(number: int, document: Document) -> MapNode:
    """Read a document as a file whose name is its number."""
    (node,) = read(document.text.encode(), file=str(number), findings=Findings())
    assert isinstance(node, MapNode)
    return node
