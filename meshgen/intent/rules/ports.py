"""Ports: what they speak, how they are named, and who speaks of which."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings, Span, near_miss
from meshgen.intent.access import Operation, To
from meshgen.intent.features import Located
from meshgen.intent.model import Port
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import ServicePort
from meshgen.intent.rules.subjects import Scene, Subject, wide_rules
from meshgen.intent.traffic import Route

PROTOCOL_NOT_WRITTEN = Code(
    number="MG210",
    slug="protocol-not-written",
    meaning="A port whose number commonly carries something else than HTTP says no protocol.",
)
DUPLICATE_PORT = Code(
    number="MG211",
    slug="duplicate-port",
    meaning="Two ports of a service have one number or one name.",
)
AMBIGUOUS_PORT = Code(
    number="MG212", slug="ambiguous-port", meaning="A port is named by a word that fits two of them."
)
UNKNOWN_PORT = Code(
    number="MG213", slug="unknown-port", meaning="A port is named that the service does not have."
)
FRONTED_CONTAINER_PORT = Code(
    number="MG214",
    slug="fronted-container-port",
    meaning="A container port stands alone although a Service port fronts it.",
)
NOT_FOR_REQUESTS = Code(
    number="MG215",
    slug="not-for-requests",
    meaning="A route names a port that is no Service port on which requests are seen.",
)
PORT_MODE_TWICE = Code(
    number="MG216", slug="port-mode-twice", meaning="One port has two modes under its two names."
)

# Ports that commonly carry something else than HTTP, or HTTP/2 that one must say.
_UNSURE = frozenset(
    {25, 389, 443, 587, 636, 1433, 1521, 2181, 3306, 4222, 5432}
    | {5671, 5672, 6379, 8443, 9042, 9092, 9300, 11211, 27017, 50051}
)


def must_say_protocol(number: int) -> bool:
    """Tell whether a port needs a protocol in writing, for it commonly speaks no HTTP/1."""
    return number in _UNSURE


def check(scene: Scene, findings: Findings) -> None:
    """Report MG210 to MG216."""
    for subject in scene.subjects.values():
        _check_protocols(subject, findings)
        _check_unique(subject, findings)
        _check_modes(subject, findings)
        _check_rules(subject, findings)
        for route, field in subject.routes():
            _check_route(subject, route, field, findings)
    _check_wide_rules(scene, findings)


def _field(subject: Subject, index: int) -> str:
    return subject.field if subject.writes("port") else f"{subject.field}.ports[{index}]"


def _check_protocols(subject: Subject, findings: Findings) -> None:
    for index, port in enumerate(subject.service.ports):
        unsure = [number for number in _numbers(port, subject.ports[index]) if must_say_protocol(number)]
        if port.protocol is None and unsure:
            key = "port" if port.port == unsure[0] else "targetPort"
            findings.add(
                PROTOCOL_NOT_WRITTEN,
                f"port {unsure[0]} of {subject.key} says no protocol, and http would be a guess",
                span=port.span(key),
                field=f"{_field(subject, index)}.{key}",
                hint="add protocol: http, http2, grpc, tcp or tls",
            )


def _numbers(port: Port, resolved: ServicePort) -> tuple[int, ...]:
    target = resolved.target if isinstance(resolved.target, int) else None
    return tuple(number for number in (port.port, target) if number is not None)


def _check_unique(subject: Subject, findings: Findings) -> None:
    numbers: dict[object, Port] = {}
    names: dict[str, Port] = {}
    fronted = {port.target for port in subject.service_ports}
    for index, (written, port) in enumerate(zip(subject.service.ports, subject.ports, strict=True)):
        number = ("container", port.target) if port.number is None else port.number
        first = numbers.setdefault(number, written)
        if first is not written:
            told = port.target if port.number is None else port.number
            _report_twice(subject, index, f"the number {told}", (written, first), findings)
        elif (first := names.setdefault(port.name, written)) is not written:
            _report_twice(subject, index, f"the name {port.name!r}", (written, first), findings)
        if port.number is None and port.target in fronted:
            findings.add(
                FRONTED_CONTAINER_PORT,
                f"container port {port.target} of {subject.key} stands alone, and a Service port fronts it",
                span=written.span("targetPort"),
                field=_field(subject, index),
                hint="take this entry away; the Service port speaks for it",
            )


def _report_twice(
    subject: Subject, index: int, what: str, ports: tuple[Port, Port], findings: Findings
) -> None:
    written, first = ports
    there = first.span()
    findings.add(
        DUPLICATE_PORT,
        f"two ports of {subject.key} have {what}",
        span=written.span(),
        field=_field(subject, index),
        hint="give each port a number and a name of its own",
        related=() if there is None else (("the first one", there),),
    )


def _check_modes(subject: Subject, findings: Findings) -> None:
    mtls = subject.service.mtls
    seen: dict[ServicePort, str] = {}
    for name in {} if mtls is None or mtls.ports is None else mtls.ports:
        assert mtls is not None
        field, span = f"{subject.field}.mtls.ports.{name}", mtls.span("ports", name)
        found = _find(subject, name, field, span, findings)
        for port in () if found is None else (found,):
            if seen.setdefault(port, name) != name:
                findings.add(
                    PORT_MODE_TWICE,
                    f"{field} and {seen[port]!r} are one port",
                    span=span,
                    field=field,
                    hint=f"keep one of {seen[port]} and {name}",
                )


def _find(
    subject: Subject, name: str, field: str, span: Span | None, findings: Findings
) -> ServicePort | None:
    """Find the port that a word means; None once it was reported."""
    found = subject.named(name)
    if len(found) == 1:
        return found[0]
    if found:
        findings.add(
            AMBIGUOUS_PORT,
            f"{field} names {name!r}, which fits {len(found)} ports of {subject.key}",
            span=span,
            field=field,
            hint=f"write one of their names: {', '.join(port.name for port in found)}",
        )
        return None
    known = [word for port in subject.ports for word in port_names(port)]
    findings.add(
        UNKNOWN_PORT,
        f"{field} names the port {name!r}, which {subject.key} does not have",
        span=span,
        field=field,
        hint=near_miss(name, known) or f"its ports are {', '.join(known) or 'none'}",
    )
    return None


def _operations(targets: tuple[To, ...], field: str) -> Iterator[tuple[To | Operation, str]]:
    for index, target in enumerate(targets):
        yield target, f"{field}.to[{index}]"
        for below, excepted in enumerate(target.except_):
            yield excepted, f"{field}.to[{index}].except[{below}]"


def _check_rules(subject: Subject, findings: Findings) -> None:
    for rule, field, is_inherited in subject.rules:
        for operation, path in () if is_inherited else _operations(rule.to, field):
            for index, name in enumerate(operation.ports):
                place = f"{path}.ports[{index}]"
                _find(subject, name, place, operation.span("ports", index), findings)


def _check_wide_rules(scene: Scene, findings: Findings) -> None:
    """A port that none of a document's services has is an error; where one has not, the rule is left out."""
    for intent in scene.intents:
        rules = wide_rules(intent)
        if not any(
            operation.ports for rule, field, _ in rules for operation, _ in _operations(rule.to, field)
        ):
            continue
        known = sorted(
            {name for subject in scene.of(intent) for port in subject.ports for name in port_names(port)}
        )
        for rule, field, _ in rules:
            for operation, path in _operations(rule.to, field):
                _check_wide_ports(operation, path, known, findings)


def _check_wide_ports(operation: To | Operation, field: str, known: list[str], findings: Findings) -> None:
    for index, name in enumerate(operation.ports):
        if name not in known:
            findings.add(
                UNKNOWN_PORT,
                f"{field}.ports[{index}] names the port {name!r}, which no service of the document has",
                span=operation.span("ports", index),
                field=f"{field}.ports[{index}]",
                hint=near_miss(name, known) or f"the ports are {', '.join(known) or 'none'}",
            )


def _check_route(subject: Subject, route: Route, field: str, findings: Findings) -> None:
    for index, match in enumerate(route.match):
        for item, name in enumerate(match.ports):
            place = f"{field}.match[{index}].ports[{item}]"
            _check_route_port(subject, match, (item, name), place, findings)


def _check_route_port(
    subject: Subject, match: Located, port: tuple[int, str], field: str, findings: Findings
) -> None:
    index, name = port
    span = match.span("ports", index)
    found = _find(subject, name, field, span, findings)
    if found is not None and (found.number is None or not found.protocol.is_http):
        why = (
            "no Service port fronts it"
            if found.number is None
            else f"it carries {found.protocol.value} connections"
        )
        numbers = ", ".join(str(port.number) for port in subject.http_ports)
        findings.add(
            NOT_FOR_REQUESTS,
            f"{field} names the port {name!r}, on which no request is routed: {why}",
            span=span,
            field=field,
            hint=f"its ports for requests are {numbers or 'none'}",
        )
