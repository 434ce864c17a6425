"""What of Consul's entries nothing can be proved beside, and what of them is understood."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from meshgen.backend import backend
from meshgen.resources import Resource, Resources, spell

HTTP = {"pathPrefix": "/"}
CASES: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("IngressGateway", {"listeners": [{"port": 80}]}, []),
    ("ControlPlaneRequestLimit", {"mode": "permissive"}, []),
    ("Registration", {}, [("kind", "Registration is not understood")]),
    (
        "ServiceDefaults",
        {
            "protocol": "http",
            "maxInboundConnections": 3,
            "expose": {"paths": [{"path": "/live"}]},
            "envoyExtensions": [{"name": "builtin/fault-injection"}, {"name": "builtin/lua"}],
            "upstreamConfig": {
                "defaults": {"envoyClusterJSON": "{}"},
                "overrides": [{"name": "a", "passiveHealthCheck": {"enforcingConsecutive5xx": 60}}],
            },
        },
        [
            (
                "spec.maxInboundConnections",
                "maxInboundConnections decides about requests in a way that is not understood",
            ),
            ("spec.expose", "what is exposed is reached past the intentions"),
            ("spec.envoyExtensions[1]", "the extension 'builtin/lua' changes what proxies do"),
            (
                "spec.upstreamConfig.overrides[0].passiveHealthCheck.enforcingConsecutive5xx",
                "ejects 60 % of what it could eject",
            ),
            (
                "spec.upstreamConfig.defaults.envoyClusterJSON",
                "envoyClusterJSON decides about requests in a way that is not understood",
            ),
        ],
    ),
    (
        "ProxyDefaults",
        {
            "config": {
                "protocol": "http",
                "local_idle_timeout_ms": 3,
                "envoy_tracing_json": "{}",
                "envoy_public_listener_json": "{}",
            },
            "envoyExtensions": [{"name": "builtin/wasm"}],
            "failoverPolicy": {"mode": "order-by-locality"},
            "prioritizeByLocality": {"mode": "none"},
        },
        [
            ("spec.failoverPolicy", "where instances run is not known"),
            ("spec.envoyExtensions[0]", "the extension 'builtin/wasm' changes what proxies do"),
            ("spec.config.envoy_public_listener_json", "envoy_public_listener_json changes what proxies do"),
            ("spec.config.local_idle_timeout_ms", "local_idle_timeout_ms changes what proxies do"),
        ],
    ),
    (
        "ServiceResolver",
        {
            "redirect": {"service": "a", "peer": "dc2"},
            "failover": {"*": {"targets": [{"datacenter": "dc2"}], "policy": {"mode": "order-by-locality"}}},
            "subsets": {
                "a": {"filter": 'Service.Meta.version == "v1" and Node.Name == "n"'},
                "b": {"filter": 'Service.Tags contains "x" or Service.Meta.a.b == "c"'},
            },
        },
        [
            ("spec.redirect.peer", "other clusters and partitions are not known"),
            ('spec.failover["*"].targets[0].datacenter', "other clusters and partitions are not known"),
            ('spec.failover["*"].policy', "where instances run is not known"),
            ("spec.subsets.a.filter", "what instances have as Node.Name is not known"),
            ("spec.subsets.b.filter", "what instances have as Service.Meta.a.b is not known"),
        ],
    ),
    (
        "ServiceRouter",
        {
            "routes": [
                {
                    "match": {
                        "http": {
                            "pathRegex": "(?=a)",
                            "header": [{"name": ":authority", "exact": "a"}, {"name": "Host", "regex": "["}],
                        }
                    },
                    "destination": {"partition": "east", "idleTimeout": "3s", "requestTimeout": "3s"},
                }
            ]
        },
        [
            (
                "spec.routes[0].match.http.pathRegex",
                "proxies keep what they had, for RE2 does not read '(?=a)'",
            ),
            (
                "spec.routes[0].match.http.header[1].regex",
                "proxies keep what they had, for RE2 does not read '['",
            ),
            (
                "spec.routes[0].match.http.header[0].name",
                "':authority' is not compared as other headers are",
            ),
            ("spec.routes[0].match.http.header[1].name", "'Host' is not compared as other headers are"),
            ("spec.routes[0].destination.partition", "other clusters and partitions are not known"),
            ("spec.routes[0].destination.idleTimeout", "idle requests are not told from others"),
        ],
    ),
    (
        "ServiceSplitter",
        {"splits": [{"weight": 50}, {"weight": 50, "service": "a", "partition": "east"}]},
        [("spec.splits[1].partition", "other clusters and partitions are not known")],
    ),
    (
        "ServiceIntentions",
        {
            "destination": {"name": "a"},
            "jwt": {"providers": [{"name": "p", "verifyClaims": [{"path": ["a", "b"], "value": "c"}]}]},
            "sources": [
                {"name": "far", "peer": "dc2", "action": "allow"},
                {"name": "b", "samenessGroup": "g", "action": "allow"},
                {"name": "c", "permissions": [{"action": "allow", "http": HTTP}]},
            ],
        },
        [
            ("spec.jwt.providers[0].verifyClaims[0].path", "claims inside of claims are not known"),
            ("spec.sources[1].samenessGroup", "other clusters and partitions are not known"),
        ],
    ),
    (
        "Mesh",
        {
            "http": {
                "incoming": {
                    "requestNormalization": {"pathWithEscapedSlashesAction": "UNESCAPE_AND_REDIRECT"}
                }
            }
        },
        [
            (
                "spec.http.incoming.requestNormalization.pathWithEscapedSlashesAction",
                "UNESCAPE_AND_REDIRECT answers in a way that is not known",
            )
        ],
    ),
    (
        "JWTProvider",
        {"issuer": "a", "locations": [{"header": {"name": "a"}}, {"cookie": {"name": "c"}}]},
        [("spec.locations[1].cookie", "tokens in cookies are not asked about")],
    ),
    (
        "SamenessGroup",
        {"defaultForFailover": True},
        [("spec.defaultForFailover", "other clusters and partitions are not known")],
    ),
    ("SamenessGroup", {"members": [{"partition": "default"}]}, []),
]


@pytest.mark.parametrize(("kind", "spec", "expected"), CASES, ids=[case[0] for case in CASES])
def test_what_is_not_understood_is_told(
    kind: str, spec: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    found = Resource.of(
        {
            "apiVersion": "consul.hashicorp.com/v1alpha1",
            "kind": kind,
            "metadata": {"name": "a", "namespace": "shop"},
            "spec": spec,
        }
    )

    complaints = list(backend("consul").unmodelled(Resources([found])))

    assert [(spell(each.path), each.message) for each in complaints] == expected
    assert all(each.of is found for each in complaints)


def test_objects_of_other_groups_are_left_to_those_who_know_them() -> None:
    service = yaml.safe_load("{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}}")

    assert list(backend("consul").unmodelled(Resources([Resource.of(service)]))) == []
