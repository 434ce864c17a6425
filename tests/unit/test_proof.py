"""The proof accepts what upstream's CRDs accept, and says of the rest what is wrong and where."""

from __future__ import annotations

import os

import pytest

from tests.proof import Finding, Proof, check
from tests.proof.metadata import LABEL_VALUE, QUALIFIED_NAME
from tests.proof.nonsense import nonsense
from tests.proof.samples import Spoiled, altered, objects, sample, spoiled

pytestmark = pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no CRDs")

VERSIONS = {"istio": "1.30", "linkerd": "2.20", "consul": "2.0"}
GATEWAY_APIS = {"istio": None, "linkerd": ("1.5", "standard"), "consul": None}


def judge(mesh: str, *manifests: dict[str, object]) -> Proof:
    return check(manifests, mesh, VERSIONS[mesh], GATEWAY_APIS[mesh])


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        ("istio", Proof(findings=(), objects=6, evaluations=23)),
        ("linkerd", Proof(findings=(), objects=8, evaluations=75)),
        ("consul", Proof(findings=(), objects=5, evaluations=0)),
    ],
)
def test_valid_objects_are_accepted_and_counted_but_for_the_service(mesh: str, expected: Proof) -> None:
    actual = judge(mesh, *objects(mesh))

    assert expected == actual


REFUSED = [(mesh, row) for mesh in VERSIONS for row in spoiled(mesh, "crd")]


@pytest.mark.parametrize(("mesh", "row"), REFUSED, ids=[row.name for _, row in REFUSED])
def test_one_wrong_field_is_one_finding_at_its_place(mesh: str, row: Spoiled) -> None:
    actual = judge(mesh, row.obj).findings

    name = f"{row.obj['kind']} bookinfo/{row.obj['metadata']['name']}"
    said = row.says or actual[0].message
    assert (Finding(object=name, where=row.where, message=said),) == actual


@pytest.mark.parametrize("mesh", ["istio", "linkerd", "consul"])
def test_every_kind_is_rejected_with_an_unknown_field_and_with_a_value_of_a_wrong_type(mesh: str) -> None:
    accepted = [
        (obj["kind"], how)
        for obj in objects(mesh)
        for how, copy in nonsense(obj)
        if not judge(mesh, copy).findings
    ]

    assert accepted == []


def test_an_object_whose_spec_is_empty_can_be_made_nonsense_too() -> None:
    deny_all = sample("istio", "AuthorizationPolicy") | {"spec": {}}

    actual = {how: copy["spec"] for how, copy in nonsense(deny_all)}

    assert actual == {"unknown field in spec": {"nonsense": 1}, "wrong type of spec.": "nonsense"}


def test_a_kind_or_version_that_no_crd_serves_is_a_finding() -> None:
    route = sample("linkerd", "HTTPRoute")
    alpha = sample("linkerd", "Server") | {"apiVersion": "policy.linkerd.io/v1"}

    actual = [
        finding.message for finding in judge("istio", route).findings + judge("linkerd", alpha).findings
    ]

    assert actual == ["no CRD serves this kind here"] * 2


def test_a_status_and_a_label_that_kubernetes_refuses_are_findings() -> None:
    server = sample("linkerd", "Server") | {"status": {}}
    labelled = altered(sample("linkerd", "Server"), "metadata.labels", {"-team": "a b"})

    actual = [str(finding) for finding in judge("linkerd", server, labelled).findings]

    name = "Server bookinfo/reviews-9080"
    assert actual == [
        f"{name} Additional properties are not allowed ('status' was unexpected)",
        f'{name} metadata.labels["-team"] "a b" does not match {LABEL_VALUE["pattern"]}',
        f'{name} metadata.labels "-team" does not match {QUALIFIED_NAME["pattern"]}',
    ]


def test_a_rule_that_cannot_be_evaluated_is_a_finding() -> None:
    policy = altered(
        sample("istio", "PeerAuthentication"), "spec.portLevelMtls", {"http": {"mode": "STRICT"}}
    )

    actual = [str(finding) for finding in judge("istio", policy).findings]

    assert len(actual) == 1
    assert actual[0].startswith("PeerAuthentication bookinfo/reviews spec.portLevelMtls ")
    assert actual[0].endswith(" (not evaluated: INVALID_ARGUMENT: cannot convert string to int)")


def test_no_rule_is_evaluated_of_an_object_with_a_wrong_type() -> None:
    route = altered(sample("linkerd", "HTTPRoute"), "spec.rules.0.matches.0.path.value", 5)

    assert judge("linkerd", route).evaluations == 0


def test_defaults_are_filled_in_before_webhooks_look() -> None:
    route = altered(sample("linkerd", "HTTPRoute"), "spec.parentRefs", [{"name": "reviews"}])

    actual = [finding.message for finding in judge("linkerd", route).findings]

    assert actual == [
        "linkerd 5 HTTPRoute: spec.parentRefs: gateway.networking.k8s.io/Gateway is no parent in this mesh"
    ]


def test_what_only_the_webhooks_refuse_is_a_finding_of_the_object() -> None:
    manifests = [
        altered(sample("consul", "ServiceSplitter"), "spec.splits.0.weight", 79),
        *objects("consul")[:2],
    ]

    actual = judge("consul", *manifests).findings

    name, clause = "ServiceSplitter bookinfo/reviews", "consul 3.1 ServiceSplitter"
    assert actual == (
        Finding(object=name, where="", message=f"{clause} 2: the weights sum to 99.0 in float32, not 100"),
        Finding(object=name, where="", message=f"{clause} 3: the weights sum to 9900 hundredths, not 10000"),
    )


def test_what_the_server_refuses_of_objects_together_is_a_finding_of_all() -> None:
    actual = [str(finding) for finding in judge("consul", sample("consul", "ServiceRouter")).findings]

    assert actual == [
        "all objects consul 3.3 ServiceRouter 7: 'reviews' speaks tcp",
        "all objects consul 3.3 ServiceRouter 7: 'reviews' has no subset 'v2'",
    ]


@pytest.mark.parametrize(
    ("ports", "expected"),
    [
        ([{"port": 80}, {"port": 81, "name": "b"}], ["core/v1 Service: every port of several needs a name"]),
        (
            [{"port": 80, "name": "a"}, {"port": 81, "name": "a"}],
            ["core/v1 Service: port name 'a' stands twice"],
        ),
        (
            [{"port": 80, "name": "a"}, {"port": 80, "name": "b"}],
            ['{"port": 80, "protocol": "TCP"} stands in the list twice'],
        ),
        ([{"port": 80, "targetPort": "web-1"}, {"port": 80, "protocol": "UDP", "name": "b"}],
         ["core/v1 Service: every port of several needs a name"]),
        ([{"port": 80, "targetPort": "80"}], ['"80" does not match [a-z]']),
        ([{"port": 80, "targetPort": 0}], ["0 is less than the minimum of 1"]),
    ],
)  # fmt: skip
def test_ports_of_a_service_are_told_apart_by_name_and_by_number(
    ports: list[dict[str, object]], expected: list[str]
) -> None:
    service = altered(sample("linkerd", "Service"), "spec.ports", ports)

    actual = [finding.message for finding in judge("linkerd", service).findings]

    assert expected == actual


def test_a_version_without_crds_is_our_mistake() -> None:
    with pytest.raises(FileNotFoundError, match=r"no CRDs in .*/crds/istio/1\.1"):
        check([], "istio", "1.1", None)
