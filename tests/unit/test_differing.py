"""What applying would change in a cluster is told object by object and field by field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.diffs import (
    ALL,
    ASKED,
    INTENT,
    LABELS,
    OURS,
    QUERY,
    SAME,
    SAME_REQUESTS,
    Diffed,
    authentication,
    cluster,
)
from tests.unit.diffs import diffed as diffed
from tests.unit.standin import Answer
from tests.unit.test_surroundings import surrounded

CHANGED = Answer(body=authentication("api", "PERMISSIVE", labels={**LABELS, "by": "hand"}, uid="of-before"))
LEFT_OVER = [
    authentication("old"),
    authentication("web"),
    authentication("of-others", labels={**LABELS, "app.kubernetes.io/part-of": "bank"}),
]

# Its PeerAuthentications pick no pods, so each holds for the namespace.
SHUT = (
    ("pods of no service", 4, "a connection from a caller without identity to pod shop/(unlisted):80"),
    ("shop/api", 3, "a connection from a caller without identity to pod shop/api:65011"),
    ("shop/web", 3, "a connection from a caller without identity to pod shop/web:65011"),
)


def test_what_is_as_it_would_be_is_the_same_whatever_the_server_notes_for_itself(diffed: Diffed) -> None:
    noted = Answer(body={**authentication("api", generation=7, uid="7"), "status": {}})

    assert diffed(cluster(api=noted))[:3] == (0, f"{SAME_REQUESTS}same: 2 objects\n", "")


def test_a_cluster_is_read_and_asked_for_dry_runs_and_nothing_else(diffed: Diffed) -> None:
    asked = diffed(cluster(api=SAME)).asked

    assert sorted(asked) == [
        f"GET {ALL}/api",
        f"GET {ALL}/web",
        f"GET {OURS}",
        f"PATCH {ALL}/api{QUERY}",
        f"PATCH {ALL}/web{QUERY}",
    ]


def test_whoever_applies_can_be_named(diffed: Diffed) -> None:
    query = QUERY.replace("kubectl", "argocd-controller")
    given = {path.replace(QUERY, query): answers for path, answers in cluster(api=SAME).items()}

    assert diffed(given, "--field-manager", "argocd-controller")[:3] == (
        0,
        f"{SAME_REQUESTS}same: 2 objects\n",
        "",
    )


def test_differences_are_lines(diffed: Diffed) -> None:
    created = diffed(cluster(ours=LEFT_OVER))
    changed = diffed(cluster(api=CHANGED))

    assert created[:3] == (
        1,
        (
            f"{SAME_REQUESTS}"
            "+ PeerAuthentication shop/api: created\n"
            "- PeerAuthentication shop/old: no longer asked for\n"
            "1 created, 1 unchanged, 1 no longer asked for\n"
        ),
        "",
    )
    assert changed[:3] == (
        1,
        (
            "".join(
                f"newly denied at {place}: {classes} classes of requests, such as {call}\n"
                "    verdict: allowed -> denied\n"
                for place, classes, call in SHUT
            )
            + f"different: {ASKED}\n\n"
            "~ PeerAuthentication shop/api: changed\n"
            '    metadata.labels.by: "hand" -> nothing\n'
            '    spec.mtls.mode: "PERMISSIVE" -> "STRICT"\n'
            "1 changed, 1 unchanged\n"
        ),
        "",
    )


def test_differences_are_a_page(diffed: Diffed) -> None:
    assert diffed(cluster(api=CHANGED, ours=LEFT_OVER), "--format", "markdown")[:3] == (
        1,
        (
            f"**different: {ASKED}**\n"
            "\n"
            "| what | service | facet | before | after | requests | for example |\n"
            "|---|---|---|---|---|---|---|\n"
            + "".join(
                f"| newly denied | {place} | verdict | allowed | denied | {classes} | {call} |\n"
                for place, classes, call in SHUT
            )
            + "\n"
            "**1 changed, 1 unchanged, 1 no longer asked for**\n"
            "\n"
            "| object | what becomes of it | field | there | rendered |\n"
            "|---|---|---|---|---|\n"
            '| PeerAuthentication shop/api | changed | metadata.labels.by | "hand" | nothing |\n'
            '| PeerAuthentication shop/api | changed | spec.mtls.mode | "PERMISSIVE" | "STRICT" |\n'
            "| PeerAuthentication shop/old | no longer asked for | | | |\n"
        ),
        "",
    )
    assert diffed(cluster(api=SAME), "--format", "markdown").out == (
        f"**same: {ASKED}**\n\n**same: 2 objects**\n"
    )


def test_differences_are_json(diffed: Diffed) -> None:
    code, out, err, _ = diffed(cluster(api=CHANGED, ours=LEFT_OVER), "--format", "json")

    changes = [
        {"path": "metadata.labels.by", "old": "hand", "new": None},
        {"path": "spec.mtls.mode", "old": "PERMISSIVE", "new": "STRICT"},
    ]
    entries = [
        {
            "apiVersion": "security.istio.io/v1",
            "kind": "PeerAuthentication",
            "namespace": "shop",
            "name": name,
            "verdict": verdict,
            "changes": changes if name == "api" else [],
        }
        for name, verdict in (("api", "changed"), ("web", "unchanged"), ("old", "left-over"))
    ]
    rows: list[dict[str, Any]] = [
        {
            "change": "newly denied",
            "service": place if "/" in place else None,
            "facet": "verdict",
            "before": {"value": "allowed", "rule": "Istio"},
            "after": {"value": "denied", "rule": "PeerAuthentication shop/api spec.mtls.mode"},
            "classes": classes,
            "example": call,
        }
        for place, classes, call in SHUT
    ]
    document = json.loads(out)
    classes = document["requests"]["classes"]
    requests = {"same": False, "classes": classes, "exhaustive": True, "rows": rows}

    assert (code, document, err) == (1, {"version": 1, "requests": requests, "objects": entries}, "")
    assert classes > sum(row["classes"] for row in rows)


@pytest.mark.parametrize(
    ("was", "would", "told"),
    [
        ([1, 2, 3], [1, 3], ["spec.x[1]: 2 -> nothing"]),
        ([1, 3], [1, 2, 3], ["spec.x[1]: nothing -> 2"]),
        ([1, 2, 3], [1, 4, 3], ["spec.x[1]: 2 -> 4"]),
        ([1, 1], [1], ["spec.x[1]: 1 -> nothing"]),
        ([{"a": 1, "b": 2}], [{"a": 1, "b": 3}], ["spec.x[0].b: 2 -> 3"]),
        ({"a/b": 1}, {"a/b": "1"}, ['spec.x["a/b"]: 1 -> "1"']),
        ({"a": 0}, {}, ["spec.x.a: 0 -> nothing"]),
        ({"a": 1}, [1], ['spec.x: {"a": 1} -> [1]']),
        ("a\n", "a\u202e", [r'spec.x: "a\n" -> "a\u202e"']),
        ("a" * 300, "b", [f'spec.x: "{"a" * 199}... -> "b"']),
    ],
)
def test_a_change_is_told_at_its_field(was: Any, would: Any, told: list[str], diffed: Diffed) -> None:
    live, applied = ({**authentication("api"), "spec": {"x": each}} for each in (was, would))
    out = diffed(cluster(api=Answer(body=live), would={"api": Answer(body=applied)})).out
    objects = out.removeprefix(SAME_REQUESTS).splitlines()

    assert [line.strip() for line in objects[1:-1]] == told


def test_the_services_of_the_cluster_are_read_as_render_reads_them(diffed: Diffed) -> None:
    service = {
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"selector": {"app": "api"}, "ports": [{"port": 80}]},
    }
    given = {**cluster(api=SAME), **surrounded("shop", Service=[service])}
    intent = INTENT.replace("api: {port: 80, selector: {app: api}}", "api: {port: 80}")

    assert diffed(given, intent=intent)[:3] == (0, f"{SAME_REQUESTS}same: 2 objects\n", "")
    assert diffed(cluster(api=SAME), intent=intent)[:2] == (2, "")
