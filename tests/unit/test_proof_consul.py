"""Each clause of Consul's webhook and server that our objects could trip is tripped by one field."""

from __future__ import annotations

from typing import Any

import pytest

from tests.proof.admission_consul import reject
from tests.proof.admission_consul_chain import reject_together
from tests.proof.samples import Spoiled, altered, objects, sample, spoiled


@pytest.mark.parametrize("obj", objects("consul"), ids=lambda obj: obj["kind"])
def test_valid_objects_are_admitted(obj: dict[str, Any]) -> None:
    assert reject(obj) == []


@pytest.mark.parametrize("row", spoiled("consul", "rejected"), ids=lambda row: row.name)
def test_a_clause_is_tripped_by_one_field(row: Spoiled) -> None:
    assert reject(row.obj) == [row.says]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("ServiceResolver", "spec.subsets.v1.filter", 'Service.Meta["a-b"] == "1" and Service.Meta.c == "2"'),
        ("ServiceRouter", "spec.routes.1.destination.requestTimeout", "-1s"),
        ("ServiceRouter", "spec.routes.1.destination.requestTimeout", "0"),
    ],
)
def test_what_looks_odd_and_is_legal_is_admitted(kind: str, path: str, value: object) -> None:
    assert reject(altered(sample("consul", kind), path, value)) == []


def splits(*weights: float) -> list[dict[str, object]]:
    return [{"weight": weight, "serviceSubset": f"v{index}"} for index, weight in enumerate(weights)]


def test_weights_are_added_as_the_webhook_adds_them() -> None:
    splitter = sample("consul", "ServiceSplitter")
    uneven = altered(splitter, "spec.splits", splits(80, 19.99))
    inexact = altered(splitter, "spec.splits", splits(16.75, 52.01, 31.24))
    reordered = altered(splitter, "spec.splits", splits(16.75, 31.24, 52.01))
    empty = altered(splitter, "spec.splits", [])

    assert reject(uneven) == [
        "consul 3.1 ServiceSplitter 2: the weights sum to 99.98999786376953 in float32, not 100",
        "consul 3.1 ServiceSplitter 3: the weights sum to 9999 hundredths, not 10000",
    ]
    assert reject(inexact) == [
        "consul 3.1 ServiceSplitter 2: the weights sum to 99.99999237060547 in float32, not 100",
    ]
    assert reject(reordered) == []
    assert reject(empty) == [
        "consul 3.1 ServiceSplitter 2: the weights sum to 0.0 in float32, not 100",
        "consul 3.1 ServiceSplitter 3: the weights sum to 0 hundredths, not 10000",
        "consul 3.1 ServiceSplitter 4: no split",
    ]


def test_a_kind_that_no_clause_judges_is_not_admitted() -> None:
    assert reject({"kind": "Mesh"}) == ["consul 3 Mesh: no clause judges this kind yet"]


def entry(kind: str, name: str, spec: dict[str, object]) -> dict[str, Any]:
    return {
        "apiVersion": "consul.hashicorp.com/v1alpha1",
        "kind": kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def intentions(name: str, *, sources: list[dict[str, object]]) -> dict[str, Any]:
    return entry("ServiceIntentions", name, {"destination": {"name": "x"}, "sources": sources})


def http(*names: str) -> list[dict[str, Any]]:
    return [entry("ServiceDefaults", name, {"protocol": "http"}) for name in names]


@pytest.mark.parametrize(
    ("together", "expected"),
    [
        (objects("consul"), []),
        ([{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}}], []),
        (http("a", "a"), ["consul 3 ServiceDefaults: 'a' stands twice, whatever the namespaces"]),
        (
            [entry("ServiceSplitter", "a", {"splits": [{"service": "b"}]}), *http("a")],
            ["consul 3.1 ServiceSplitter 7: 'a' speaks http and 'b' tcp"],
        ),
        (
            [entry("ServiceSplitter", "a", {"splits": [{"serviceSubset": "v1"}]}), *http("a")],
            ["consul 3.1 ServiceSplitter 7: 'a' has no subset 'v1'"],
        ),
        (
            [
                entry("ServiceSplitter", "a", {"splits": [{"service": "b"}]}),
                entry("ServiceSplitter", "b", {"splits": [{"service": "a"}]}),
                *http("a", "b"),
            ],
            [
                "consul 3.1 ServiceSplitter 7: 'a' leads back to itself",
                "consul 3.1 ServiceSplitter 7: 'b' leads back to itself",
            ],
        ),
        ([entry("ServiceRouter", "a", {"routes": [{}]})], ["consul 3.3 ServiceRouter 7: 'a' speaks tcp"]),
        (
            [
                entry("ServiceRouter", "a", {"routes": [{"destination": {"service": "b"}}]}),
                entry("ServiceRouter", "b", {"routes": [{"destination": {"service": "a"}}]}),
                *http("a", "b"),
            ],
            [],
        ),
        (
            [entry("ServiceResolver", "a", {"redirect": {"service": "b"}}), *http("b")],
            ["consul 3.2 ServiceResolver 12: 'a' speaks tcp and 'b' http"],
        ),
        (
            [
                intentions("a", sources=[]),
                intentions("b", sources=[]),
            ],
            ["consul 3.4 ServiceIntentions 13: destination 'x' stands twice"],
        ),
        (
            [intentions("a", sources=[{"permissions": [{}]}])],
            ["consul 3.4 ServiceIntentions 14: 'x' has permissions and speaks tcp"],
        ),
    ],
)  # fmt: skip
def test_objects_that_do_not_go_together_are_rejected(
    together: list[dict[str, Any]], expected: list[str]
) -> None:
    assert expected == reject_together(together)
