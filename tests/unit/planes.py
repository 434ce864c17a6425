"""Control planes as clusters show them: small, and what a stand-in for an API server answers with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from meshgen.backend import backends
from tests.unit.standin import DEFINITIONS, DEPLOYMENTS, Answer, listed

GATEWAY = "gateway.networking.k8s.io"
Objects = tuple[Mapping[str, Any], ...]


def gateway_definition(plural: str, version: str, channel: str = "standard") -> dict[str, Any]:
    """Define a kind of the Gateway API, as its bundles do."""
    notes = {f"{GATEWAY}/bundle-version": version, f"{GATEWAY}/channel": channel}
    metadata = {"name": f"{plural}.{GATEWAY}", "annotations": notes}
    return {"metadata": metadata, "spec": {"group": GATEWAY}}


def deployment(place: str, *containers: dict[str, Any], **labels: str) -> dict[str, Any]:
    """Make a Deployment at `namespace/name`."""
    namespace, _, name = place.partition("/")
    metadata = {"namespace": namespace, "name": name, "labels": labels}
    return {"metadata": metadata, "spec": {"template": {"spec": {"containers": list(containers)}}}}


ISTIOD = deployment(
    "istio-system/istiod",
    {
        "name": "discovery",
        "image": "docker.io/istio/pilot:1.29.2-distroless",
        "args": ["discovery", "--domain", "corp.local"],
    },
)
MESH = {"data": {"mesh": "rootNamespace: istio-config\ntrustDomain: corp.example\n"}}
CANARY = deployment(
    "istio-system/istiod-canary",
    {"name": "discovery", "image": "reg:5000/pilot@sha256:00"},
    **{"istio.io/rev": "canary"},
)
LINKERD = deployment(
    "linkerd/linkerd-destination",
    {
        "name": "destination",
        "image": "cr.l5d.io/controller:edge-25.10.7",
        "args": ["destination", "-cluster-domain=cluster.local", "-identity-trust-domain=mesh.example"],
    },
    {"name": "policy", "image": "policy-controller", "args": ["--default-policy=all-authenticated"]},
)
CONSUL = deployment(
    "consul/consul-connect-injector",
    {
        "name": "sidecar-injector",
        "image": "hashicorp/consul-k8s-control-plane:1.9.1",
        "command": [
            "/bin/sh",
            "-ec",
            (
                'consul-k8s-control-plane inject-connect -consul-image="corp/consul-enterprise:1.22-ent" \\\n'
                " -enable-namespaces=true -enable-k8s-namespace-mirroring=true\n"
            ),
        ],
    },
)


def of(mesh: str) -> str:
    """Give the path at which the Deployments of a mesh are listed."""
    selector = next(each.detection.selector for each in backends() if each.name == mesh)
    return f"{DEPLOYMENTS}?{urlencode({'labelSelector': selector})}"


def answers(
    definitions: Objects = (), istio: Objects = (), linkerd: Objects = (), consul: Objects = ()
) -> dict[str, list[Answer]]:
    """Answer as a cluster that has these objects."""
    return {
        DEFINITIONS: [listed(*definitions)],
        of("istio"): [listed(*istio)],
        of("linkerd"): [listed(*linkerd)],
        of("consul"): [listed(*consul)],
        "/api/v1/namespaces/istio-system/configmaps/istio": [Answer(body=MESH)],
    }
