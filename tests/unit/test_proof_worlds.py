"""The world that manifests of anybody describe."""

from __future__ import annotations

from typing import Any

from meshgen.intent.keys import Account, ServiceKey
from meshgen.intent.model import Protocol
from meshgen.intent.outcome.world import Pod, Port, Service
from meshgen.proof.worlds import NOTHING, world_with
from meshgen.resources import Resource


def resource(kind: str, name: str, *, api_version: str = "v1", **body: Any) -> Resource:
    metadata = {"name": name, "namespace": "shop", **body.pop("metadata", {})}
    return Resource.of({"apiVersion": api_version, "kind": kind, "metadata": metadata, **body})


TEMPLATE = {
    "metadata": {"labels": {"app": "cart"}, "annotations": {"note": "1"}},
    "spec": {
        "serviceAccountName": "carts",
        "containers": [
            {"name": "cart", "ports": [{"containerPort": 8080, "name": "web"}, {"containerPort": 9090}]},
            {"name": "without ports"},
        ],
    },
}


def test_services_and_pods_of_workloads_are_the_world() -> None:
    ports = [
        {"port": 80, "targetPort": "web"},
        {"port": 443, "name": "tls"},
        {"port": 50, "appProtocol": "grpc"},
    ]
    service = resource(
        "Service", "cart", metadata={"labels": {"a": "b"}}, spec={"selector": {"app": "cart"}, "ports": ports}
    )
    deployment = resource("Deployment", "cart", api_version="apps/v1", spec={"template": TEMPLATE})
    world = world_with([service, deployment, resource("ConfigMap", "cart", data={})])

    assert dict(world.services) == {
        ServiceKey("shop", "cart"): Service(
            key=ServiceKey("shop", "cart"),
            selector={"app": "cart"},
            ports=(
                Port(number=80, target="web", protocol=Protocol.HTTP),
                Port(number=443, target=443, protocol=Protocol.TLS, name="tls", declared=Protocol.TLS),
                Port(number=50, target=50, protocol=Protocol.GRPC, declared=Protocol.GRPC),
            ),
            labels={"a": "b"},
        )
    }
    assert dict(world.pods) == {
        "shop/cart": Pod(
            namespace="shop",
            name="cart",
            labels={"app": "cart"},
            account=Account("shop", "carts"),
            annotations={"note": "1"},
            ports={"web": 8080, "9090": 9090},
        )
    }


def test_what_is_not_written_is_what_a_cluster_makes_of_it() -> None:
    world = world_with(
        [
            resource("Service", "bare"),
            resource("Service", "headless", spec={"clusterIP": "None", "selector": {"app": "x"}}),
            resource("Pod", "alone", metadata={"labels": {"app": "x"}}),
            resource("CronJob", "nightly", api_version="batch/v1", spec={"jobTemplate": []}),
        ]
    )

    assert [
        (each.key.name, each.selector, each.ports, each.is_headless) for each in world.services.values()
    ] == [
        ("bare", {}, (), False),
        ("headless", {"app": "x"}, (), True),
    ]
    assert [(pod.title, pod.labels, pod.account.name, pod.ports) for pod in world.pods.values()] == [
        ("shop/alone", {"app": "x"}, "default", {}),
        ("shop/nightly", {}, "default", {}),
    ]


def test_what_is_described_anew_replaces_what_was() -> None:
    old = world_with([resource("Service", "cart", spec={"selector": {"app": "old"}})])
    new = world_with([resource("Service", "cart", spec={"selector": {"app": "new"}})], old)

    assert [service.selector for service in new.services.values()] == [{"app": "new"}]
    assert NOTHING.services == {}
