"""What Services and workloads give, confirm or contradict of what a service leaves out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.access import Probe
from meshgen.intent.features import Located
from meshgen.intent.keys import ServiceKey
from meshgen.intent.model import Port, Service, Spec, Version
from meshgen.intent.shown import Shown, ShownPort, ShownService, ShownWorkload

CONTRADICTION = Code(
    number="MG280",
    slug="contradiction",
    meaning="An intent writes one thing and a Service or workload among the inputs shows another.",
)
NO_SUCH_PORT = Code(
    number="MG281",
    slug="no-such-port",
    meaning="An intent names a Service port that the Service does not have.",
)
MIXED_ACCOUNTS = Code(
    number="MG282",
    slug="mixed-accounts",
    meaning="Workloads behind one service run as different accounts, so it has no one identity.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill:
    """Joins one service with what is shown of it."""

    key: ServiceKey
    spec: Spec
    shown: Shown
    findings: Findings

    def service(self, service: Service) -> Service:
        """Give what the service leaves out and report what contradicts it (MG280 to MG282)."""
        known = self.shown.services.get(self.key)
        if known is not None:
            service = self._from_service(service, known)
        if service.pods_of is not None:
            return service
        pods = self.shown.pods(self.key.namespace, self._selector(service))
        return self._from_pods(service, pods) if pods else service

    def _from_service(self, service: Service, known: ShownService) -> Service:
        is_headless = service.headless is not None
        if is_headless != known.is_headless:
            says = "has no cluster address" if known.is_headless else "has a cluster address"
            hint = "write headless: true" if known.is_headless else "take headless away"
            at = _Place(service, ".headless")
            self._contradict(at, f"the Service {self.key} {says}", known.span, hint)
        if service.pods_of is None and known.selector:
            self._check_selector(service, known)
            service = replace(service, selector=service.selector or known.selector)
        ports = (
            self._port(_of_port(service, index), port, known) for index, port in enumerate(service.ports)
        )
        return replace(service, ports=tuple(ports))

    def _selector(self, service: Service) -> Mapping[str, str]:
        return service.selector or {self.spec.selector_label or "app": self.key.name}

    def _check_selector(self, service: Service, known: ShownService) -> None:
        is_written = service.selector is not None or self.spec.selector_label is not None
        selector = self._selector(service)
        if not is_written or selector == known.selector:
            return
        ours = self.shown.pods(self.key.namespace, selector)
        if not ours or ours != self.shown.pods(self.key.namespace, known.selector):
            message = (
                f"the Service {self.key} picks {_labels(known.selector)}, the intent {_labels(selector)}"
            )
            at = _Place(service, ".selector")
            self._contradict(at, message, known.span, f"write {_labels(known.selector)}")

    def _port(self, path: str, port: Port, known: ShownService) -> Port:
        if port.port is None:
            return port
        found = next((shown for shown in known.ports if shown.number == port.port), None)
        if found is None:
            numbers = ", ".join(str(shown.number) for shown in known.ports) or "none"
            self.findings.add(
                NO_SUCH_PORT,
                f"the Service {self.key} has no port {port.port}",
                span=port.span("port"),
                field=f"{self._field}{path}.port",
                hint=f"its ports are {numbers}",
                related=(("the Service", known.span),),
            )
            return port
        return self._joined(path, port, found)

    def _joined(self, path: str, port: Port, found: ShownPort) -> Port:
        if port.target_port is not None and port.target_port != found.target:
            leads = f"leads to {found.target}, not {port.target_port}"
            message = f"port {found.number} of the Service {self.key} {leads}"
            at = _Place(port, f"{path}.targetPort")
            self._contradict(at, message, found.span, f"write {found.target}")
        if None not in (port.protocol, found.protocol) and port.protocol is not found.protocol:
            shown = found.protocol.value if found.protocol is not None else ""
            message = f"port {found.number} of the Service {self.key} speaks {shown}"
            at = _Place(port, f"{path}.protocol")
            self._contradict(at, message, found.span, f"write {shown}, or correct the Service")
        return replace(
            port, target_port=port.target_port or found.target, protocol=port.protocol or found.protocol
        )

    def _from_pods(self, service: Service, pods: tuple[ShownWorkload, ...]) -> Service:
        versions = {
            name: self._version(name, version, service) for name, version in (service.versions or {}).items()
        }
        of_versions = {
            id(pod) for name in versions for pod in self._version_pods(name, versions[name], service)
        }
        rest = [pod for pod in pods if id(pod) not in of_versions]
        at = _Place(service, ".serviceAccount")
        account = self._account(at, service.service_account, rest, what=f"the service {self.key.name}")
        return replace(
            service,
            service_account=account,
            versions=versions or None,
            ports=tuple(_numbered(port, pods) for port in service.ports),
            probes=tuple(_ported(probe, pods) for probe in service.probes),
        )

    def _version_pods(self, name: str, version: Version, service: Service) -> tuple[ShownWorkload, ...]:
        labels = {} if version.create_service is False else {"version": name}
        selector = version.selector or {**self._selector(service), **(version.labels or labels)}
        return self.shown.pods(self.key.namespace, selector)

    def _version(self, name: str, version: Version, service: Service) -> Version:
        pods = self._version_pods(name, version, service)
        written = version.service_account or service.service_account
        is_own = version.service_account is not None
        at = (
            _Place(version, f".versions.{name}.serviceAccount")
            if is_own
            else _Place(service, ".serviceAccount")
        )
        account = self._account(at, written, pods, what=f"version {name} of {self.key.name}")
        return version if account == written else replace(version, service_account=account)

    def _account(
        self, at: _Place, written: str | None, pods: Iterable[ShownWorkload], *, what: str
    ) -> str | None:
        """Give the account that the pods show; the written one where they show none or contradict it."""
        shown = {pod.account: pod for pod in pods}
        if not shown:
            return written
        if written is not None:
            for account in sorted(shown.keys() - {written}):
                pod = shown[account]
                message = f"the {pod.kind} {pod.name} behind {what} runs as {account}, not {written}"
                self._contradict(at, message, pod.account_span, f"write {account}")
            return written
        if len(shown) > 1:
            names = ", ".join(sorted(shown))
            places = tuple((f"runs as {name}", shown[name].account_span) for name in sorted(shown))
            self.findings.add(
                MIXED_ACCOUNTS,
                f"the workloads behind {what} run as {names}",
                span=at.holder.span(),
                field=f"{self._field}{at.path}",
                hint="declare versions, each with its serviceAccount",
                related=places,
            )
            return None
        return next(iter(shown))

    @property
    def _field(self) -> str:
        return f"spec.services.{self.key.name}"

    def _contradict(self, at: _Place, message: str, there: Span, hint: str) -> None:
        self.findings.add(
            CONTRADICTION,
            message,
            span=at.span or there,
            field=f"{self._field}{at.path}",
            hint=hint,
            related=(("it is shown here", there),),
        )


class _Place(NamedTuple):
    """A key of a service, which is written or left out."""

    holder: Located
    path: str  # below the service: .ports[0].protocol

    @property
    def span(self) -> Span | None:
        return self.holder.span(self.path.rpartition(".")[2])


def _of_port(service: Service, index: int) -> str:
    """Say where a port is written: in `ports`, or on the service for short."""
    return "" if service.ports[index].source is service.source else f".ports[{index}]"


def _numbered(port: Port, pods: Iterable[ShownWorkload]) -> Port:
    """Turn a container port's name into the number that every pod gives it."""
    if port.target_port is None or port.target_port.isdecimal():
        return port
    numbers = {shown.number for pod in pods for shown in pod.ports if shown.name == port.target_port}
    return replace(port, target_port=str(*numbers)) if len(numbers) == 1 else port


def _ported(probe: Probe, pods: Iterable[ShownWorkload]) -> Probe:
    """Give a probe the port that the pods' own probes of the same kind and path have."""
    if probe.port is not None:
        return probe
    kind = "path" if probe.path is not None else "tcp" if probe.tcp is not None else "grpc"
    ports = {
        shown.port for pod in pods for shown in pod.probes if (shown.kind, shown.path) == (kind, probe.path)
    }
    return replace(probe, port=str(*ports)) if len(ports) == 1 else probe


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}" for key, value in sorted(labels.items())) + "}"
