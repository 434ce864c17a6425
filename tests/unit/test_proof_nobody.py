"""Manifests leave alone pods that no service picks, and callers that nobody shuts out."""

from __future__ import annotations

from typing import Any

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.keys import ServiceKey
from meshgen.intent.outcome.call import Reach, ToPod, ToService
from meshgen.intent.outcome.facets import Facet
from meshgen.profiles import choose
from meshgen.proof.places import UNLISTED
from meshgen.proof.prove import places_of
from meshgen.proof.sides import rendered
from meshgen.proof.verify import verify
from meshgen.proof.witnesses import Bounds
from meshgen.resources import Resource

INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  services:
    cart: {port: 80, selector: {app: cart}, SERVICE}
"""


def test_a_policy_that_reaches_pods_of_no_service_differs_there() -> None:
    assert differing("{authorization: {default: deny}}", "AuthorizationPolicy", {}) == [
        (ToPod("shop/(unlisted)", 80), Reach.PROXIED, Facet.VERDICT)
    ]


def test_plain_text_that_is_shut_out_unasked_differs() -> None:
    assert differing("{mtls: {mode: permissive}}", "PeerAuthentication", {"mtls": {"mode": "STRICT"}}) == [
        (ToPod("shop/cart", UNLISTED), Reach.PLAINTEXT, Facet.VERDICT)
    ]


def test_callers_of_a_service_that_are_shut_out_unasked_differ() -> None:
    assert differing("{mtls: {mode: strict}}", "Server", {"accessPolicy": "deny"}, "linkerd") == [
        (ToService(ServiceKey("shop", "cart"), 80), Reach.PROXIED, Facet.VERDICT)
    ]


def test_a_port_that_manifests_alone_name_is_asked() -> None:
    opened = {"portLevelMtls": {"9090": {"mode": "PERMISSIVE"}}}
    assert differing("{mtls: {mode: strict}}", "PeerAuthentication", opened) == [
        (ToPod("shop/cart", 9090), Reach.PLAINTEXT, Facet.VERDICT)
    ]


WORKLOAD = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  selector: {matchLabels: {app: cart}}
  template:
    metadata: {labels: {app: cart}}
    spec: {containers: [{name: cart, image: cart, ports: [{containerPort: 80}]}]}
"""
OPEN = {"action": "ALLOW", "rules": [{"from": [{"source": {"namespaces": ["shop"]}}]}]}
CLOSED = "{mtls: {mode: strict}, callers: [{namespace: shop}]}"


def test_a_port_that_a_workload_does_not_show_is_asked_all_the_same() -> None:
    assert differing(CLOSED, "AuthorizationPolicy", OPEN, beside=WORKLOAD) == [
        (ToPod("shop/cart", UNLISTED), Reach.PROXIED, Facet.VERDICT)
    ]


def test_what_the_mesh_does_unasked_at_a_port_that_no_workload_shows_is_left_to_it() -> None:
    assert differing(CLOSED, "none is changed", {}, "linkerd", beside=WORKLOAD) == []


def test_pods_that_the_service_of_their_version_alone_picks_are_asked() -> None:
    new = "{mtls: {mode: strict}, versions: {new: {selector: {run: new}}}, split: {new: 100}}"

    assert differing(new, "PeerAuthentication", {"portLevelMtls": {"80": {"mode": "PERMISSIVE"}}}) == [
        (ToPod("shop/cart-new", 80), Reach.PLAINTEXT, Facet.VERDICT)
    ]


def differing(
    service: str, kind: str, spec: dict[str, Any], mesh: str = "istio", *, beside: str = ""
) -> list[tuple[object, Reach, Facet]]:
    """Render a service, give the objects of a kind another spec for all pods, and tell what differs."""
    ((backend, profile),) = choose(mesh, {}, (), findings=Findings())
    text = INTENT.replace("SERVICE", service[1:-1]) + beside
    rendering = render(read_intents([Content("intent.yaml", text.encode())]), backend, profile)
    assert rendering.left is not None
    written = [_with(each, spec) if each.kind == kind else each for each in rendering.resources]
    sides = rendered(rendering.left, written, backend, profile, ())
    proof = verify(sides, places_of(rendering.left, sides.world), bounds=Bounds())
    return [(each.call.to, each.call.caller.reach, each.contrast.facet) for each in proof.differences]


def _with(of: Resource, spec: dict[str, Any]) -> Resource:
    kept = of.spec if spec else {key: value for key, value in of.spec.items() if key != "selector"}
    return Resource.of({**of.body, "spec": {**kept, **spec}})
