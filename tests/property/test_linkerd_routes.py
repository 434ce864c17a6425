"""What Linkerd would read past: two ways of splitting one Service, and durations of several units."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.jsontypes import to_json
from meshgen.source import read

Tree = dict[str, Any]
LINKERD = backend("linkerd")

# linkerd/linkerd2 policy-controller/k8s/index/src/outbound/index.rs parse_duration: one number, one unit
DURATION = re.compile(r"[1-9][0-9]*(ms|s|m|h|d)")
RETRIED = re.compile(r"[a-z0-9-]+(,[a-z0-9-]+)*")

DURATIONS = st.sampled_from(["1ms", "1.5s", "0.25s", "90s", "1m30s", "1h1ms", "2h", "24h"])
RETRIES = st.one_of(
    st.just("none"),
    st.builds(
        lambda attempts, on, limit: {"attempts": attempts, "retryOn": on, "perTryTimeout": limit},
        st.integers(1, 5),
        st.lists(st.sampled_from(["5xx", "gateway-error", 503, "retriable-4xx"]), min_size=1, unique_by=str),
        st.just("1ms"),
    ),
)
WISHES: dict[str, st.SearchStrategy[Any]] = {
    "split": st.sampled_from([{"v1": 100}, {"v1": 90, "v2": 10}, {"v1": 0, "v2": 100}]),
    "timeout": st.one_of(st.just("none"), DURATIONS),
    "retries": RETRIES,
}
ROUTE = st.fixed_dictionaries(
    {"match": st.just([{"paths": [{"prefix": "/a"}]}]), "name": st.just("a")}, optional=WISHES
)
SERVICE = st.fixed_dictionaries(
    {"port": st.just(80), "versions": st.just({"v1": {}, "v2": {}})},
    optional={**WISHES, "routes": ROUTE.map(lambda route: [route])},
)


def objects(services: list[Tree], profile: str) -> list[Tree]:
    """Render services that the language allows; what it refuses is not tried."""
    tree = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "a", "namespace": "shop"},
        "spec": {
            "selectorLabel": "app",
            "services": {f"web-{index}": service for index, service in enumerate(services)},
        },
    }
    reading = read_intents([Content("intent", json.dumps(tree).encode())])
    assert reading.findings == ()
    chosen = next(known for known in LINKERD.profiles if known.name == profile)
    rendering = render(reading, LINKERD, chosen)
    assume(rendering.manifests)
    nodes = (read(manifest.text.encode(), file="m", findings=Findings()) for manifest in rendering.manifests)
    return [to_json(node) for (node,) in nodes]


@settings(max_examples=150, deadline=None)
@given(st.lists(SERVICE, min_size=1, max_size=3), st.sampled_from(["linkerd", "linkerd-gateway"]))
def test_one_service_is_routed_in_one_way_alone(services: list[Tree], profile: str) -> None:
    written = objects(services, profile)

    split = {found["spec"]["service"] for found in written if found["kind"] == "TrafficSplit"}
    routed = {
        parent["name"]
        for found in written
        if found["kind"] in ("HTTPRoute", "GRPCRoute", "TCPRoute")
        for parent in found["spec"]["parentRefs"]
        if parent["kind"] == "Service"
    }
    assert split & routed == set()
    assert [found for found in written if found["kind"] == "ServiceProfile"] == []


@settings(max_examples=150, deadline=None)
@given(st.lists(SERVICE, min_size=1, max_size=3), st.sampled_from(["linkerd", "linkerd-gateway"]))
def test_every_annotation_is_one_that_linkerd_reads(services: list[Tree], profile: str) -> None:
    annotations = [
        (name, value)
        for found in objects(services, profile)
        for name, value in found["metadata"].get("annotations", {}).items()
    ]

    forms = {"timeout.linkerd.io/request": DURATION, "retry.linkerd.io/timeout": DURATION}
    wrong = [
        (name, value)
        for name, value in annotations
        if not forms.get(name, RETRIED).fullmatch(value) or value == "0"
    ]
    assert wrong == []


@settings(max_examples=150, deadline=None)
@given(st.lists(SERVICE, min_size=1, max_size=3), st.sampled_from(["linkerd", "linkerd-gateway"]))
def test_no_backend_has_no_weight_and_a_sole_one_has_none(services: list[Tree], profile: str) -> None:
    lists = [
        rule["backendRefs"]
        for found in objects(services, profile)
        if found["kind"] in ("HTTPRoute", "GRPCRoute")
        for rule in found["spec"]["rules"]
        if "backendRefs" in rule
    ]

    assert [refs for refs in lists if any(ref.get("weight") == 0 for ref in refs)] == []
    assert [refs for refs in lists if len(refs) == 1 and "weight" in refs[0]] == []
