"""On a real API server: what is applied is the same, and what somebody changed is told, exactly."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.cli import run
from tests.conformance.clusters import Cluster
from tests.conformance.judges.apiserver import read, serving
from tests.conformance.judges.processes import TOKEN, tool

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no definitions"),
]

EXAMPLES = Path(__file__).parents[2] / "examples"
INSTALLED = (
    Cluster("istio", "1.30"),
    Cluster("linkerd", "2.20"),
    Cluster.of({"mesh": "consul", "version": "2.0", "gatewayAPI": "1.5 standard"}),
)
MESHES = ("istio", "linkerd", "linkerd-gateway", "consul")
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def kubeconfig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run a server with the definitions of three meshes, and say how to reach it."""
    folder = tmp_path_factory.mktemp("apiserver")
    with serving(read(each for cluster in INSTALLED for each in cluster.definitions()), folder) as server:
        where = {
            "server": f"https://127.0.0.1:{server.port}",
            "certificate-authority": str(folder / "certificates" / "apiserver.crt"),
        }
        file = folder / "kubeconfig"
        document = {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "here", "cluster": where}],
            "users": [{"name": "admin", "user": {"token": TOKEN}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "admin"}}],
            "current-context": "here",
        }
        file.write_text(json.dumps(document))
        yield file


@pytest.fixture
def meshgen(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command beside that server: the exit code and both outputs."""
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def call(*words: str) -> tuple[int, str, str]:
        capfd.readouterr()
        return run(words), *capfd.readouterr()

    return call


def kubectl(*words: str, text: str | None = None) -> None:
    subprocess.run([tool("kubectl"), *words], input=text, text=True, check=True, capture_output=True)


@contextmanager
def applied(text: str, *words: str, is_client_side: bool = False) -> Iterator[None]:
    kubectl("apply", f"--server-side={not is_client_side}".lower(), "-f", "-", *words, text=text)
    try:
        yield
    finally:
        kubectl("delete", "--wait=false", "-f", "-", *words, text=text)


@pytest.mark.parametrize("mesh", MESHES)
@pytest.mark.parametrize("example", ["bookinfo", "online-boutique"])
def test_what_was_applied_is_the_same(example: str, mesh: str, meshgen: Run) -> None:
    words = (str(EXAMPLES / example), "-m", mesh, "--partial")
    _, rendered, _ = meshgen("render", *words)
    with applied(rendered):
        code, out, _ = meshgen("diff", *words, "--live")

    objects = len(list(yaml.safe_load_all(rendered)))
    requests, _, told = out.partition("\n\n")
    assert re.fullmatch("same: [0-9]+ classes of requests, each asked", requests)
    assert (code, told) == (0, f"same: {objects} objects\n")


DROPPED = {
    "linkerd-gateway": {
        'metadata.annotations["retry.linkerd.io/http"]',
        'metadata.annotations["retry.linkerd.io/limit"]',
        'metadata.annotations["timeout.linkerd.io/request"]',
    },
    "istio": {f"spec.http[{index}].{field}" for index in (0, 1) for field in ("retries", "timeout")},
}


@pytest.mark.parametrize("is_client_side", [False, True], ids=["server-side", "client-side"])
@pytest.mark.parametrize("mesh", DROPPED)
def test_what_leaves_the_intent_goes_however_it_was_applied(
    mesh: str, is_client_side: bool, meshgen: Run, tmp_path: Path
) -> None:
    before = EXAMPLES / "bookinfo" / "intent.yaml"
    document = yaml.safe_load(before.read_text("utf-8"))
    for field in ("timeout", "retries"):
        del document["spec"]["services"]["reviews"][field]
    after = tmp_path / "intent.yaml"
    after.write_text(yaml.safe_dump(document, sort_keys=False))
    _, rendered, _ = meshgen("render", str(before), "-m", mesh)
    with applied(rendered, is_client_side=is_client_side):
        same = meshgen("diff", str(before), "-m", mesh, "--live")[0]
        code, out, _ = meshgen("diff", str(after), "-m", mesh, "--live", "--format", "json")

    changes = [change for each in json.loads(out)["objects"] for change in each["changes"]]
    assert (same, code) == (0, 1)
    assert {each["path"] for each in changes} == DROPPED[mesh]
    assert {each["new"] for each in changes} == {None}


EDITS = {
    "istio": ("virtualservices.networking.istio.io", "ratings", "spec.http[0].route[0].weight", 90, 95),
    "linkerd": ("servers.policy.linkerd.io", "details.9080", "spec.proxyProtocol", "HTTP/2", "HTTP/1"),
    "consul": ("servicesplitters.consul.hashicorp.com", "ratings", "spec.splits[0].weight", 90, 95),
}


@pytest.mark.parametrize("mesh", EDITS)
def test_a_field_that_was_edited_by_hand_is_told_and_no_other(mesh: str, meshgen: Run) -> None:
    kind, name, field, by_hand, ours = EDITS[mesh]
    words = (str(EXAMPLES / "bookinfo"), "-m", mesh)
    _, rendered, _ = meshgen("render", *words)
    pointer = "/" + field.replace("[", "/").replace("].", "/").replace(".", "/")
    patch = json.dumps([{"op": "replace", "path": pointer, "value": by_hand}])
    with applied(rendered):
        kubectl("patch", kind, name, "-n", "bookinfo", "--type=json", "-p", patch)
        code, out, _ = meshgen("diff", *words, "--live", "--format", "json")

    changes = {each["name"]: each["changes"] for each in json.loads(out)["objects"] if each["changes"]}
    verdicts = [each["verdict"] for each in json.loads(out)["objects"]]
    assert (code, changes) == (1, {name: [{"path": field, "old": by_hand, "new": ours}]})
    assert sorted(verdicts) == ["changed", *["unchanged"] * (len(verdicts) - 1)]


@pytest.mark.parametrize("mesh", MESHES)
@pytest.mark.parametrize(
    ("example", "service"), [("bookinfo", "ratings"), ("online-boutique", "emailservice")]
)
def test_a_service_that_leaves_the_intent_leaves_its_objects_over(
    example: str, service: str, mesh: str, meshgen: Run, tmp_path: Path
) -> None:
    files = [str(EXAMPLES / example / name) for name in ("services.yaml", "workloads.yaml")]
    before = EXAMPLES / example / "intent.yaml"
    document = yaml.safe_load(before.read_text("utf-8"))
    del document["spec"]["services"][service]
    after = tmp_path / "intent.yaml"
    after.write_text(yaml.safe_dump(document, sort_keys=False))
    words = (*files, "-m", mesh, "--partial")
    _, rendered, _ = meshgen("render", str(before), *words)
    _, kept, _ = meshgen("render", str(after), *words)
    with applied(rendered):
        code, out, _ = meshgen("diff", str(after), *words, "--live", "--format", "json")

    found = {_title(each): each["verdict"] for each in json.loads(out)["objects"]}
    left_over = {title for title in _titles(rendered) if title.rpartition("/")[2].startswith(service)}
    expected = dict.fromkeys(_titles(kept), "unchanged") | dict.fromkeys(left_over, "left-over")
    assert (code, found) == (1, expected)
    assert left_over == set(_titles(rendered)) - set(_titles(kept))


def _titles(text: str) -> list[str]:
    return [_title({**each, **each["metadata"]}) for each in yaml.safe_load_all(text)]


def _title(found: Mapping[str, Any]) -> str:
    return "/".join(str(found[key]) for key in ("apiVersion", "kind", "namespace", "name"))


@pytest.mark.parametrize(
    ("example", "namespace"), [("bookinfo", "bookinfo"), ("online-boutique", "boutique")]
)
def test_a_cluster_renders_as_the_files_that_were_applied_to_it(
    example: str, namespace: str, meshgen: Run
) -> None:
    folder = EXAMPLES / example
    objects = "---\n".join((folder / name).read_text("utf-8") for name in ("services.yaml", "workloads.yaml"))
    words = ("-m", "consul", "--partial")
    expected = meshgen("render", str(folder), *words)[:2]
    with applied(objects, "-n", namespace):
        actual = meshgen("render", str(folder / "intent.yaml"), *words, "--live")[:2]

    assert expected == actual
