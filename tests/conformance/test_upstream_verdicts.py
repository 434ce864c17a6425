"""Upstream's own valid and invalid manifests get from the proof the verdict that upstream gives them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proof import crds
from tests.proof.manifests import read
from tests.proof.proof import judge_by_crd

pytestmark = pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no corpora")

# where the manifests lie, which of their files are meant to be valid, and the CRDs that they were written for
CORPORA = [
    ("istio/crd-verdicts", "-valid.yaml", ("istio", "1.30", None)),
    ("gateway-api/valid", ".yaml", ("linkerd", "2.20", ("1.6", "experimental"))),
    ("gateway-api/mesh-conformance", ".yaml", ("linkerd", "2.20", ("1.6", "experimental"))),
    ("gateway-api/invalid/standard", "none", ("linkerd", "2.20", ("1.6", "standard"))),
    ("gateway-api/invalid/experimental", "none", ("linkerd", "2.20", ("1.6", "experimental"))),
]
BUILT_IN = ("v1", "apps/v1", "rbac.authorization.k8s.io/v1")  # no CRD describes what Kubernetes brings along


@pytest.mark.parametrize(("folder", "valid", "cluster"), CORPORA, ids=[row[0] for row in CORPORA])
def test_upstreams_manifests_get_upstreams_verdict(
    folder: str,
    valid: str,
    cluster: tuple[str, str, tuple[str, str] | None],
    record_property: Callable[[str, object], None],
) -> None:
    wrong: list[str] = []
    judged = 0
    folders = crds.directories(*cluster)
    for path in sorted(Path(os.environ["MESHGEN_SHARED"], "corpora", folder).glob("*.yaml")):
        for obj in read(path):
            if obj["apiVersion"] in BUILT_IN:
                continue
            expected = obj.pop("_err", None)
            proof = judge_by_crd(obj, folders)
            judged += 1
            if (not proof.findings) != path.name.endswith(valid):
                wrong.append(f"{path.name} {obj['metadata']}: {expected} {[*map(str, proof.findings)]}")
    record_property("measured", f"{folder}: {judged} verdicts")

    assert wrong == []
    assert judged > 0, "no manifest was judged"
