"""A mapping that shared a line with an evaluator would prove nothing of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# What else the language's model rests on: its own files, and how documents are read and reported.
MODEL = {
    *("meshgen", "meshgen.diagnostics", "meshgen.source", "meshgen.values", "meshgen.intent"),
    *(f"meshgen.intent.{name}" for name in ("access", "constraints", "features", "keys", "match")),
    *(f"meshgen.intent.{name}" for name in ("model", "policy", "traffic", "words")),
}


@pytest.mark.parametrize("mapping", ["intent_setup", "istio_setup", "consul_setup"])
def test_a_mapping_knows_the_model_alone(mapping: str) -> None:
    asked = f"import sys, tests.envoy.{mapping}; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )

    assert set() == {each for each in done.stdout.split() if each.partition(".")[0] == "meshgen"} - MODEL
