"""kubectl-validate: the API server's own code for CustomResourceDefinitions, without a server."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.conformance.judges.processes import tool
from tests.conformance.judges.verdict import Manifest, Verdict, causes

KUBERNETES = "1.30"  # the newest whose built-in kinds it brings along


def judge(manifests: Sequence[Manifest], definitions: Sequence[Path], folder: Path) -> list[Verdict]:
    """Judge manifests by the definitions in some folders; `folder` is an empty one for their files."""
    for index, manifest in enumerate(manifests):
        (folder / f"{index}.yaml").write_text(manifest.text)
    local = [f"--local-crds={path}" for path in definitions]
    command = [tool("kubectl-validate"), str(folder), "--version", KUBERNETES, "--output", "json", *local]
    done = subprocess.run(command, capture_output=True, check=False, encoding="utf-8")
    assert done.returncode in (0, 1), done.stderr
    answers = json.loads(done.stdout)
    return [_verdict(answers[str(folder / f"{index}.yaml")]) for index in range(len(manifests))]


def _verdict(answers: Sequence[dict[str, Any]]) -> Verdict:
    (answer,) = answers
    return Verdict(causes=() if answer["status"] == "Success" else tuple(causes(answer)))
