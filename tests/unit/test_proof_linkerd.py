"""Each thing that Linkerd rejects or reads past, and our objects could hold, is tripped by one field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.admission_linkerd import reject
from tests.proof.samples import Spoiled, altered, objects, sample, spoiled

SERVER = {"group": "policy.linkerd.io", "kind": "Server", "name": "reviews-9080"}
MESH_KINDS = [obj for obj in objects("linkerd") if obj["kind"] != "Service"]


@pytest.mark.parametrize("obj", MESH_KINDS, ids=lambda obj: obj["kind"])
def test_valid_objects_are_admitted(obj: dict[str, Any]) -> None:
    assert reject(obj) == []


@pytest.mark.parametrize("row", spoiled("linkerd", "rejected"), ids=lambda row: row.name)
def test_a_clause_is_tripped_by_one_field(row: Spoiled) -> None:
    assert reject(row.obj) == [row.says]


INBOUND = altered(sample("linkerd", "HTTPRoute"), "spec", {"parentRefs": [SERVER], "rules": [{}]})


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("spec.parentRefs.0.port", 80, "spec.parentRefs[0].port: on a Server, the whole route is ignored"),
        (
            "spec.parentRefs.0.namespace",
            "other",
            "spec.parentRefs[0].namespace: a Server of another namespace, the whole route is ignored",
        ),
        (
            "spec.rules.0.backendRefs",
            [{"name": "a", "port": 80}],
            "spec.rules[0].backendRefs: a Server's route has none",
        ),
        (
            "spec.rules.0.filters",
            [{"type": "ResponseHeaderModifier"}],
            "spec.rules[0].filters[0]: ResponseHeaderModifier is ignored on a route of a Server",
        ),
    ],
)
def test_a_route_of_a_server_may_hold_less(path: str, value: object, complaint: str) -> None:
    assert reject(INBOUND) == []
    assert reject(altered(INBOUND, path, value)) == [f"linkerd 5 HTTPRoute: {complaint}"]


@pytest.mark.parametrize("identity", ["*", "*.ns.serviceaccount.identity", "a.b", "spiffe://root.local/a/b"])
def test_identities_may_be_names_wildcards_and_spiffe_ids(identity: str) -> None:
    authentication = altered(sample("linkerd", "MeshTLSAuthentication"), "spec", {"identities": [identity]})

    assert reject(authentication) == []


@pytest.mark.parametrize("weight", [0, 95, "800m", "1e2", "0.5"])
def test_weights_of_a_split_may_be_numbers_and_quantities(weight: object) -> None:
    assert reject(altered(sample("linkerd", "TrafficSplit"), "spec.backends.0.weight", weight)) == []


def test_a_kind_that_no_clause_judges_is_not_admitted() -> None:
    assert reject({"kind": "TLSRoute"}) == ["linkerd 5 TLSRoute: no clause judges this kind yet"]
