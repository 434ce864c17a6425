"""Each clause of Istio's webhook that our objects could trip is tripped by one field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.admission_istio import reject
from tests.proof.istio_terms import is_fqdn, is_wildcard_domain
from tests.proof.samples import Spoiled, altered, objects, sample, spoiled


@pytest.mark.parametrize("obj", objects("istio"), ids=lambda obj: obj["kind"])
def test_valid_objects_are_admitted(obj: dict[str, Any]) -> None:
    assert reject(obj) == []


@pytest.mark.parametrize("row", spoiled("istio", "rejected"), ids=lambda row: row.name)
def test_a_clause_is_tripped_by_one_field(row: Spoiled) -> None:
    assert reject(row.obj) == [row.says]


def test_a_deny_without_rules_and_a_dry_run_that_is_no_boolean_are_rejected() -> None:
    policy = sample("istio", "AuthorizationPolicy") | {"spec": {"action": "DENY"}}
    dry = altered(policy, "metadata.annotations", {"istio.io/dry-run": "maybe"})

    assert reject(dry) == [
        "istio 3.3 AuthorizationPolicy 2: spec: DENY without rules",
        "istio 3.3 AuthorizationPolicy 2: metadata.annotations[istio.io/dry-run]: 'maybe' is no boolean",
    ]


def test_a_kind_that_no_clause_judges_is_not_admitted() -> None:
    assert reject({"kind": "Sidecar"}) == ["istio 3.3 Sidecar: no clause judges this kind yet"]


@pytest.mark.parametrize(
    ("host", "fqdn", "wildcard"),
    [
        ("reviews.bookinfo.svc.cluster.local", True, True),
        ("Reviews.", True, True),
        ("reviews", True, True),
        ("*", False, True),
        ("*.a.b", False, True),
        ("*-a.b", False, True),
        ("a.*.b", False, False),
        ("1.2", False, False),
        ("7", False, False),
        ("", False, False),
        ("a_b", False, False),
        (f"{'a' * 64}.b", False, False),
        (".".join(["a" * 63] * 4) + ".b", False, False),
    ],
)
def test_domains_are_told_from_what_looks_like_them(host: str, fqdn: bool, wildcard: bool) -> None:
    assert (is_fqdn(host), is_wildcard_domain(host)) == (fqdn, wildcard)
