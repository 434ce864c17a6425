"""What a change does to requests is a row a class of them, named by what it means for their callers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.cli import run
from meshgen.proof.diff import Change

INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {{name: shop, namespace: shop}}
spec:
  selectorLabel: app
  accounts: named
  services:
    web: {{port: 80}}
    cart: {{port: 80{cart}}}
"""
VERSIONS = ", versions: {v1: {}, v2: {}}"
SHUT = ", authorization: {default: deny, rules: [{name: a, from: [web]}]}"
OPEN = ", authorization: {default: deny, rules: [{name: a, from: [web, {serviceAccount: shop/counter}]}]}"


class Row(NamedTuple):
    change: str
    service: str | None
    facet: str
    before: object
    after: object


def rows(*words: str, capfd: pytest.CaptureFixture[str]) -> list[Row]:
    code = run(["diff", *words, "--format", "json"])
    out, err = capfd.readouterr()
    document = json.loads(out)

    assert (code, err, document["same"]) == (int(bool(document["rows"])), "", not document["rows"])
    return [
        Row(
            row["change"],
            row["service"],
            row["facet"],
            row["before"] and row["before"]["value"],
            row["after"] and row["after"]["value"],
        )
        for row in document["rows"]
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", []),
        (
            ", timeout: 5s",
            ", timeout: 8s",
            [Row("may take longer", "shop/cart", "timeout", "5s", "8s")],
        ),
        (", timeout: 8s", ", timeout: 5s", [Row("cut off sooner", "shop/cart", "timeout", "8s", "5s")]),
        (", timeout: 8s", ", timeout: none", [Row("may take longer", "shop/cart", "timeout", "8s", "none")]),
        ("", ", timeout: 5s", [Row("cut off sooner", "shop/cart", "timeout", None, "5s")]),
        (
            f"{VERSIONS}, split: {{v1: 100}}",
            f"{VERSIONS}, split: {{v2: 100}}",
            [Row("moved", "shop/cart", "split", {"shop/cart-v1:80": "100%"}, {"shop/cart-v2:80": "100%"})],
        ),
        (
            ", retries: {attempts: 1, retryOn: [5xx]}",
            ", retries: {attempts: 2, retryOn: [5xx]}",
            [Row("retried otherwise", "shop/cart", "retries.attempts", 1, 2)],
        ),
        (
            "",
            ", fault: {delay: {duration: 1s, percent: 10}}",
            [Row("may take longer", "shop/cart", "fault.delay", "none", "1s for 10%")],
        ),
        (
            "",
            ", fault: {abort: {status: 503, percent: 10}}",
            [Row("changed", "shop/cart", "fault.abort", "none", "503 for 10%")],
        ),
    ],
)
def test_a_change_of_an_intent_is_named(
    old: str,
    new: str,
    expected: list[Row],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, cart in (("old.yaml", old), ("new.yaml", new)):
        Path(name).write_text(INTENT.format(cart=cart), "utf-8")

    assert rows("old.yaml", "new.yaml", capfd=capfd) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (SHUT, OPEN, {("newly allowed", "denied", "allowed")}),
        (OPEN, SHUT, {("newly denied", "allowed", "denied")}),
        (
            "",
            SHUT,
            {("newly denied", None, "denied"), ("verdict no longer left to the mesh", None, "allowed")},
        ),
        (SHUT, "", {("verdict now left to the mesh", word, None) for word in ("allowed", "denied")}),
        (", mtls: {mode: permissive}", ", mtls: {mode: strict}", {("newly denied", None, "denied")}),
        (
            ", mtls: {mode: strict}",
            ", mtls: {mode: disabled}",
            {("newly in plain text", True, False), ("verdict now left to the mesh", "denied", None)},
        ),
        (
            ", mtls: {mode: disabled}",
            ", mtls: {mode: strict}",
            {("newly denied", None, "denied"), ("newly in mTLS", False, True)},
        ),
    ],
)
def test_a_change_of_access_is_named_wherever_it_is_felt(
    old: str,
    new: str,
    expected: set[tuple[str, object, object]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, cart in (("old.yaml", old), ("new.yaml", new)):
        Path(name).write_text(INTENT.format(cart=cart), "utf-8")
    found = rows("old.yaml", "new.yaml", capfd=capfd)

    assert {(row.change, row.before, row.after) for row in found} == expected


SERVICES = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80, name: http}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, labels: {app: cart}}
spec: {serviceAccountName: cart, containers: [{name: cart, image: cart, ports: [{containerPort: 80}]}]}
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: cart, namespace: shop}
spec: {hosts: [cart], http: [HTTP]}
"""
EVERYTHING = "{route: [{destination: {host: cart}}]}"
ITEMS = "{match: [{uri: {prefix: /items}}], route: [{destination: {host: cart}}]}"


def test_a_change_of_manifests_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, http in (("old.yaml", EVERYTHING), ("new.yaml", ITEMS)):
        Path(name).write_text(SERVICES.replace("HTTP", http), "utf-8")

    gone = rows("old.yaml", "new.yaml", capfd=capfd)
    back = rows("new.yaml", "old.yaml", capfd=capfd)

    assert {row[:5] for row in gone} == {
        ("newly without a route", "shop/cart", "verdict", "allowed", "unrouted")
    }
    assert {row[:5] for row in back} == {("newly allowed", "shop/cart", "verdict", "unrouted", "allowed")}


def test_changes_are_ranked_the_gravest_first() -> None:
    assert [change.rank for change in Change] == list(range(len(Change)))
    assert Change.ALLOWED.rank < Change.DENIED.rank < Change.MOVED.rank < Change.OTHER.rank
