"""What a profile of Linkerd changes: how traffic is split, which channel is installed, who is closed out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import yaml

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.backends.linkerd.profiles import InboundPolicy, LinkerdBlock, Traffic
from meshgen.inputs import Content
from meshgen.profile import Channel, GatewayApi, Profile
from meshgen.rendering import Rendering

LINKERD = backend("linkerd")
Tree = dict[str, Any]


def profile(
    *, traffic: Traffic = Traffic.AUTO, policy: InboundPolicy = InboundPolicy.ALL_UNAUTHENTICATED
) -> Profile:
    block = LinkerdBlock(traffic=traffic, default_inbound_policy=policy)
    return replace(LINKERD.profiles[0], block=block)


def rendered(web: Tree, chosen: Profile) -> Rendering:
    services = {"client": {}, "web": {"port": 80, "versions": {"v1": {}, "v2": {}}, **web}}
    tree = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"selectorLabel": "app", "accounts": "named", "services": services},
    }
    return render(
        read_intents([Content("intent.yaml", json.dumps(tree, indent=1).encode())]), LINKERD, chosen
    )


def specs(rendering: Rendering, kind: str) -> list[Tree]:
    objects = (yaml.safe_load(manifest.text) for manifest in rendering.manifests)
    return [obj["spec"] for obj in objects if obj["kind"] == kind]


def told(rendering: Rendering) -> list[str]:
    return [f"{found.severity.value} {found.code.slug} {found.feature}" for found in rendering.findings]


HALVES = {"v1": 50, "v2": 50}


def test_a_split_alone_is_a_traffic_split_and_beside_another_wish_a_route() -> None:
    alone = rendered({"split": HALVES}, profile())
    beside = rendered({"split": HALVES, "timeout": "5s"}, profile())
    forced = rendered({"split": HALVES}, profile(traffic=Traffic.GATEWAY))

    assert ["Service", "Service", "TrafficSplit"] == [manifest.kind for manifest in alone.manifests]
    assert ["Service", "Service", "HTTPRoute"] == [manifest.kind for manifest in beside.manifests]
    assert ["Service", "Service", "HTTPRoute"] == [manifest.kind for manifest in forced.manifests]


def test_a_traffic_split_that_the_profile_asks_for_hides_what_stands_beside_it() -> None:
    rendering = rendered({"split": HALVES, "timeout": "5s"}, profile(traffic=Traffic.SMI))

    assert ["note requirement split", "error unsupported-feature timeout"] == sorted(
        told(rendering), key=lambda text: text.split()[-1]
    )
    assert rendering.manifests == ()


def test_connections_are_split_by_a_route_of_the_experimental_channel() -> None:
    experimental = replace(
        profile(traffic=Traffic.GATEWAY), gateway_api=GatewayApi("1.5", Channel.EXPERIMENTAL)
    )

    rendering = rendered({"protocol": "tcp", "split": {"v1": 25, "v2": 75}}, experimental)

    assert specs(rendering, "TCPRoute") == [
        {
            "parentRefs": [{"group": "", "kind": "Service", "name": "web", "port": 80}],
            "rules": [
                {
                    "backendRefs": [
                        {"name": "web-v1", "port": 80, "weight": 25},
                        {"name": "web-v2", "port": 80, "weight": 75},
                    ]
                }
            ],
        }
    ]


LIMITED = {"rateLimit": {"requests": 5, "per": "second"}}


@pytest.mark.parametrize("policy", InboundPolicy)
def test_a_server_of_which_nothing_is_said_admits_what_the_cluster_admits(policy: InboundPolicy) -> None:
    rendering = rendered(LIMITED, profile(policy=policy))

    assert [policy.value] == [server["accessPolicy"] for server in specs(rendering, "Server")]


@pytest.mark.parametrize(
    ("policy", "access"),
    [
        (InboundPolicy.ALL_UNAUTHENTICATED, "all-authenticated"),
        (InboundPolicy.AUDIT, "all-authenticated"),
        (InboundPolicy.ALL_AUTHENTICATED, "all-authenticated"),
        (InboundPolicy.DENY, "deny"),
    ],
)
def test_a_server_of_which_half_is_said_takes_the_other_half_from_the_cluster(
    policy: InboundPolicy, access: str
) -> None:
    rendering = rendered({"mtls": {"mode": "strict"}}, profile(policy=policy))

    assert [access] == [server["accessPolicy"] for server in specs(rendering, "Server")]


@pytest.mark.parametrize(
    "policy", [InboundPolicy.CLUSTER_AUTHENTICATED, InboundPolicy.CLUSTER_UNAUTHENTICATED]
)
def test_a_cluster_that_admits_its_own_addresses_leaves_no_half_to_take(policy: InboundPolicy) -> None:
    strict = rendered({"mtls": {"mode": "strict"}}, profile(policy=policy))
    default = rendered({"authorization": {"default": "allow"}}, profile(policy=policy))

    assert "error half-said mtls.mode" in told(strict)
    assert "error half-said authorization.default" in told(default)


@pytest.mark.parametrize(
    ("policy", "is_told"),
    [
        (InboundPolicy.ALL_UNAUTHENTICATED, True),
        (InboundPolicy.ALL_AUTHENTICATED, False),
        (InboundPolicy.DENY, False),
    ],
)
def test_a_cluster_that_closes_as_much_settles_what_ports_without_a_server_admit(
    policy: InboundPolicy, is_told: bool
) -> None:
    rendering = rendered({"mtls": {"mode": "strict"}}, profile(policy=policy))

    assert is_told is ("warning requirement mtls.mode.strict" in told(rendering))


def test_probes_are_pinned_to_the_addresses_of_the_kubelets() -> None:
    pinned = replace(profile(), probe_networks=("10.0.0.0/8",))
    web = {
        "mtls": {"mode": "strict"},
        "callers": ["client"],
        "probes": [{"path": "/healthz", "port": 80}],
    }

    rendering = rendered(web, pinned)

    assert [{"networks": [{"cidr": "10.0.0.0/8"}]}] == specs(rendering, "NetworkAuthentication")
    assert [found for found in told(rendering) if "probes" in found] == []
