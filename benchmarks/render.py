"""What rendering costs: how it grows with services, its parts, and how it compares with kustomize.

Every figure is a ratio of two measurements of one run, since machines are noisy; the exit code says
whether the ratios hold: 10,000 services cost at most 12 times 1,000 services, reading and checking less
than half of rendering, and 1,000 services less than twice what kustomize takes to pass their objects through.
"""

from __future__ import annotations

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 5
SMALL, LARGE = 1_000, 10_000
MOST_GROWTH, MOST_READING, MOST_OF_KUSTOMIZE = 12.0, 0.5, 2.0

_HEAD = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: benchmark, namespace: benchmark}
spec:
  selectorLabel: app
  accounts: named
  mtls: {mode: strict}
  authorization: {default: deny}
  services:
    client: {}
"""
_SERVICE = """\
    service-%(number)d:
      port: 8080
      versions: {v1: {}, v2: {}}
      split: {v1: 90, v2: 10}
      timeout: 5s
      retries: {attempts: 2, retryOn: [5xx]}
      routes:
        - name: testers
          match:
            - headers: {x-tester: {exact: "yes"}}
          split: {v2: 100}
      authorization:
        rules:
          - name: reads
            from: [client]
            to: [{methods: [GET], paths: [{prefix: /items}]}]
"""


def main() -> int:
    """Measure, print, and compare with what is promised."""
    with tempfile.TemporaryDirectory() as folder:
        intents = {size: _write(Path(folder), size) for size in (1, SMALL, LARGE)}
        growth = _growth(intents)
        reading = _reading_share(intents[SMALL])
        kustomize = _against_kustomize(Path(folder), intents[SMALL])
    rows = [
        (f"{LARGE} services : {SMALL} services", growth, MOST_GROWTH),
        ("reading and checking : rendering", reading, MOST_READING),
        (f"{SMALL} services : kustomize on their objects", kustomize, MOST_OF_KUSTOMIZE),
    ]
    for what, ratio, most in rows:
        print(
            f"{what:45} {ratio:6.2f} (at most {most:g})" if ratio is not None else f"{what:45} no kustomize"
        )
    return int(any(ratio is None or ratio > most for _, ratio, most in rows))


def _write(folder: Path, size: int) -> Path:
    path = folder / f"intent-{size}.yaml"
    path.write_text(_HEAD + "".join(_SERVICE % {"number": number} for number in range(size)))
    return path


def _growth(intents: dict[int, Path]) -> float:
    """Compare user seconds less those of one service: what remains is the services' own cost."""
    base, small, large = (
        statistics.median(_user_seconds(_command(intents[size])) for _ in range(RUNS))
        for size in (1, SMALL, LARGE)
    )
    print(f"user seconds: 1 service {base:.2f}, {SMALL} services {small:.2f}, {LARGE} services {large:.2f}")
    return (large - base) / (small - base)


def _command(intent: Path) -> list[str]:
    return [sys.executable, "-m", "meshgen", "render", str(intent), "--mesh", "istio", "--quiet"]


def _user_seconds(command: list[str], output: Path | None = None) -> float:
    with (output or Path(os.devnull)).open("w") as out:
        process = subprocess.Popen(command, stdout=out)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return usage.ru_utime


def _reading_share(intent: Path) -> float:
    """Compare reading and checking an intent with the command that renders it."""
    from meshgen.api import read_intents
    from meshgen.diagnostics import Findings
    from meshgen.inputs import read_inputs
    from meshgen.intent.rules import check

    gc.disable()  # as the command line does
    reading, rendering = [], []
    for _ in range(RUNS):
        start = time.process_time()
        read = read_intents(read_inputs([str(intent)], findings=Findings()))
        check(read.intents, callers={}, findings=Findings())
        reading.append(time.process_time() - start)
        rendering.append(_user_seconds(_command(intent)))
    parts = statistics.median(reading), statistics.median(rendering)
    print(f"CPU seconds of {SMALL} services: reading and checking {parts[0]:.2f}, the command {parts[1]:.2f}")
    return parts[0] / parts[1]


def _against_kustomize(folder: Path, intent: Path) -> float | None:
    """Compare with kustomize, which reads, orders and writes the same objects."""
    tool = _kustomize()
    if tool is None:
        return None
    objects = folder / "objects"
    objects.mkdir()
    _user_seconds(_command(intent), objects / "objects.yaml")
    (objects / "kustomization.yaml").write_text("resources: [objects.yaml]\n")
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(_user_seconds(_command(intent)))
        theirs.append(_user_seconds([*tool, str(objects)]))
    print(f"user seconds: meshgen {statistics.median(ours):.2f}, {tool[0]} {statistics.median(theirs):.2f}")
    return statistics.median(ours) / statistics.median(theirs)


def _kustomize() -> list[str] | None:
    if shutil.which("kubectl") is not None:
        return ["kubectl", "kustomize"]
    return ["kustomize", "build"] if shutil.which("kustomize") is not None else None


if __name__ == "__main__":
    sys.exit(main())
