"""What a cluster shows becomes a profile that says where each line was seen, and guesses nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from meshgen.cli import run
from tests.unit.planes import (
    CANARY,
    CONSUL,
    ISTIOD,
    LINKERD,
    Objects,
    answers,
    deployment,
    gateway_definition,
)
from tests.unit.standin import Answer, stand_in, status

BOOKINFO = Path(__file__).parents[2] / "examples" / "bookinfo"


@pytest.fixture
def detected(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Detect the profile of a cluster that answers so: the exit code and both outputs."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    def detect(given: Mapping[str, list[Answer]]) -> tuple[int, str, str]:
        with stand_in(given, tmp_path) as server:
            code = run(["profile", "detect", "--kubeconfig", str(server.kubeconfig)])
        out, err = capfd.readouterr()
        return code, out, err.replace(str(tmp_path), "")

    return detect


SEEN: Mapping[str, tuple[Mapping[str, Objects], str]] = {
    "istio": (
        {"istio": (ISTIOD,)},
        """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshProfile
metadata:
  name: detected-istio
spec:
  mesh: istio  # Deployment istio-system/istiod
  version: "1.29"  # Deployment istio-system/istiod, image docker.io/istio/pilot:1.29.2-distroless
  trustDomain: corp.example  # ConfigMap istio, mesh.trustDomain
  clusterDomain: corp.local  # Deployment istio-system/istiod, flag domain
  rootNamespace: istio-config  # ConfigMap istio, mesh.rootNamespace
  controlPlaneNamespace: istio-system  # Deployment istio-system/istiod
  # gatewayAPI.version: not seen: there is no CustomResourceDefinition of gateway.networking.k8s.io
  # gatewayAPI.channel: not seen: there is no CustomResourceDefinition of gateway.networking.k8s.io
""",
    ),
    "linkerd": (
        {
            "linkerd": (LINKERD,),
            "definitions": (
                gateway_definition("httproutes", "v1.2.1"),
                gateway_definition("grpcroutes", "v1.2.1", "experimental"),
            ),
        },
        """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshProfile
metadata:
  name: detected-linkerd
spec:
  mesh: linkerd  # Deployment linkerd/linkerd-destination
  version: "2.19"  # Deployment linkerd/linkerd-destination, image cr.l5d.io/controller:edge-25.10.7
  edition: community  # Deployment linkerd/linkerd-destination, image cr.l5d.io/controller:edge-25.10.7
  trustDomain: mesh.example  # Deployment linkerd/linkerd-destination, flag identity-trust-domain
  clusterDomain: cluster.local  # Deployment linkerd/linkerd-destination, flag cluster-domain
  controlPlaneNamespace: linkerd  # Deployment linkerd/linkerd-destination
  gatewayAPI:
    version: "1.2"  # annotation gateway.networking.k8s.io/bundle-version: v1.2.1
    # channel: not seen: annotation gateway.networking.k8s.io/channel: they disagree: experimental, standard
  linkerd:
    traffic: gateway  # there is no CustomResourceDefinition trafficsplits.split.smi-spec.io
    defaultInboundPolicy: all-authenticated  # Deployment linkerd/linkerd-destination, container policy, \
flag default-policy
""",
    ),
    "consul": (
        {"consul": (CONSUL,), "definitions": (gateway_definition("httproutes", "v1.5.0", "experimental"),)},
        """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshProfile
metadata:
  name: detected-consul
spec:
  mesh: consul  # Deployment consul/consul-connect-injector
  version: "1.9"  # Deployment consul/consul-connect-injector, image hashicorp/consul-k8s-control-plane:1.9.1
  edition: enterprise  # Deployment consul/consul-connect-injector, \
flag consul-image=corp/consul-enterprise:1.22-ent
  # trustDomain: not seen: it is in Consul's own certificate authority
  controlPlaneNamespace: consul  # Deployment consul/consul-connect-injector
  gatewayAPI:
    version: "1.5"  # annotation gateway.networking.k8s.io/bundle-version: v1.5.0
    channel: experimental  # annotation gateway.networking.k8s.io/channel: experimental
  consul:
    # ownsSingletons: not seen: it is for people to say whether Mesh may be written
    namespaceMirroring: true  # Deployment consul/consul-connect-injector, flag enable-k8s-namespace-mirroring
""",
    ),
}


@pytest.mark.parametrize("mesh", SEEN)
def test_a_profile_says_where_each_line_was_seen_and_render_takes_it(
    mesh: str, detected: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    objects, expected = SEEN[mesh]
    actual = detected(answers(**objects))
    (tmp_path / "profile.yaml").write_text(actual[1], "utf-8")
    code = run(["render", str(BOOKINFO), "-m", str(tmp_path / "profile.yaml"), "--partial"])

    assert actual == (0, expected, "")
    assert code == 0, capfd.readouterr().err


def test_two_control_planes_are_two_profiles_and_said(detected: Any) -> None:
    code, out, err = detected(answers(istio=(CANARY, ISTIOD), linkerd=(LINKERD,)))
    names = [line for line in out.splitlines() if line.startswith("  name: ")]

    assert code == 0
    assert names == ["  name: detected-istio", "  name: detected-istio-2", "  name: detected-linkerd"]
    assert err == (
        "note[MG768 several-meshes]: /kubeconfig, context 'shop': there are several control planes: "
        "Istio (Deployment istio-system/istiod), Istio (Deployment istio-system/istiod-canary), "
        "Linkerd (Deployment linkerd/linkerd-destination)\n  hint: choose one by its name: --mesh NAME\n"
    )


BARE = {
    "istio": (
        CANARY,
        [
            "  # version: not seen: Deployment istio-system/istiod-canary, image reg:5000/pilot@sha256:00",
            (
                "  # trustDomain: not seen: there is no ConfigMap istio-canary beside the "
                "Deployment istio-system/istiod-canary"
            ),
            "  # clusterDomain: not seen: Deployment istio-system/istiod-canary has no flag domain",
            (
                "  # rootNamespace: not seen: there is no ConfigMap istio-canary beside the "
                "Deployment istio-system/istiod-canary"
            ),
        ],
    ),
    "linkerd": (
        deployment("linkerd/d", {"name": "destination", "image": "controller:edge-25.6.1"}),
        [
            (
                "  # version: not seen: Deployment linkerd/d, image controller:edge-25.6.1: "
                "an edge release without a number"
            ),
            "  # trustDomain: not seen: Deployment linkerd/d has no flag identity-trust-domain",
            "  # clusterDomain: not seen: Deployment linkerd/d has no flag cluster-domain",
            (
                "    # defaultInboundPolicy: not seen: Deployment linkerd/d, container policy "
                "has no flag default-policy"
            ),
        ],
    ),
    "consul": (
        deployment(
            "consul/i",
            {
                "name": "sidecar-injector",
                "image": "mirror/control-plane:latest",
                "command": ["-consul-image=mirror/c:1.22 -k8s-namespace-mirroring-prefix=k8s-"],
            },
        ),
        [
            "  # version: not seen: Deployment consul/i, image mirror/control-plane:latest",
            "  # edition: not seen: Deployment consul/i, flag consul-image=mirror/c:1.22",
            "  # trustDomain: not seen: it is in Consul's own certificate authority",
            "  # consul.ownsSingletons: not seen: it is for people to say whether Mesh may be written",
            (
                "  # consul.namespaceMirroring: not seen: Deployment consul/i: "
                "mirrored with the prefix k8s-, which no profile can say"
            ),
        ],
    ),
}


@pytest.mark.parametrize("mesh", BARE)
def test_what_a_mesh_does_not_show_is_a_comment(mesh: str, detected: Any) -> None:
    plane, expected = BARE[mesh]
    _, out, _ = detected(answers(**{mesh: (plane,)}))
    unseen = [line for line in out.splitlines() if "not seen" in line and "gatewayAPI" not in line]

    assert unseen == expected


@pytest.mark.parametrize(
    ("image", "version", "edition"),
    [
        ("ghcr.io/buoyantio/controller:enterprise-2.18.4", '"2.18"', "enterprise"),
        ("controller:stable-2.14.10", '"2.14"', "community"),
        ("controller:git-1234", None, None),
    ],
)
def test_a_linkerd_says_its_edition_in_its_tag(
    image: str, version: str | None, edition: str | None, detected: Any
) -> None:
    plane = deployment("linkerd/d", {"name": "destination", "image": image})
    _, out, _ = detected(
        answers(
            linkerd=(plane,),
            definitions=(
                {
                    "metadata": {"name": "trafficsplits.split.smi-spec.io"},
                    "spec": {"group": "split.smi-spec.io"},
                },
            ),
        )
    )
    shown = dict(
        line.strip().partition("  # ")[0].split(": ", 1) for line in out.splitlines() if ": " in line
    )

    assert (shown.get("version"), shown.get("edition"), shown["traffic"]) == (version, edition, "auto")


def test_a_consul_without_namespaces_mirrors_none(detected: Any) -> None:
    plane = deployment(
        "consul/i", {"name": "sidecar-injector", "command": ["-consul-image=hashicorp/consul:2.0"]}
    )
    _, out, _ = detected(answers(consul=(plane,)))

    assert "  edition: community  # Deployment consul/i, flag consul-image=hashicorp/consul:2.0\n" in out
    assert (
        "    namespaceMirroring: false  # Deployment consul/i has no flag enable-k8s-namespace-mirroring\n"
        in out
    )


@pytest.mark.parametrize("mesh", ["", "a: b", "[1]", "trustDomain: {}", "{"])
def test_a_mesh_configuration_that_says_nothing_is_no_reason_to_guess(mesh: str, detected: Any) -> None:
    given = answers(istio=(ISTIOD,))
    given["/api/v1/namespaces/istio-system/configmaps/istio"] = [Answer(body={"data": {"mesh": mesh}})]
    _, out, _ = detected(given)

    assert "  # trustDomain: not seen: ConfigMap istio has no text mesh.trustDomain\n" in out


def test_what_a_cluster_says_stays_in_its_comment(detected: Any) -> None:
    odd = deployment("istio-system/istiod", {"name": "discovery", "image": "pilot:1.30\nspec: é"})
    _, out, _ = detected(answers(istio=(odd,)))

    assert "image pilot:1.30?spec: ?\n" in out


def test_a_cluster_without_a_mesh_is_an_error(detected: Any) -> None:
    assert detected(answers()) == (
        1,
        "",
        (
            "error[MG767 no-mesh-seen]: /kubeconfig, context 'shop': no control plane of a mesh is seen\n"
            "  hint: looked for: Deployments with the labels app=consul,component=connect-injector "
            "or app=istiod or linkerd.io/control-plane-component=destination\n"
        ),
    )


def test_one_kind_that_is_forbidden_leaves_no_half_profile(detected: Any) -> None:
    given = answers(istio=(ISTIOD,))
    given["/api/v1/namespaces/istio-system/configmaps/istio"] = [status(403, "configmaps is forbidden")]

    assert detected(given) == (
        2,
        "",
        (
            "error[MG764 cluster-forbidden]: /kubeconfig, context 'shop': get configmaps istio-system/istio: "
            "the cluster forbids it: configmaps is forbidden\n"
            "  hint: meshgen profile detect --permissions prints the roles that suffice\n"
        ),
    )
