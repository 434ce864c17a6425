"""What one edition of Consul refuses and the other admits, and what nobody judges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from meshgen.backends.consul.admission import refused
from meshgen.backends.consul.coherence import incoherent
from meshgen.backends.consul.profiles import PROFILES
from meshgen.profile import Edition
from meshgen.resources import Resource, Resources, spell

COMMUNITY = PROFILES[0]
ENTERPRISE = replace(COMMUNITY, edition=Edition.ENTERPRISE)


def entry(
    kind: str, name: str, spec: dict[str, Any], *, version: str = "consul.hashicorp.com/v1alpha1"
) -> Resource:
    return Resource.of({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec})


OF_ENTERPRISE = [
    (
        entry("ServiceSplitter", "a", {"splits": [{"weight": 100, "namespace": "n", "partition": "p"}]}),
        ["spec.splits[0].namespace", "spec.splits[0].partition"],
    ),
    (
        entry("ServiceRouter", "a", {"routes": [{"destination": {"namespace": "n", "partition": "p"}}]}),
        ["spec.routes[0].destination.namespace", "spec.routes[0].destination.partition"],
    ),
    (
        entry("ServiceResolver", "a", {"redirect": {"service": "b", "namespace": "n", "partition": "p"}}),
        ["spec.redirect.namespace", "spec.redirect.partition"],
    ),
    (
        entry(
            "ServiceResolver",
            "a",
            {
                "failover": {
                    "*": {"samenessGroup": "g", "policy": {"mode": "order-by-locality"}},
                },
                "prioritizeByLocality": {"mode": "failover"},
            },
        ),
        [
            'spec.failover["*"].samenessGroup',
            'spec.failover["*"].policy.mode',
            "spec.prioritizeByLocality.mode",
        ],
    ),
    (
        entry(
            "ServiceIntentions",
            "a",
            {
                "destination": {"name": "a", "namespace": "n"},
                "sources": [
                    {"name": "b", "namespace": "n", "partition": "p", "action": "allow"},
                    {"name": "c", "samenessGroup": "g", "action": "deny"},
                ],
            },
        ),
        [
            "spec.destination.namespace",
            "spec.sources[0].namespace",
            "spec.sources[0].partition",
            "spec.sources[1].samenessGroup",
        ],
    ),
    (
        entry("ServiceDefaults", "a", {"rateLimits": {"instanceLevel": {"requestsPerSecond": 1}}}),
        ["spec.rateLimits"],
    ),
    (
        entry(
            "ServiceDefaults",
            "a",
            {"upstreamConfig": {"overrides": [{"name": "b", "namespace": "n", "partition": "p"}]}},
        ),
        ["spec.upstreamConfig.overrides[0].namespace", "spec.upstreamConfig.overrides[0].partition"],
    ),
    (
        entry(
            "ServiceDefaults",
            "a",
            {"envoyExtensions": [{"name": "builtin/fault-injection", "arguments": {}}]},
        ),
        ["spec.envoyExtensions[0].name"],
    ),
    (
        entry("ProxyDefaults", "global", {"prioritizeByLocality": {"mode": "none"}}),
        ["spec.prioritizeByLocality.mode"],
    ),
    (
        entry(
            "ExportedServices",
            "default",
            {"services": [{"name": "a", "consumers": [{"partition": "p"}, {"samenessGroup": "g"}]}]},
        ),
        ["spec.services[0].consumers[0].partition", "spec.services[0].consumers[1].samenessGroup"],
    ),
    (entry("SamenessGroup", "a", {"includeLocal": True, "members": [{"peer": "p"}]}), [""]),
    (
        entry("TerminatingGateway", "a", {"services": [{"name": "a", "namespace": "n"}]}),
        ["spec.services[0].namespace"],
    ),
    (
        entry(
            "IngressGateway",
            "a",
            {
                "listeners": [
                    {
                        "port": 1,
                        "protocol": "tcp",
                        "services": [{"name": "a", "namespace": "n", "partition": "p"}],
                    }
                ]
            },
        ),
        ["spec.listeners[0].services[0].namespace", "spec.listeners[0].services[0].partition"],
    ),
]


@pytest.mark.parametrize(("resource", "paths"), OF_ENTERPRISE, ids=[str(each) for each, _ in OF_ENTERPRISE])
def test_only_the_enterprise_edition_admits_what_is_its_own(resource: Resource, paths: list[str]) -> None:
    complaints = [(each.code.slug, spell(each.path)) for each in refused(resource, COMMUNITY)]

    assert complaints == [("consul-edition", path) for path in paths]
    assert [*refused(resource, ENTERPRISE)] == []


def test_datacenters_to_fail_over_to_are_of_the_enterprise_edition() -> None:
    resource = entry("ServiceResolver", "a", {"failover": {"*": {"datacenters": ["dc2"]}}})

    assert [each.message for each in refused(resource, COMMUNITY)] == [
        "datacenters are refused in the community edition"
    ]
    assert [*refused(resource, ENTERPRISE)] == []


def test_exports_of_a_partition_have_any_name_in_the_enterprise_edition() -> None:
    spec = {"services": [{"name": "a", "consumers": [{"peer": "p"}]}]}

    assert [*refused(entry("ExportedServices", "east", spec), ENTERPRISE)] == []


def test_extensions_that_the_enterprise_edition_may_add_pass_there() -> None:
    resource = entry("ServiceDefaults", "a", {"envoyExtensions": [{"name": "builtin/x", "arguments": {}}]})

    assert [each.code.slug for each in refused(resource, COMMUNITY)] == ["consul-extension"]
    assert [*refused(resource, ENTERPRISE)] == []


@pytest.mark.parametrize(
    "resource",
    [
        entry("ServiceSplitter", "a", {"splits": []}, version="split.smi-spec.io/v1alpha4"),
        entry("ControlPlaneRequestLimit", "a", {"mode": "permissive"}),
    ],
    ids=str,
)
def test_what_has_no_clauses_passes(resource: Resource) -> None:
    assert [*refused(resource, COMMUNITY)] == []
    assert [*incoherent(Resources([resource, resource]), COMMUNITY)] == []


def test_each_complaint_names_its_object_and_a_source_upstream() -> None:
    splitter = entry("ServiceSplitter", "a", {"splits": [{"weight": 60, "service": "b"}]})
    defaults = entry("ServiceDefaults", "b", {})
    (alone,) = refused(splitter, COMMUNITY)
    (together,) = incoherent(Resources([splitter, defaults]), COMMUNITY)

    assert (alone.of, alone.hint, alone.source) == (
        None,
        "let the weights sum to 100",
        "hashicorp/consul-k8s control-plane/api/v1alpha1/servicesplitter_types.go",
    )
    assert (together.of, together.hint, together.source, together.beside) == (
        splitter,
        "write ServiceDefaults b with protocol: http, http2 or grpc",
        "hashicorp/consul agent/consul/discoverychain/compile.go",
        (("what the service speaks", defaults, ()),),
    )
