"""What a function costs beside what it renders: many intents in one call cost what rendering them does.

Every figure is a ratio of two measurements of one run, taken in turns, since machines are noisy; the exit
code says whether it holds: the CPU time of `meshgen krm` over 100 intents less that over one lies within a
fifth of the CPU time that rendering the other 99 takes in a process that is warm.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from meshgen.api import read_intents, render
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.output import Syntax, stream
from meshgen.profiles import Choice, choose

RUNS = 7
MANY = 100
LEAST, MOST = 0.8, 1.2
MESHES = ("istio", "linkerd", "consul")


def main() -> int:
    """Measure, print, and compare with what is promised."""
    ratios = {mesh: _ratio(mesh) for mesh in MESHES}
    for mesh, ratio in ratios.items():
        what = f"krm over {MANY} less over one : rendering {MANY - 1} for {mesh}"
        print(f"{what:60} {ratio:5.2f} ({LEAST} to {MOST})")
    return int(any(not LEAST <= ratio <= MOST for ratio in ratios.values()))


def _ratio(mesh: str) -> float:
    (choice,) = choose(mesh, {}, (), findings=Findings())
    intents = [_intent(number) for number in range(MANY)]
    one, many = _call(intents[:1], mesh), _call(intents, mesh)
    text = "".join(f"---\n{json.dumps(intent)}\n" for intent in intents[1:]).encode()
    _rendered(text, choice)  # compiles templates, schemas and rules, as every call of its own must
    ratios = []
    for _ in range(RUNS):
        more = _spent(many) - _spent(one)
        before = time.process_time()
        _rendered(text, choice)
        ratios.append(more / (time.process_time() - before))
    return statistics.median(ratios)


def _rendered(text: bytes, choice: Choice) -> str:
    rendering = render(read_intents([Content("intents.yaml", text)]), *choice)
    assert rendering.manifests, rendering.findings
    return stream(rendering.manifests, Syntax.YAML)


def _spent(call: bytes) -> float:
    """Run `meshgen krm` and say how much CPU time it took, its start included."""
    before = os.times()
    subprocess.run(
        [sys.executable, "-m", "meshgen", "krm", "-q"], input=call, check=True, capture_output=True
    )
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def _call(intents: Sequence[Any], mesh: str) -> bytes:
    config = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshRender",
        "metadata": {"name": "mesh"},
        "spec": {"mesh": mesh},
    }
    listed = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": list(intents),
        "functionConfig": config,
    }
    return json.dumps(listed).encode()


def _intent(number: int) -> Any:
    return {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": f"team-{number}", "namespace": f"team-{number}"},
        "spec": {
            "selectorLabel": "app",
            "accounts": "named",
            "mtls": {"mode": "strict"},
            "services": {
                f"client-{number}": {},
                f"api-{number}": {
                    "port": 8080,
                    "versions": {"v1": {}, "v2": {}},
                    "split": {"v1": 90, "v2": 10},
                    "timeout": "5s",
                    "callers": [f"client-{number}"],
                },
            },
        },
    }


if __name__ == "__main__":
    sys.exit(main())
