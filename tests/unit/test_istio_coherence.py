"""Checks across objects see workloads, which no schema describes, and take nothing of them for granted."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.backends.istio import BACKEND
from meshgen.backends.istio.coherence import incoherent
from meshgen.backends.istio.profiles import PROFILES
from meshgen.ladder import judge, ladder
from meshgen.profiles import Choice
from meshgen.resources import Resource, Resources, spell

(ISTIO,) = PROFILES
LADDER = ladder([Choice(BACKEND, ISTIO)])
IDLE = "istio-idle-selector AuthorizationPolicy shop/allow"
DANGLING = "istio-unknown-reference VirtualService shop/reviews"
UNKNOWN = "istio-unknown-host DestinationRule shop/reviews"


def resource(api_version: str, kind: str, name: str, **body: Any) -> Resource:
    metadata = {"name": name, "namespace": "shop", **body.pop("metadata", {})}
    return Resource.of({"apiVersion": api_version, "kind": kind, "metadata": metadata, **body})


def told(*resources: Resource) -> list[str]:
    """Check objects against each other, and write what is found a line each."""
    return [
        f"{each.code.slug} {each.of} {spell(each.path)}: {each.message}"
        for each in incoherent(Resources(resources), ISTIO)
    ]


def template(labels: Any) -> dict[str, Any]:
    return {"spec": {"template": {"metadata": {"labels": labels}}}}


def policy(**labels: str) -> Resource:
    spec = {"selector": {"matchLabels": labels}, "rules": [{}]}
    return resource("security.istio.io/v1", "AuthorizationPolicy", "allow", spec=spec)


@pytest.mark.parametrize(
    "workload",
    [
        resource("apps/v1", "Deployment", "reviews", **template({"app": "reviews", "version": "v1"})),
        resource("apps/v1", "StatefulSet", "reviews", **template({"app": "reviews", "version": "v1"})),
        resource("batch/v1", "Job", "reviews", **template({"app": "reviews", "version": "v1"})),
        resource("v1", "Pod", "reviews", metadata={"labels": {"app": "reviews", "version": "v1"}}),
    ],
    ids=lambda workload: workload.kind,
)
def test_a_selector_is_held_against_the_workloads_of_its_namespace(workload: Resource) -> None:
    missed = policy(app="reviews", version="v2")

    assert told(workload, policy(app="reviews")) == []
    assert told(workload, missed) == [
        f"{IDLE} spec.selector: no workload of the namespace has the labels 'app=reviews,version=v2'"
    ]


@pytest.mark.parametrize(
    "body",
    [{}, {"spec": None}, {"spec": {"template": []}}, template(None), template([]), template({"app": 1})],
    ids=str,
)
def test_a_workload_that_says_nothing_has_no_labels(body: dict[str, Any]) -> None:
    found = told(resource("apps/v1", "Deployment", "reviews", **body), policy(app="reviews"))

    assert [line.partition(" ")[0] for line in found] == ["istio-idle-selector"]


def test_a_policy_of_the_root_namespace_may_select_anywhere() -> None:
    root = {"namespace": "istio-system"}
    workload = resource("v1", "Pod", "istiod", metadata={**root, "labels": {"app": "istiod"}})
    wide = resource(
        "security.istio.io/v1",
        "AuthorizationPolicy",
        "allow",
        metadata=root,
        spec={"selector": {"matchLabels": {"app": "reviews"}}},
    )

    assert told(workload, wide) == []


def test_services_that_meshgen_adds_tell_nothing_of_those_beside_them() -> None:
    added = {"labels": {"app.kubernetes.io/managed-by": "meshgen"}}
    spec = {"selector": {"app": "reviews"}, "ports": [{"port": 9080}]}
    rule = resource("networking.istio.io/v1", "DestinationRule", "reviews", spec={"host": "reviews"})

    assert told(resource("v1", "Service", "reviews-v1", spec=spec, metadata=added), rule) == []
    assert told(resource("v1", "Service", "reviews-v1", spec=spec), rule) == [
        f"{UNKNOWN} spec.host: no Service 'reviews' is in namespace 'shop'"
    ]


def test_a_gateway_of_the_gateway_api_may_be_named_as_well() -> None:
    other = resource("networking.istio.io/v1", "Gateway", "other", spec={"servers": []})
    gateway = resource("gateway.networking.k8s.io/v1", "Gateway", "public", spec={})
    spec = {"hosts": ["a.example.com"], "gateways": ["public"], "http": []}
    routes = resource("networking.istio.io/v1", "VirtualService", "reviews", spec=spec)

    assert told(other, gateway, routes) == []
    assert told(other, routes) == [f"{DANGLING} spec.gateways[0]: no Gateway 'public' is in namespace 'shop'"]


@pytest.mark.parametrize(
    "metadata",
    [None, [], {"name": 1}, {"name": "reviews", "namespace": 7}],
    ids=str,
)
def test_a_workload_without_a_sound_name_is_none(metadata: Any) -> None:
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}

    assert judge(body, LADDER).resource is None


def test_a_workload_is_known_though_no_schema_describes_it() -> None:
    head = {"apiVersion": "apps/v1", "metadata": {"name": "reviews", "namespace": "shop"}}
    known = judge({**head, "kind": "Deployment"}, LADDER)

    assert [complaint.code.slug for complaint in known.complaints] == ["no-schema"]
    assert str(known.resource) == "Deployment shop/reviews"
    assert judge({**head, "kind": "ControllerRevision"}, LADDER).resource is None
