"""What holds of Istio's manifests whatever the intent: nothing leads nowhere, nothing lets in by accident."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.diagnostics import Findings, Severity
from meshgen.inputs import Content
from meshgen.jsontypes import to_json
from meshgen.source import read

ISTIO = backend("istio")
Tree = dict[str, Any]

NAMES = ("cart", "web")
PATHS = st.sampled_from(["/a", "/a/b", "/b", "/"])
VERSIONS: Tree = {
    "v1": {},
    "v2": {},
    "v3": {"selector": {"run": "next"}},
    "v4": {"createService": False, "labels": {"version": "v4"}},
}
REQUESTS = st.fixed_dictionaries(
    {},
    optional={
        "methods": st.lists(st.sampled_from(["GET", "POST", "PUT"]), min_size=1, max_size=2, unique=True),
        "paths": st.lists(
            st.builds(lambda how, path: {how: path}, st.sampled_from(["exact", "prefix"]), PATHS),
            min_size=1,
            max_size=2,
        ),
        "headers": st.dictionaries(
            st.sampled_from(["x-a", "x-b"]),
            st.sampled_from([{"exact": "1"}, {"prefix": "a"}, {"present": True}, {"absent": True}]),
            min_size=1,
        ),
        "ports": st.just(["80"]),
    },
).filter(bool)


@st.composite
def splits(draw: st.DrawFn) -> Tree:
    names = draw(st.lists(st.sampled_from(sorted(VERSIONS)), min_size=1, max_size=3, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(names) - 1, max_size=len(names) - 1)))
    shares = [end - start for start, end in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return {name: share / 100 for name, share in zip(names, shares, strict=True)}


ROUTES = st.lists(
    st.fixed_dictionaries(
        {"match": st.lists(REQUESTS, min_size=1, max_size=2)},
        optional={
            "split": splits(),
            "timeout": st.sampled_from(["none", "2s"]),
            "retries": st.sampled_from(["none", {"attempts": 2, "retryOn": ["reset"]}]),
            "mirror": st.sampled_from([{"version": "v2"}, {"version": "v3"}]),
        },
    ),
    max_size=3,
).map(lambda routes: [{"name": f"route-{index}", **route} for index, route in enumerate(routes)])

CALLERS = st.sampled_from(
    [{"service": "web"}, {"namespace": "jobs"}, {"authenticated": True}, {"cidr": "10.0.0.0/8"}]
)
FROM = st.builds(
    lambda base, excepts: {**base, **({"except": excepts} if excepts else {})},
    CALLERS,
    st.lists(st.sampled_from([{"serviceAccount": "jobs/backup"}, {"cidr": "10.1.0.0/16"}]), max_size=2),
)
TO = st.builds(
    lambda base, excepts: {**base, **({"except": excepts} if excepts else {})},
    REQUESTS,
    st.lists(REQUESTS, max_size=2),
)
RULES = st.lists(
    st.fixed_dictionaries(
        {"action": st.sampled_from(["allow", "deny"]), "from": st.lists(FROM, min_size=1, max_size=2)},
        optional={"to": st.lists(TO, min_size=1, max_size=2)},
    ),
    max_size=3,
).map(lambda rules: [{"name": f"rule-{index}", **rule} for index, rule in enumerate(rules)])

SERVICES = st.fixed_dictionaries(
    {
        "ports": st.sampled_from(
            [
                [{"port": 80}],
                [{"port": 80, "targetPort": 8080}, {"port": 5433, "protocol": "tcp"}],
                [{"port": 80}, {"port": 81}],
            ]
        ),
        "versions": st.just(VERSIONS),
        "mtls": st.just({"mode": "strict"}),
        "routes": ROUTES,
        "authorization": st.fixed_dictionaries(
            {"default": st.sampled_from(["allow", "deny"]), "rules": RULES}
        ),
    },
    optional={
        "split": splits(),
        "loadBalancing": st.just({"policy": "random"}),
        "connectTimeout": st.just("1s"),
    },
)


@st.composite
def intents(draw: st.DrawFn) -> Tree:
    services = {name: _written(draw(SERVICES), name) for name in NAMES}
    return {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"selectorLabel": "app", "accounts": "named", "services": services},
    }


def _written(service: Tree, name: str) -> Tree:
    """Leave out what an intent may not write empty, and keep versions of services apart."""
    versions = {**VERSIONS, "v3": {"selector": {"run": f"{name}-next"}}}
    authorization = {key: value for key, value in service["authorization"].items() if value}
    whole = {**service, "versions": versions, "authorization": authorization}
    return {key: value for key, value in whole.items() if value}


def rendered(tree: Tree) -> list[Tree]:
    """Render a sound intent; what the rules of the language refuse is not tried."""
    reading = read_intents([Content("intent.yaml", json.dumps(tree).encode())])
    assume(not any(finding.severity is Severity.ERROR for finding in reading.findings))
    rendering = render(reading, ISTIO, ISTIO.profiles[0])
    assume(not any(finding.severity is Severity.ERROR for finding in rendering.findings))
    return [_parsed(manifest.text) for manifest in rendering.manifests]


def _parsed(text: str) -> Tree:
    (node,) = read(text.encode(), file="manifest.yaml", findings=Findings())
    parsed = to_json(node)
    assert isinstance(parsed, dict)
    return parsed


def of_kind(manifests: list[Tree], kind: str) -> list[Tree]:
    return [manifest["spec"] for manifest in manifests if manifest["kind"] == kind]


def routes_of(virtual_service: Tree) -> list[Tree]:
    return [*virtual_service.get("http", []), *virtual_service.get("tcp", [])]


def destinations(virtual_service: Tree) -> Iterator[Tree]:
    for route in routes_of(virtual_service):
        yield from (weighted["destination"] for weighted in route.get("route", []))
        yield from (mirror["destination"] for mirror in route.get("mirrors", []))


@settings(max_examples=50)
@given(intents())
def test_every_host_is_a_full_name(tree: Tree) -> None:
    manifests = rendered(tree)
    named = {host for spec in of_kind(manifests, "VirtualService") for host in spec["hosts"]}
    named |= {to["host"] for spec in of_kind(manifests, "VirtualService") for to in destinations(spec)}
    named |= {spec["host"] for spec in of_kind(manifests, "DestinationRule")}

    assert {host for host in named if not host.endswith(".shop.svc.cluster.local")} == set()


@settings(max_examples=50)
@given(intents())
def test_no_two_objects_of_a_kind_speak_of_one_host(tree: Tree) -> None:
    manifests = rendered(tree)
    hosts = Counter(
        *[
            [
                ("VirtualService", host)
                for spec in of_kind(manifests, "VirtualService")
                for host in spec["hosts"]
            ]
        ]
    )
    rules = Counter(spec["host"] for spec in of_kind(manifests, "DestinationRule"))

    assert [host for host, count in hosts.items() if count > 1] == []
    assert [host for host, count in rules.items() if count > 1] == []


@settings(max_examples=50)
@given(intents())
def test_every_subset_that_is_named_is_declared_for_its_host(tree: Tree) -> None:
    manifests = rendered(tree)
    declared = {
        (spec["host"], subset["name"])
        for spec in of_kind(manifests, "DestinationRule")
        for subset in spec.get("subsets", [])
    }
    named = {
        (to["host"], to["subset"])
        for spec in of_kind(manifests, "VirtualService")
        for to in destinations(spec)
        if "subset" in to
    }

    assert named - declared == set()


@settings(max_examples=50)
@given(intents())
def test_weights_sum_to_a_hundred_percent(tree: Tree) -> None:
    totals = {
        sum(weighted["weight"] for weighted in route["route"])
        for spec in of_kind(rendered(tree), "VirtualService")
        for route in routes_of(spec)
        if "weight" in route["route"][0]
    }

    assert totals <= {100, 10_000}  # hundredths where a share is not whole


@settings(max_examples=50)
@given(intents())
def test_the_last_route_of_each_port_takes_every_request(tree: Tree) -> None:
    for spec in of_kind(rendered(tree), "VirtualService"):
        # of several ports each route names one
        matches = {
            match.get("port"): route for route in spec.get("http", []) for match in route.get("match", [{}])
        }
        conditions = [match for route in matches.values() for match in route.get("match", [])]

        assert [match for match in conditions if set(match) - {"port"}] == []


@settings(max_examples=50)
@given(intents())
def test_every_rule_names_its_ports(tree: Tree) -> None:
    policies = of_kind(rendered(tree), "AuthorizationPolicy")
    operations = [
        to["operation"]
        for spec in policies
        for rule in spec.get("rules", [])
        for to in rule.get("to", [{"operation": {}}])
    ]

    assert [operation for operation in operations if not operation.get("ports")] == []


@settings(max_examples=50)
@given(intents())
def test_a_policy_without_rules_stands_only_where_nobody_is_let_in(tree: Tree) -> None:
    services = tree["spec"]["services"]
    for manifest in rendered(tree):
        if manifest["kind"] == "AuthorizationPolicy" and not manifest["spec"].get("rules"):
            name = manifest["metadata"]["name"].removesuffix("-allow").partition(".")[0]
            written = services[name]["authorization"]
            rules = [rule for rule in written.get("rules", []) if rule["action"] == "allow"]
            allowed = [rule for rule in rules if "except" not in json.dumps(rule)]

            assert (manifest["spec"]["action"], written["default"], allowed) == ("ALLOW", "deny", [])
