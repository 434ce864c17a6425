"""Whom a mesh refuses by itself, what is rendered may refuse too where an intent says nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen.cli import run

SILENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: shop, namespace: shop}
spec:
  selectorLabel: app
  accounts: named
  services:
    web: {port: 80}
    cart: {port: 80, mtls: {mode: strict}, timeout: 3s}
"""


def test_a_server_may_repeat_that_its_cluster_lets_nobody_in(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intent = tmp_path / "intent.yaml"
    intent.write_text(SILENT)
    mesh = ["-m", "linkerd-gateway", "--set", "linkerd.defaultInboundPolicy=deny"]
    status = run(["verify", str(intent), *mesh, "-q"])
    out, err = capsys.readouterr()
    equal = "shop -> linkerd-gateway 2.20: equal; 2 services, 68 classes of requests, each asked"
    assert (status, out.splitlines()[0], err) == (0, equal, "")
