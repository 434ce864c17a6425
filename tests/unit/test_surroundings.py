"""Objects of a cluster give, confirm and contradict what files of the same objects would."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.cli import run
from meshgen.surroundings import KINDS
from tests.unit.standin import Answer, listed, stand_in, status

EXAMPLES = Path(__file__).parents[2] / "examples"
INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  mtls: {mode: strict}
  services:
    web: {port: 80}
"""
SERVICE: Mapping[str, Any] = {
    "metadata": {"name": "web", "namespace": "shop", "managedFields": [{"manager": "x"}]},
    "spec": {"selector": {"run": "web"}, "ports": [{"port": 80, "targetPort": 8080, "appProtocol": None}]},
    "status": {"loadBalancer": {}},
}
Objects = Sequence[Mapping[str, Any]]
Ran = tuple[int, str, str]


def surrounded(namespace: str, **objects: Objects) -> dict[str, list[Answer]]:
    """Answer as a cluster that has these objects, by kind, in one namespace."""
    return {kind.path(namespace): [listed(*objects.get(name, ()))] for name, kind in KINDS.items()}


@pytest.fixture
def rendered(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Render with a cluster that answers so: the exit code and both outputs."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def render(given: Mapping[str, Sequence[Answer]], *words: str, intent: str = INTENT) -> Ran:
        Path("intent.yaml").write_text(intent)
        with stand_in(given, tmp_path) as server:
            there = ["--live", "--kubeconfig", str(server.kubeconfig)]
            code = run(["render", *(words or ("intent.yaml", "-m", "istio")), *there])
        out, err = capfd.readouterr()
        return code, out, err.replace(str(tmp_path), "")

    return render


def _in_files(example: Path) -> dict[str, list[Mapping[str, Any]]]:
    """Read what the files of an example describe, as a list of an API server gives it: without its kind."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for file in sorted(example.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text("utf-8")):
            if document["kind"] in KINDS:
                metadata = {"namespace": example.name.rpartition("-")[2], **document["metadata"]}
                found.setdefault(document["kind"], []).append(
                    {"metadata": metadata, "spec": document["spec"]}
                )
    return found


@pytest.mark.parametrize("option", ["--partial", "--patches"])
@pytest.mark.parametrize("mesh", ["istio", "linkerd", "linkerd-gateway", "consul"])
@pytest.mark.parametrize("example", ["bookinfo", "online-boutique"])
def test_a_cluster_renders_as_files_of_its_objects_do(
    example: str, mesh: str, option: str, rendered: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = EXAMPLES / example
    words = ("-m", mesh, option)
    expected = run(["render", str(folder), *words]), capfd.readouterr().out
    given = surrounded(example.rpartition("-")[2], **_in_files(folder))

    assert expected == rendered(given, str(folder / "intent.yaml"), *words)[:2]


def test_the_namespaces_of_the_intents_are_asked_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "intent.yaml").write_text(f"{INTENT}---\n{INTENT.replace('shop', 'bank')}")
    with stand_in({**surrounded("shop"), **surrounded("bank")}, tmp_path) as server:
        words = (str(tmp_path / "intent.yaml"), "-m", "istio", "--live")
        run(["render", *words, "--kubeconfig", str(server.kubeconfig)])

    assert server.asked == [
        f"GET {kind.path(namespace)} Bearer secret"
        for namespace in ("bank", "shop")
        for kind in KINDS.values()
    ]


def test_what_a_cluster_contradicts_is_shown_without_a_line(rendered: Any) -> None:
    intent = INTENT.replace("{port: 80}", "{port: 80, targetPort: 81}")

    assert rendered(surrounded("shop", Service=[SERVICE]), intent=intent) == (
        1,
        "",
        (
            "intent.yaml:7:33: error[MG280 contradiction]: "
            "port 80 of the Service shop/web leads to 8080, not 81\n"
            "  cluster:Service/shop/web: it is shown here\n"
            "  hint: write 8080\n"
        ),
    )


def test_an_object_that_is_not_as_kubernetes_has_it_is_a_warning(rendered: Any) -> None:
    odd = {"metadata": {"name": "web", "namespace": "shop"}, "spec": {"ports": [7]}}
    _, _, err = rendered(surrounded("shop", Service=[SERVICE, odd, {"metadata": 1}]))

    assert err == (
        "cluster:Service/shop/: warning[MG115 unread-object]: a Service is not read: "
        "it has no metadata.name\n"
        "cluster:Service/shop/web: warning[MG115 unread-object]: a Service is not read: "
        "an entry of spec.ports is not a mapping\n"
    )


def workload(name: str, account: str, **metadata: Any) -> dict[str, Any]:
    template = {"metadata": {"labels": {"run": "web"}}, "spec": {"serviceAccountName": account}}
    return {
        "metadata": {"name": name, "namespace": "shop", **metadata},
        "spec": {"template": template},
    }


def test_what_a_deployment_made_of_its_template_says_nothing_beside_it(rendered: Any) -> None:
    by = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "controller": True}
    made = [workload(f"web-{number}", f"of-{number}", ownerReferences=[by]) for number in (1, 2)]
    by = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": True}
    head = {"name": "web-1-x", "namespace": "shop", "labels": {"run": "web"}, "ownerReferences": [by]}
    pod = {"metadata": head, "spec": {"serviceAccountName": "of-1"}}
    code, out, err = rendered(
        surrounded("shop", Service=[SERVICE], Deployment=[workload("web", "now")], ReplicaSet=made, Pod=[pod])
    )

    assert (code, out.count("kind: PeerAuthentication"), err) == (0, 1, "")


def test_a_file_speaks_for_the_object_that_it_describes(rendered: Any, tmp_path: Path) -> None:
    written = {"apiVersion": "v1", "kind": "Service", **SERVICE}
    (tmp_path / "service.yaml").write_text(yaml.safe_dump(written).replace("8080", "81"))
    intent = INTENT.replace("{port: 80}", "{port: 80, targetPort: 81}")
    given = surrounded("shop", Service=[SERVICE])
    code, out, err = rendered(given, "intent.yaml", "service.yaml", "-m", "istio", intent=intent)

    assert (code, out.count("kind: PeerAuthentication"), err) == (0, 1, "")


def test_what_meshgen_generated_is_not_read(rendered: Any) -> None:
    ours = {"app.kubernetes.io/managed-by": "meshgen"}
    generated = {**SERVICE, "metadata": {**SERVICE["metadata"], "labels": ours}}
    intent = INTENT.replace("{port: 80}", "{port: 80, targetPort: 81, selector: {run: web}}")
    code, out, err = rendered(surrounded("shop", Service=[generated]), intent=intent)

    assert (code, out.count("kind: PeerAuthentication"), err) == (0, 1, "")


ASKED = "/kubeconfig, context 'shop': list {kind} in shop: "


@pytest.mark.parametrize("words", [(), ("-d", "out"), ("-d", "out", "--check")])
@pytest.mark.parametrize(
    ("answer", "told"),
    [
        pytest.param(
            status(403, 'pods is forbidden: User "ann" cannot list resource "pods"'),
            "error[MG764 cluster-forbidden]: {asked}the cluster forbids it: "
            'pods is forbidden: User "ann" cannot list resource "pods"\n'
            "  hint: meshgen profile detect --permissions prints the roles that suffice\n",
            id="403",
        ),
        pytest.param(
            status(404, "not found"),
            "error[MG765 cluster-failed]: {asked}the cluster does not have that kind\n",
            id="404",
        ),
        pytest.param(
            Answer(body=b"[" * 100_000),
            "error[MG765 cluster-failed]: {asked}the answer is nested too deep to be read\n",
            id="nested without end",
        ),
        pytest.param(
            listed({"metadata": {"name": "x"}, "spec": json.loads("[" * 200 + "]" * 200)}),
            "error[MG765 cluster-failed]: cluster:CronJob/shop/x: "
            "the answer is nested more than 64 levels deep\n",
            id="nested",
        ),
        pytest.param(
            Answer(silent=True),
            "error[MG766 cluster-broke-off]: {asked}the answer did not come in time\n"
            "  hint: --timeout gives it longer\n",
            id="never",
        ),
    ],
)
def test_a_cluster_that_cannot_be_asked_of_one_kind_is_one_finding_and_nothing_is_written(
    answer: Answer, told: str, words: tuple[str, ...], rendered: Any
) -> None:
    given = {**surrounded("shop", Service=[SERVICE]), KINDS["CronJob"].path("shop"): [answer]}
    patience = ("--timeout", "0.5") if answer.silent else ()
    actual = rendered(given, "intent.yaml", "-m", "istio", *words, *patience)

    assert actual == (2, "", told.format(asked=ASKED.format(kind="cronjobs.batch")))
    assert not Path("out").exists()


@pytest.mark.parametrize("option", ["--kubeconfig", "--context", "--timeout"])
def test_a_cluster_that_nobody_asks_is_not_to_be_named(
    option: str, capfd: pytest.CaptureFixture[str]
) -> None:
    code = run(["render", "intent.yaml", "-m", "istio", option, "1"])
    told = f"error[MG710 usage]: {option} needs a cluster to ask\n  hint: add --live\n"

    assert (code, *capfd.readouterr()) == (2, "", told)
