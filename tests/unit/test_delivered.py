"""What those who deliver objects write there for themselves is no difference; what kubectl dropped is one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshgen.delivered import without_dropped
from tests.unit.diffs import LABELS, QUERY, SAME_REQUESTS, Diffed, authentication, cluster
from tests.unit.diffs import diffed as diffed
from tests.unit.standin import Answer

LAST = "kubectl.kubernetes.io/last-applied-configuration"
ADDED = {"mtls": {"mode": "STRICT"}, "portLevelMtls": {"80": {"mode": "DISABLE"}}}


def delivered(spec: Any = None, **annotations: str) -> Answer:
    """Answer with an object on which a deliverer has written."""
    found = authentication("api", annotations=annotations)
    return Answer(body=found if spec is None else {**found, "spec": spec})


@pytest.mark.parametrize(
    "mark",
    [
        LAST,
        "argocd.argoproj.io/tracking-id",
        "kustomize.toolkit.fluxcd.io/name",
        "meta.helm.sh/release-name",
    ],
)
def test_the_mark_of_a_deliverer_is_no_difference(mark: str, diffed: Diffed) -> None:
    assert diffed(cluster(api=delivered(**{mark: "{}"})))[:3] == (0, f"{SAME_REQUESTS}same: 2 objects\n", "")


def test_a_label_by_which_argo_cd_finds_its_objects_is_no_difference(diffed: Diffed) -> None:
    marked = authentication("api", labels={**LABELS, "app.kubernetes.io/instance": "shop"})

    assert diffed(cluster(api=Answer(body=marked)))[:3] == (0, f"{SAME_REQUESTS}same: 2 objects\n", "")


def applied(spec: Any) -> str:
    return json.dumps({"metadata": {"annotations": {}, "name": "api"}, "spec": spec})


def test_what_kubectl_applied_last_and_no_manifest_wants_goes(diffed: Diffed) -> None:
    there = delivered(ADDED, **{LAST: applied(ADDED), "by": "hand"})
    out = diffed(cluster(api=there, would={"api": there})).out

    assert out == (
        f"{SAME_REQUESTS}"
        "~ PeerAuthentication shop/api: changed\n"
        '    spec.portLevelMtls: {"80": {"mode": "DISABLE"}} -> nothing\n'
        "1 changed, 1 unchanged\n"
    )


@pytest.mark.parametrize("text", [applied({"mtls": {"mode": "STRICT"}}), "", "[", "7", "[" * 100_000])
def test_what_others_added_stays(text: str, diffed: Diffed) -> None:
    there = delivered(ADDED, **{LAST: text})

    assert diffed(cluster(api=there, would={"api": there}))[:3] == (
        0,
        f"{SAME_REQUESTS}same: 2 objects\n",
        "",
    )


def test_another_manager_takes_nothing_away_that_kubectl_applied(diffed: Diffed) -> None:
    there = delivered(ADDED, **{LAST: applied(ADDED)})
    given = cluster(api=there, would={"api": there})
    given = {path.replace(QUERY, QUERY.replace("kubectl", "me")): answers for path, answers in given.items()}

    assert diffed(given, "--field-manager", "me")[:3] == (0, f"{SAME_REQUESTS}same: 2 objects\n", "")


@pytest.mark.parametrize(
    ("there", "last", "wanted", "left"),
    [
        pytest.param([80, 81], [80, 81], [80], [80], id="dropped"),
        pytest.param([80, 81], [80], [80], [80, 81], id="of others"),
        pytest.param([80, 81], [80], [81], [81], id="another one"),
        pytest.param([80], [80, 81], [80], [80], id="gone already"),
    ],
)
def test_an_item_that_kubectl_applied_last_and_no_manifest_wants_goes(
    there: list[int], last: list[int], wanted: list[int], left: list[int]
) -> None:
    def service(ports: list[int], **more: Any) -> dict[str, Any]:
        return {"metadata": {"name": "api"}, "spec": {"ports": [{"port": port, **more} for port in ports]}}

    live = service(there, protocol="TCP")
    noted = {**live, "metadata": {"annotations": {LAST: json.dumps(service(last))}}}

    assert service(left, protocol="TCP") == without_dropped(live, noted, service(wanted))
