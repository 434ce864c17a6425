"""What closed ports shut out that Services and workloads among the inputs show."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.access import Action, Mode
from meshgen.intent.resolved import ResolvedService, ResolvedSet
from meshgen.intent.shown import ShownProbe, ShownWorkload

EXPOSED_STRICT_PORT = Code(
    number="MG283",
    slug="exposed-strict-port",
    meaning="A Service is open to callers outside the cluster, and its port takes mTLS alone.",
    severity=Severity.WARNING,
)
PROBE_SHUT_OUT = Code(
    number="MG284",
    slug="probe-shut-out",
    meaning="A workload has a probe on a closed port that the intent does not name.",
    severity=Severity.WARNING,
)
UNKNOWN_PROBE_PORT = Code(
    number="MG285",
    slug="unknown-probe-port",
    meaning="A probe is written for a port that no container has.",
)


def check_exposure(resolved: ResolvedSet, findings: Findings) -> None:
    """Compare closed ports with what the inputs show. Reports MG283 to MG285."""
    for service in resolved.services.values():
        _check_exposed(service, findings)
        if service.written.pods_of is None:
            _check_written_probes(service, findings)
            _check_shown_probes(service, findings)


def _check_exposed(service: ResolvedService, findings: Findings) -> None:
    shown = service.shown
    if shown is None or shown.type not in ("LoadBalancer", "NodePort"):
        return
    strict = [port for port in service.service_ports if _mode(service, port.target) is Mode.STRICT]
    if strict:
        numbers = ", ".join(str(port.number) for port in strict)
        findings.add(
            EXPOSED_STRICT_PORT,
            f"the Service {service.key} is a {shown.type}, and port {numbers} takes mTLS alone",
            span=service.written.span("mtls"),
            field=f"spec.services.{service.key.name}.mtls",
            hint="callers outside the mesh are refused: let them enter by a gateway, or write permissive",
            related=(("the Service", shown.span),),
        )


def _mode(service: ResolvedService, target: int | str) -> Mode | None:
    return service.port_modes.get(target, service.mode)


def _check_written_probes(service: ResolvedService, findings: Findings) -> None:
    known = {name for pod in service.pods for name in _port_names(pod)}
    for index, probe in enumerate(service.written.probes):
        if known and probe.port is not None and probe.port not in known:
            findings.add(
                UNKNOWN_PROBE_PORT,
                f"no container behind {service.key.name} has the port {probe.port}",
                span=probe.span("port"),
                field=f"spec.services.{service.key.name}.probes[{index}].port",
                hint=f"its container ports are {', '.join(sorted(known))}",
            )


def _port_names(pod: ShownWorkload) -> Iterator[str]:
    for port in pod.ports:
        yield str(port.number)
        if port.name is not None:
            yield port.name


def _check_shown_probes(service: ResolvedService, findings: Findings) -> None:
    told: set[tuple[str, str | None, str]] = set()
    for pod in service.pods:
        for probe in pod.probes:
            cause = (probe.kind, probe.path, _number(probe.port, pod))
            if cause in told or not _is_closed(service, cause[2]) or _is_named(service, probe, pod):
                continue
            told.add(cause)
            what = f"path: {probe.path}" if probe.kind == "path" else f"{probe.kind}: true"
            findings.add(
                PROBE_SHUT_OUT,
                f"the {pod.kind} {pod.name} has a probe on port {probe.port} of {service.key.name}, "
                "which is closed",
                span=service.intent.spec.span("services", service.key.name),
                field=f"spec.services.{service.key.name}.probes",
                hint=f"add it to probes: [{{{what}, port: {probe.port}}}]",
                related=(("the probe", probe.span),),
            )


def _number(port: str, pod: ShownWorkload) -> str:
    numbers = {str(shown.number) for shown in pod.ports if shown.name == port}
    return port if len(numbers) != 1 else str(*numbers)


def _is_closed(service: ResolvedService, port: str) -> bool:
    target = int(port) if port.isdecimal() else port
    is_strict = _mode(service, target) is Mode.STRICT
    return is_strict or service.default is Action.DENY or bool(service.rules)


def _is_named(service: ResolvedService, probe: ShownProbe, pod: ShownWorkload) -> bool:
    return any(
        written.path == probe.path
        and _kind(written.path, written.tcp) == probe.kind
        and (written.port is None or _number(written.port, pod) == _number(probe.port, pod))
        for written in service.probes
    )


def _kind(path: str | None, tcp: bool | None) -> str:
    return "path" if path is not None else "tcp" if tcp is not None else "grpc"
