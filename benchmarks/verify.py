"""What a proof costs: beside rendering the same intent, and how it grows with the conditions of a service.

Every figure is a ratio of two measurements of one run, since machines are noisy; the exit code says whether
the ratios hold: verifying online-boutique costs at most twenty times the CPU time of rendering it, and a
class of requests costs at most four times as much among 32 conditions as among 8.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

RUNS = 3
CONDITIONS = (8, 16, 32)
MOST_OF_RENDERING, MOST_GROWTH = 20.0, 4.0
EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "online-boutique"


class Cost(NamedTuple):
    """CPU seconds of a process, and what it wrote."""

    seconds: float
    output: str


def cost(*arguments: str) -> Cost:
    """Run meshgen; a run that fails is no measurement."""
    before = os.times()
    ran = subprocess.run(
        [sys.executable, "-m", "meshgen", *arguments, "-q"], check=True, capture_output=True, text=True
    )
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return Cost(used, ran.stdout)


def intent(conditions: int) -> str:
    """Write a service with so many routes, each with a prefix of its own, and as many rules."""
    routes = "".join(
        f"        - {{name: r{number}, timeout: 9s, match: [{{paths: [{{prefix: /p-{number}}}]}}]}}\n"
        for number in range(conditions)
    )
    rules = "".join(
        f"          - {{name: a{number}, from: [{{serviceAccount: team/c{number}}}], "
        f"to: [{{paths: [{{prefix: /p-{number}/open}}]}}]}}\n"
        for number in range(conditions)
    )
    return f"""\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {{name: many, namespace: shop}}
spec:
  selectorLabel: app
  accounts: named
  mtls: {{mode: strict}}
  services:
    web:
      port: 80
      routes:
{routes}      authorization:
        default: deny
        rules:
{rules}"""


def beside_rendering() -> float:
    """Compare verifying and rendering an example, run by run in turn."""
    pairs = [
        (cost("verify", str(EXAMPLE), "-m", "istio"), cost("render", str(EXAMPLE), "-m", "istio"))
        for _ in range(RUNS)
    ]
    return statistics.median(verified.seconds / rendered.seconds for verified, rendered in pairs)


def by_conditions(folder: Path) -> list[tuple[int, int, float]]:
    """Verify services with more and more conditions: (conditions, classes, CPU microseconds of a class)."""
    found = []
    for conditions in CONDITIONS:
        path = folder / f"{conditions}.yaml"
        path.write_text(intent(conditions))
        rendered = cost("render", str(path), "-m", "istio")
        verified = cost("verify", str(path), "-m", "istio", "--format", "json")
        classes = json.loads(verified.output)[0]["classes"]
        found.append((conditions, classes, 1e6 * (verified.seconds - rendered.seconds) / classes))
    return found


def main() -> int:
    """Print the figures, and say whether the limits hold."""
    ratio = beside_rendering()
    print(f"verifying / rendering online-boutique: {ratio:.2f} (at most {MOST_OF_RENDERING})")
    with tempfile.TemporaryDirectory() as folder:
        found = by_conditions(Path(folder))
    for conditions, classes, each in found:
        print(f"{conditions} conditions: {classes} classes, {each:.0f} microseconds a class")
    growth = found[-1][2] / found[0][2]
    print(
        f"a class of {CONDITIONS[-1]} / of {CONDITIONS[0]} conditions: {growth:.2f} (at most {MOST_GROWTH})"
    )
    return 0 if ratio <= MOST_OF_RENDERING and growth <= MOST_GROWTH else 1


if __name__ == "__main__":
    sys.exit(main())
