"""Whatever services, versions and routes are asked for, Consul's webhook and servers take the objects."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.diagnostics import Severity
from meshgen.inputs import Content

CONSUL = backend("consul")
Tree = dict[str, Any]

VERSIONS: Tree = {
    "v1": {},
    "v2": {},
    "v3": {"labels": {"version": "v3"}, "createService": False},
    "own": {"selector": {"app": "cart-own"}},
}


@st.composite
def splits(draw: st.DrawFn) -> Tree:
    names = draw(st.lists(st.sampled_from(sorted(VERSIONS)), min_size=1, max_size=4, unique=True))
    cuts = sorted(draw(st.lists(st.integers(0, 10_000), min_size=len(names) - 1, max_size=len(names) - 1)))
    shares = [end - start for start, end in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    return {name: share / 100 for name, share in zip(names, shares, strict=True)}


MATCHES = st.fixed_dictionaries(
    {},
    optional={
        "paths": st.lists(
            st.sampled_from([{"exact": "/a"}, {"prefix": "/a"}, {"prefix": "/"}, {"regex": "/v[0-9]"}]),
            min_size=1,
            max_size=2,
            unique_by=str,
        ),
        "methods": st.sampled_from([["GET"], ["GET", "PUT"]]),
        "headers": st.dictionaries(
            st.sampled_from(["x-a", "x-b"]),
            st.sampled_from(
                [{"exact": ""}, {"prefix": ""}, {"present": True}, {"absent": True}, {"regex": "a+"}]
            ),
            min_size=1,
        ),
        "queryParams": st.dictionaries(
            st.sampled_from(["p", "q"]), st.sampled_from([{"exact": ""}, {"present": True}]), min_size=1
        ),
    },
).filter(bool)
DURATIONS = st.sampled_from(["none", "250ms", "15s", "16s", "1m30s"])
RETRIES = st.sampled_from(["none", {"attempts": 1}, {"attempts": 3, "retryOn": ["5xx", 409, "reset"]}])
ACTIONS: Tree = {"timeout": DURATIONS, "retries": RETRIES}
ROUTES = st.lists(
    st.fixed_dictionaries(
        {"match": st.lists(MATCHES, min_size=1, max_size=2)},
        optional={**ACTIONS, "split": splits(), "headers": st.just({"request": {"set": {"x": "1%"}}})},
    ),
    max_size=3,
).map(lambda routes: [{"name": f"r{index}", **route} for index, route in enumerate(routes)])
SERVICES = st.fixed_dictionaries(
    {"port": st.just(80), "versions": st.just(VERSIONS), "routes": ROUTES},
    optional={
        **ACTIONS,
        "split": splits(),
        "connectTimeout": st.just("1.5s"),
        "protocol": st.sampled_from(["http", "http2"]),
        "loadBalancing": st.sampled_from(
            [
                {"policy": "random"},
                {"hashOn": {"sourceIP": True}},
                {"hashOn": {"cookie": {"name": "c", "ttl": "1h"}}},
            ]
        ),
        "circuitBreaker": st.sampled_from(["none", {"maxRequests": 3}]),
        "outlierDetection": st.sampled_from(
            ["none", {"consecutive5xx": 3, "interval": "1.5s", "maxEjectionPercent": 12.5}]
        ),
    },
)


def refusals(service: Tree) -> list[str]:
    """Render a service beside a caller, and tell what the ladder has against the objects."""
    cart = {key: value for key, value in service.items() if value != []}
    front = {"port": 8080, "targetPort": 80, "podsOf": "cart", "protocol": cart.get("protocol", "http")}
    tree = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": {"selectorLabel": "app", "services": {"cart": cart, "front": front, "web": {"port": 80}}},
    }
    reading = read_intents([Content("intent.yaml", json.dumps(tree).encode())])
    assume(not any(finding.severity is Severity.ERROR for finding in reading.findings))
    found = render(reading, CONSUL, CONSUL.profiles[0]).findings
    refused = [each.message for each in found if each.code.number.startswith("MG4")]
    assume(refused or not any(finding.severity is Severity.ERROR for finding in found))
    return refused


@settings(max_examples=150)
@given(SERVICES)
def test_consul_takes_every_object_by_itself_and_all_of_them_together(service: Tree) -> None:
    assert refusals(service) == []
