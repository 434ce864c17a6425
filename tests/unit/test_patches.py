"""Patches of objects that are not ours: joined by object, written as one Component."""

from __future__ import annotations

from dataclasses import replace

import pytest

from meshgen.diagnostics import Span
from meshgen.intent.keys import ServiceKey
from meshgen.intent.shown import ShownWorkload
from meshgen.patches import Patch, Unnamed, component, merged, on_namespace, on_pods, on_service

SPAN = Span("f", 1, 1)


def workload(kind: str, api_version: str) -> ShownWorkload:
    return ShownWorkload(
        api_version=api_version,
        kind=kind,
        namespace="shop",
        name="web",
        labels={},
        annotations={},
        account="web",
        account_span=SPAN,
        ports=(),
        probes=(),
        span=SPAN,
    )


@pytest.mark.parametrize(
    ("kind", "api_version", "fields"),
    [
        ("Pod", "v1", {"metadata": {"annotations": {"a": "b"}}}),
        (
            "Deployment",
            "apps/v1",
            {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}},
        ),
        (
            "CronJob",
            "batch/v1",
            {"spec": {"jobTemplate": {"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}}}},
        ),
    ],
)
def test_pods_are_patched_where_their_workload_describes_them(
    kind: str, api_version: str, fields: dict[str, object]
) -> None:
    (patch,) = on_pods([workload(kind, api_version)], {"a": "b"}, of="web")

    expected = Patch(api_version=api_version, kind=kind, namespace="shop", name="web", fields=fields)  # type: ignore[arg-type]
    assert patch == expected


def test_workloads_that_no_input_shows_or_names_are_told_of() -> None:
    nameless = replace(workload("Deployment", "apps/v1"), name="")  # it has a generateName

    assert [Unnamed("workloads", "web v1")] == list(on_pods([], {"a": "b"}, of="web v1"))
    assert [Unnamed("workloads", "web v1")] == list(on_pods([nameless], {"a": "b"}, of="web v1"))


def test_patches_of_one_object_are_one() -> None:
    key = ServiceKey("shop", "web")
    one = on_service(key, annotations={"a": "1"}, spec={"ports": [{"port": 80}]})
    other = on_service(key, annotations={"b": "2"}, spec={"ports": [{"port": 80}, {"port": 81}]})

    (joined,) = merged([one, other])

    assert joined.fields == {
        "metadata": {"annotations": {"a": "1", "b": "2"}},
        "spec": {"ports": [{"port": 80}, {"port": 81}]},
    }


def test_a_component_lays_each_patch_over_its_object_in_a_fixed_order() -> None:
    patches = [
        on_service(ServiceKey("shop", "web"), annotations={"a": "yes"}, labels={"c": "d"}),
        on_namespace("shop", {"e": "f"}),
        *(
            found
            for found in on_pods([workload("Deployment", "apps/v1")], {"g": "h"}, of="web")
            if isinstance(found, Patch)
        ),
    ]

    written = component(patches)

    assert written == component(reversed(patches))
    assert written == (
        """\
# Written by meshgen: what an intent asks of objects that are not meshgen's own.
# Name this folder under `components` of the kustomization that has those objects.
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
metadata:
  labels:
    app.kubernetes.io/managed-by: meshgen
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
        namespace: shop
      spec:
        template:
          metadata:
            annotations:
              g: h
  - patch: |
      apiVersion: v1
      kind: Namespace
      metadata:
        name: shop
        annotations:
          e: f
  - patch: |
      apiVersion: v1
      kind: Service
      metadata:
        name: web
        namespace: shop
        annotations:
          a: "yes"
        labels:
          c: d
"""
    )


def test_a_component_may_have_nothing_to_patch() -> None:
    assert component([]).endswith("patches: []\n")
