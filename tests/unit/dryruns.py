"""Objects in a file, judged by a stand-in for a cluster."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from meshgen.cli import run
from tests.unit.standin import Answer, kinds, stand_in

GROUP = "/apis/example.com/v1"
KINDS = kinds(
    ("Widget", "widgets", True), ("Widget/status", "widgets/status", True), ("Realm", "realms", False)
)
QUERY = "?dryRun=All&fieldManager=kubectl&fieldValidation=Strict"
WEB = f"{GROUP}/namespaces/shop/widgets/web{QUERY}"
WIDGET = """\
apiVersion: example.com/v1
kind: Widget
metadata: {name: web, namespace: shop, annotations: {example.com/a: x}}
spec:
  ports: [{port: 80, name: http}, {port: 81}]
  rules:
  - match: /
    timeout: 5s
"""
AS_IT_WOULD_BE = Answer(status=201, body={"metadata": {"name": "web"}})


class Told(NamedTuple):
    """What a run told, and what it asked for."""

    code: int
    err: str
    asked: tuple[str, ...]


Validated = Callable[..., Told]


@pytest.fixture
def validated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Validated:
    """Validate a text against a stand-in; it writes neither a file nor anything on stdout."""
    for name in ("KUBECONFIG", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def validate(answers: Mapping[str, Sequence[Answer]], *options: str, text: str = WIDGET) -> Told:
        Path("web.yaml").write_text(text, "utf-8")
        with stand_in(answers, tmp_path) as server:
            before = sorted(tmp_path.iterdir())
            words = ["validate", "web.yaml", "--live", "--kubeconfig", str(server.kubeconfig), *options]
            code = run(words)
        out, err = capsys.readouterr()

        assert (out, sorted(tmp_path.iterdir())) == ("", before)
        where = f"{server.kubeconfig}, context 'shop'"
        asked = tuple(line.removesuffix(" Bearer secret") for line in server.asked)
        return Told(code, err.replace(where, "CLUSTER").replace(server.url, "SERVER"), asked)

    return validate


def refusal(code: int, message: str, *causes: Mapping[str, str]) -> Answer:
    """Answer with a Status that has causes."""
    return Answer(status=code, body={"kind": "Status", "message": message, "details": {"causes": causes}})
