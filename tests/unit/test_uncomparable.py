"""What cannot be compared with a cluster is one finding, never half an answer."""

from __future__ import annotations

from typing import Any

import pytest

from meshgen.cli import run
from tests.unit.diffs import GROUP, INTENT, LABELS, SAME, Diffed, authentication, cluster
from tests.unit.diffs import diffed as diffed
from tests.unit.dryruns import refusal
from tests.unit.standin import Answer, status

NAMELESS = "error[MG765 cluster-failed]: CLUSTER: {asked}: the answer is no {what}\n"
UNANSWERED: dict[str, tuple[Any, str]] = {
    "401": (
        {"api": status(401, "Unauthorized")},
        (
            "error[MG763 cluster-unauthenticated]: CLUSTER: "
            "get peerauthentications.security.istio.io shop/api: "
            "the cluster does not take the credentials: Unauthorized\n"
            "  hint: log in again, or choose another --context\n"
        ),
    ),
    "half": (
        {"api": Answer(body=authentication("api"), cut=True)},
        (
            "error[MG766 cluster-broke-off]: CLUSTER: get peerauthentications.security.istio.io shop/api: "
            "the connection broke off: "
        ),
    ),
    "an answer to another question": (
        {"api": Answer(body={})},
        NAMELESS.format(asked="compare PeerAuthentication shop/api", what="object"),
    ),
    "403 on one kind": (
        {
            "would": {
                "api": status(
                    403,
                    'peerauthentications.security.istio.io "api" is forbidden: User "ann" cannot patch '
                    'resource "peerauthentications"',
                )
            }
        },
        (
            "error[MG764 cluster-forbidden]: CLUSTER: patch peerauthentications.security.istio.io shop/api: "
            'the cluster forbids it: peerauthentications.security.istio.io "api" is forbidden: '
            'User "ann" cannot patch resource "peerauthentications"\n'
            "  hint: meshgen profile detect --permissions prints the roles that suffice\n"
        ),
    ),
    "422": (
        {
            "would": {
                "api": refusal(
                    422, "invalid", {"reason": "FieldValueInvalid", "field": "spec.mtls", "message": "No."}
                )
            }
        },
        "error[MG769 refused-by-cluster]: PeerAuthentication shop/api: the cluster refuses spec.mtls: No\n",
    ),
    "a field that the cluster does not know": (
        {
            "would": {
                "api": status(
                    500,
                    "failed to create typed patch object (shop/api; security.istio.io/v1, "
                    "Kind=PeerAuthentication): .spec.mtls: field not declared in schema",
                )
            }
        },
        (
            "error[MG402 unknown-field]: PeerAuthentication shop/api: "
            "the cluster refuses spec.mtls: field not declared in schema\n"
        ),
    ),
    "no namespace": (
        {"would": dict.fromkeys(("api", "web"), status(404, 'namespaces "shop" not found'))},
        (
            "error[MG772 namespace-absent]: PeerAuthentication shop/api, PeerAuthentication shop/web: "
            "the cluster has no namespace 'shop', so nothing in it was judged\n"
            "  hint: kubectl create namespace shop makes it\n"
        ),
    ),
    "no name": (
        {"api": SAME, "ours": [{"metadata": {"labels": LABELS}}]},
        NAMELESS.format(
            asked="list peerauthentications.security.istio.io in shop", what="list of labelled objects"
        ),
    ),
}


@pytest.mark.parametrize("fault", UNANSWERED)
def test_what_cannot_be_compared_is_one_finding_and_no_half_answer(fault: str, diffed: Diffed) -> None:
    given, told = UNANSWERED[fault]
    code, out, err, _ = diffed(cluster(**given))

    assert (code, out, err[: len(told)], err.count("error[")) == (2, "", told, 1)


def test_an_answer_that_does_not_come_is_one_finding(diffed: Diffed) -> None:
    code, out, err, _ = diffed(cluster(would={"api": Answer(silent=True)}), "--timeout", "1")
    head, _, tail = err.partition(" shop")  # which of the answers is late is for the machine to say

    assert (code, out, err.count("error[")) == (2, "", 1)
    assert head.startswith("error[MG766 cluster-broke-off]: CLUSTER: ")
    assert tail.endswith(": the answer did not come in time\n  hint: --timeout gives it longer\n")


def test_a_kind_that_the_cluster_lacks_is_one_finding(diffed: Diffed) -> None:
    given = {path: answers for path, answers in cluster().items() if path != GROUP}

    assert diffed(given) == (
        2,
        "",
        (
            "error[MG773 kind-absent]: PeerAuthentication shop/api, PeerAuthentication shop/web: "
            "the cluster has no kind PeerAuthentication of security.istio.io/v1, so none of it was judged\n"
            "  hint: its CustomResourceDefinition must be there first: kubectl api-resources lists what is\n"
        ),
        (),
    )


@pytest.mark.parametrize(
    ("intent", "options", "told"),
    [
        pytest.param(
            INTENT.replace("port: 80,", "prot: 80,", 1),
            (),
            "error[MG120 unknown-key]",
            id="an unsound intent",
        ),
        pytest.param(
            INTENT.replace("strict", "disabled"),
            ("-m", "consul"),
            "error[MG301 unsupported-feature]",
            id="gap",
        ),
        pytest.param(
            INTENT,
            ("-m", "linkerd", "--fail-on", "warning"),
            "warning[MG303",
            id="what --fail-on makes grave",
        ),
    ],
)
def test_an_intent_that_does_not_render_is_not_compared(
    intent: str, options: tuple[str, ...], told: str, diffed: Diffed
) -> None:
    code, out, err, asked = diffed(cluster(), *options, intent=intent)

    assert (code, out, asked) == (2, "", ())
    assert told in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("-m", "istio"),
            "meshgen diff compares OLD with NEW\n  hint: name two, or add --live to compare with a cluster\n",
        ),
        (
            ("-m", "istio", "--context", "shop"),
            "--context needs a cluster to ask\n  hint: add --live\n",
        ),
    ],
)
def test_without_being_told_to_no_cluster_is_compared(
    words: tuple[str, ...], told: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = run(["diff", "intent.yaml", *words])

    assert (code, *capfd.readouterr()) == (2, "", f"error[MG710 usage]: {told}")


def test_a_cluster_is_compared_with_one_mesh(diffed: Diffed) -> None:
    told = "error[MG710 usage]: a cluster is compared with one mesh at a time\n  hint: name it with --mesh\n"

    assert diffed(cluster(), "-m", "all") == (2, "", told, ())
