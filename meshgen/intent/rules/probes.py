"""Probes: the kubelet asks a container port, which must be known."""

from __future__ import annotations

from meshgen.diagnostics import Code, Findings
from meshgen.intent.rules.subjects import Scene

PROBE_WITHOUT_PORT = Code(
    number="MG278",
    slug="probe-without-port",
    meaning="A probe names no container port, and no workload among the inputs shows it.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG278; a port that workloads show was filled in before."""
    for subject in scene.subjects.values():
        for index, probe in enumerate(subject.service.probes):
            if probe.port is None:
                field = f"{subject.field}.probes[{index}]"
                targets = [str(port.target) for port in subject.ports]
                findings.add(
                    PROBE_WITHOUT_PORT,
                    f"{field} names no port, and no workload among the inputs shows it",
                    span=probe.span(),
                    field=field,
                    hint=f"add port: {targets[0] if targets else 8080}, the container port as in the pod",
                )
