"""The page holds everything that it shows, as text, and nothing that it would have to fetch."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from typing import Any

from meshgen.api import Reading, read_intents
from meshgen.diagnostics import Code, Diagnostic, Severity
from meshgen.graph.carried import Carried, carried
from meshgen.graph.page import Cluster, page
from meshgen.graph.picture import picture
from meshgen.inputs import Content
from meshgen.intent.resolve import resolve
from meshgen.profiles import built_in

INTENT = b"""\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  accounts: named
  services:
    web: {}
    cart:
      port: 80
      versions: {v1: {}, v2: {}}
      split: {v1: 99.5, v2: 0.5}
      authorization:
        default: deny
        rules:
          - name: reads
            from: [web]
            to: [{headers: {a: {exact: "</script><script>alert(1)</script>&\\u202e"}}}]
"""
EMPTY = INTENT[: INTENT.index(b"  services")] + b"  mtls: {mode: strict, scope: namespace}\n"
CODE = Code(number="MG999", slug="test", meaning="A finding of a test.")


def read(content: bytes) -> Reading:
    """Read an intent without findings."""
    reading = read_intents([Content("shop.yaml", content)])
    assert reading.findings == ()
    return reading


def written(content: bytes, *clusters: Cluster, findings: tuple[Diagnostic, ...] = ()) -> str:
    """Write the page of an intent."""
    return page(picture(resolve(read(content).intents, callers={})), clusters, findings)


def values(text: str) -> dict[str, Any]:
    """Read what a page shows."""
    (island,) = re.findall(r'<script id="values" type="application/json">(.*?)</script>', text, re.DOTALL)
    found: dict[str, Any] = json.loads(island)
    return found


def test_a_page_holds_boxes_and_edges_in_their_places() -> None:
    found = values(written(INTENT))

    rule = (
        "name: reads\nfrom:\n- service: web\nto:\n- headers:\n    a:\n"
        '      exact: "</script><script>alert(1)</script>&\\u202e"\n'
    )
    assert found == {
        "title": "shop",
        "notes": [],
        "size": [920, 256, 188, 82],
        "boxes": [
            {
                "name": "cart",
                "outside": False,
                "line": "http 80",
                "x": 366,
                "y": 150,
                "mode": None,
                "default": "denied",
                "shares": [["v1", "99.5"], ["v2", "0.5"]],
                "routes": [["all others", "every request", "v1 99.5 %, v2 0.5 %", []]],
                "facts": [
                    ["namespace", "shop"],
                    ["account", "shop/cart"],
                    ["ports", "http 80"],
                    ["mTLS", "as the mesh has it"],
                    ["by default", "denied"],
                ],
                "place": "shop.yaml:10:7",
                "findings": [],
            },
            {
                "name": "web",
                "outside": False,
                "line": "only calls",
                "x": 366,
                "y": 24,
                "mode": None,
                "default": "",
                "shares": [],
                "routes": [],
                "facts": [["namespace", "shop"], ["account", "shop/web"]],
                "place": "shop.yaml:8:10",
                "findings": [],
            },
        ],
        "edges": [
            {
                "from": 1,
                "to": 0,
                "kind": "allow",
                "title": "reads",
                "conditions": "a = </script><script>alert(1)</script>&\\u202e",
                "text": rule,
                "path": "M460 106 L460 119 Q460 126 460 126 L460 126 Q460 126 460 133 L460 150",
                "at": [460, 126],
                "place": "shop.yaml:17:20",
                "findings": [],
            }
        ],
        "findings": [],
        "clusters": [],
        "features": [],
    }


def test_a_finding_stands_with_the_service_and_the_rule_that_it_is_on() -> None:
    reading = read(INTENT)
    (intent,) = reading.intents
    rule = (intent.spec.services or {})["cart"].authorization
    assert rule is not None
    on_linkerd = Diagnostic(
        code=CODE,
        message="a header\u2028",
        severity=Severity.WARNING,
        span=rule.rules[0].to[0].span("headers"),
        mesh="linkerd",
        hint="leave it out",
    )
    on_consul = replace(on_linkerd, mesh="consul")
    of_nowhere = Diagnostic(code=CODE, message="none", severity=Severity.NOTE)

    found = values(written(INTENT, findings=(on_linkerd, on_consul, of_nowhere)))

    assert found["findings"] == [
        {
            "severity": "warning",
            "code": "MG999 test",
            "meshes": ["linkerd", "consul"],
            "message": "a header\\u2028",
            "hint": "leave it out",
            "place": "shop.yaml:18:28",
        },
        {
            "severity": "note",
            "code": "MG999 test",
            "meshes": [],
            "message": "none",
            "hint": None,
            "place": None,
        },
    ]
    assert [box["findings"] for box in found["boxes"]] == [[0], []]
    assert [edge["findings"] for edge in found["edges"]] == [[0]]


def test_a_page_tells_what_each_cluster_carries() -> None:
    some = Cluster(
        name="some",
        title="Some 1.0",
        carried={"split": Carried(word="Approximate", says="in whole percents", services=("shop/cart",))},
    )
    other = Cluster(name="other", title="Other 2.0", carried={})

    found = values(written(INTENT, some, other))

    assert found["clusters"] == [
        {"name": "some", "title": "Some 1.0"},
        {"name": "other", "title": "Other 2.0"},
    ]
    assert found["features"] == [
        {
            "id": "split",
            "answers": [
                {"word": "Approximate", "says": "in whole percents", "services": ["shop/cart"]},
                None,
            ],
        }
    ]


def test_nothing_of_an_intent_ends_the_script_that_holds_it() -> None:
    text = written(INTENT)

    assert re.findall(r"</?script[^>]*>", text) == [
        '<script id="values" type="application/json">',
        "</script>",
        "<script>",
        "</script>",
    ]


def test_the_policy_of_a_page_allows_its_own_style_and_script_alone() -> None:
    text = written(INTENT)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)

    def named(part: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()}'"

    (policy,) = re.findall(r'Content-Security-Policy" content="(.*?)"', text)

    assert policy == (
        f"default-src 'none'; style-src {named(style)}; script-src {named(script)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def test_an_empty_set_has_a_page_too() -> None:
    found = values(written(EMPTY))

    assert (found["title"], found["boxes"], found["edges"]) == ("no service", [], [])
    assert found["notes"] == ["mTLS is strict on every pod of the namespace shop, listed or not"]


def test_of_a_feature_the_worst_answer_is_told_with_the_services_that_have_it() -> None:
    split = b"split: {v1: 99.5, v2: 0.5}"
    reading = read(INTENT.replace(split, split + b"\n      mirror: {version: v1}"))
    (consul,) = (choice for choice in built_in() if choice.profile.name == "consul")

    found = carried(resolve(reading.intents, callers={}), *consul)

    assert {name: (each.word, each.services) for name, each in found.items()} == {
        "authorization.default.deny": ("Full", ("shop/cart",)),
        "authorization.rules.from.service": ("Full", ("shop/cart",)),
        "authorization.rules.to.headers.exact": ("Full", ("shop/cart",)),
        "mirror.version": ("Unsupported", ("shop/cart",)),
        "split": ("Full", ("shop/cart",)),
        "versions": ("Requires", ("shop/cart",)),
    }
    assert found["split"].says == ""
    assert found["versions"].says == (
        "the pods of each version carry the annotation consul.hashicorp.com/service-meta-version: <version>"
    )


def test_what_a_profile_holds_is_carried_in_full() -> None:
    (consul,) = (choice for choice in built_in() if choice.profile.name == "consul")
    holding = replace(consul.profile, holds=frozenset({"service-meta-version"}))

    found = carried(resolve(read(INTENT).intents, callers={}), consul.backend, holding)

    assert found["versions"] == Carried(word="Full", says="", services=("shop/cart",))
