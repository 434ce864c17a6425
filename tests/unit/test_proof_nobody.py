"""Manifests leave pods alone that no service of an intent picks."""

from __future__ import annotations

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.outcome.call import ToPod
from meshgen.intent.outcome.facets import Facet
from meshgen.profiles import choose
from meshgen.proof.places import places
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
    cart: {port: 80, authorization: {default: deny}}
"""


def test_a_policy_that_reaches_pods_of_no_service_differs_there() -> None:
    ((backend, profile),) = choose("istio", {}, (), findings=Findings())
    rendering = render(read_intents([Content("intent.yaml", INTENT.encode())]), backend, profile)
    assert rendering.left is not None
    everybody = [_unselective(each) for each in rendering.resources]
    sides = rendered(rendering.left, everybody, backend, profile, ())

    proof = verify(sides, places(sides.world, rendering.left.services), bounds=Bounds())

    assert [(each.call.to, each.contrast.facet) for each in proof.differences] == [
        (ToPod("shop/(unlisted)", 80), Facet.VERDICT)
    ]


def _unselective(of: Resource) -> Resource:
    spec = {key: value for key, value in of.spec.items() if key != "selector"}
    return Resource.of({**of.body, "spec": spec})
