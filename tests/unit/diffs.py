"""An intent, compared with a stand-in for a cluster that has what it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from meshgen.cli import run
from tests.unit.standin import Answer, kinds, listed, stand_in
from tests.unit.test_surroundings import surrounded

GROUP = "/apis/security.istio.io/v1"
SERVED = kinds(("PeerAuthentication", "peerauthentications", True))
ALL = f"{GROUP}/namespaces/shop/peerauthentications"
OURS = f"{ALL}?labelSelector=app.kubernetes.io%2Fmanaged-by%3Dmeshgen"
QUERY = "?dryRun=All&fieldManager=kubectl&fieldValidation=Strict&force=true"
INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  mtls: {mode: strict}
  services:
    api: {port: 80, selector: {app: api}}
    web: {port: 80, selector: {app: web}}
"""
LABELS = {"app.kubernetes.io/managed-by": "meshgen", "app.kubernetes.io/part-of": "shop"}
ASKED = "N classes of requests, each asked"
SAME_REQUESTS = f"same: {ASKED}\n\n"


class Told(NamedTuple):
    """What a run told, and what it asked for beside Services, workloads and kinds."""

    code: int
    out: str
    err: str
    asked: tuple[str, ...]


Diffed = Callable[..., Told]


@pytest.fixture
def diffed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Diffed:
    """Compare an intent with a stand-in for a cluster."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def diff(answers: Mapping[str, Sequence[Answer]], *options: str, intent: str = INTENT) -> Told:
        Path("intent.yaml").write_text(intent, "utf-8")
        with stand_in(answers, tmp_path) as server:
            words = ["diff", "intent.yaml", "--live", "--kubeconfig", str(server.kubeconfig), *options]
            code = run(words if "-m" in options else [*words, "-m", "istio"])
        out, err = capfd.readouterr()
        out = re.sub(r"\d+ (classes of requests, each asked)", r"N \1", out)  # tests of witnesses count them
        asked = tuple(line.removesuffix(" Bearer secret") for line in server.asked if ALL in line)
        return Told(code, out, err.replace(f"{server.kubeconfig}, context 'shop'", "CLUSTER"), asked)

    return diff


def authentication(name: str, mode: str = "STRICT", **metadata: Any) -> dict[str, Any]:
    """Give an object as a server has it."""
    own = {"resourceVersion": mode, "uid": name, "generation": len(mode), "managedFields": [{"time": mode}]}
    return {
        "apiVersion": "security.istio.io/v1",
        "kind": "PeerAuthentication",
        "metadata": {"name": name, "namespace": "shop", "labels": LABELS, **own, **metadata},
        "spec": {"mtls": {"mode": mode}},
        "status": {"seen": mode},
    }


def cluster(
    *, api: Answer | None = None, would: Mapping[str, Answer] | None = None, ours: Sequence[Any] = ()
) -> dict[str, list[Answer]]:
    """Answer as a cluster that has `web` as it would be, and `api` as a test says."""
    dry_runs = {name: Answer(body=authentication(name)) for name in ("api", "web")} | dict(would or {})
    return {
        **surrounded("shop"),
        GROUP: [SERVED],
        OURS: [listed(*ours)],
        f"{ALL}/web": [Answer(body=authentication("web"))],
        **({} if api is None else {f"{ALL}/api": [api]}),
        **{f"{ALL}/{name}{QUERY}": [answer] for name, answer in dry_runs.items()},
    }


SAME = Answer(body=authentication("api"))
