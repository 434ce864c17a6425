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
from meshgen.proof.places import UNLISTED, places
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


def differing(
    service: str, kind: str, spec: dict[str, Any], mesh: str = "istio"
) -> list[tuple[object, Reach, Facet]]:
    """Render a service, give the objects of a kind another spec for all pods, and tell what differs."""
    ((backend, profile),) = choose(mesh, {}, (), findings=Findings())
    text = INTENT.replace("SERVICE", service[1:-1])
    rendering = render(read_intents([Content("intent.yaml", text.encode())]), backend, profile)
    assert rendering.left is not None
    written = [_with(each, spec) if each.kind == kind else each for each in rendering.resources]
    sides = rendered(rendering.left, written, backend, profile, ())
    proof = verify(sides, places(sides.world, rendering.left.services), bounds=Bounds())
    return [(each.call.to, each.call.caller.reach, each.contrast.facet) for each in proof.differences]


def _with(of: Resource, spec: dict[str, Any]) -> Resource:
    kept = of.spec if spec else {key: value for key, value in of.spec.items() if key != "selector"}
    return Resource.of({**of.body, "spec": {**kept, **spec}})
