"""gRPC: what a call cannot have, on services whose requests are all calls."""

from __future__ import annotations

import re

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.features import Written
from meshgen.intent.match import Match, Method, PathExact, PathMatch, PathPrefix, PathRegex
from meshgen.intent.model import Protocol
from meshgen.intent.policy import LoadBalancing
from meshgen.intent.resolved import ServicePort
from meshgen.intent.rules.requests import Conditions, conditions
from meshgen.intent.rules.subjects import Scene, Subject

NOT_OF_A_CALL = Code(
    number="MG247",
    slug="not-of-a-grpc-call",
    meaning="A condition asks for what no gRPC call has, on ports that carry nothing else.",
)
NOT_FOR_CALLS = Code(
    number="MG248",
    slug="not-for-grpc-calls",
    meaning="An action of browsers or web servers stands where every request is a gRPC call.",
)

# grpc/grpc doc/PROTOCOL-HTTP2.md: Path is "/" Service-Name "/" method name; both are identifiers of protobuf.
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_METHOD = re.compile(rf"/{_NAME}(\.{_NAME})*/{_NAME}")
_SERVICE = re.compile(rf"/{_NAME}(\.{_NAME})*")


def check(scene: Scene, findings: Findings) -> None:
    """Report MG247 and MG248."""
    for subject in scene.subjects.values():
        if any(port.protocol is Protocol.GRPC for port in subject.http_ports):
            for found in (found for found in conditions(subject) if _is_all_grpc(found.ports)):
                _check_condition(found, findings)
            _check_actions(subject, findings)


def _is_all_grpc(ports: tuple[ServicePort, ...]) -> bool:
    return bool(ports) and all(port.protocol is Protocol.GRPC for port in ports)


def _check_condition(found: Conditions, findings: Findings) -> None:
    match = found.match
    for index, method in enumerate(match.methods):
        if method is not Method.POST:
            _report_condition(
                found, ("methods", index), f"the method {method.value}", "POST is implied", findings
            )
    for index, path in enumerate(match.paths):
        if not _is_of_a_call(path):
            hint = "calls are known by exact: /package.Service/Method or prefix: /package.Service"
            _report_condition(found, ("paths", index), f"the path {_text(path)!r}", hint, findings)
    if isinstance(match, Match) and match.query_params is not None:
        _report_condition(found, ("queryParams",), "a query", "tell calls apart by path or header", findings)


def _report_condition(
    found: Conditions, path: tuple[str | int, ...], what: str, hint: str, findings: Findings
) -> None:
    field = found.field + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    findings.add(
        NOT_OF_A_CALL,
        f"{field} asks for {what}, which no gRPC call has",
        span=found.match.span(*path),
        field=field,
        hint=hint,
    )


def _is_of_a_call(path: PathMatch) -> bool:
    match path:
        case PathExact(exact=text):
            return _METHOD.fullmatch(text) is not None
        case PathPrefix(prefix=text):
            return _SERVICE.fullmatch(text) is not None
        case PathRegex():
            return False


def _text(path: PathMatch) -> str:
    match path:
        case PathExact(exact=text) | PathPrefix(prefix=text) | PathRegex(regex=text):
            return text


def _check_actions(subject: Subject, findings: Findings) -> None:
    if not _is_all_grpc(subject.http_ports):
        return
    service = subject.service
    if service.cors is not None and service.cors is not Written.NONE:
        _report_action(subject.field, "cors", service.span("cors"), findings)
    for route, field in subject.routes():
        for key in ("redirect", "rewrite", "cors"):
            if getattr(route, key) not in (None, Written.NONE):
                _report_action(field, key, route.span(key), findings)
    balancing = service.load_balancing
    hash_on = balancing.hash_on if isinstance(balancing, LoadBalancing) else None
    if hash_on is not None and hash_on.query_param is not None:
        field = f"{subject.field}.loadBalancing.hashOn"
        _report_action(field, "queryParam", hash_on.span("queryParam"), findings)


def _report_action(field: str, key: str, span: Span | None, findings: Findings) -> None:
    findings.add(
        NOT_FOR_CALLS,
        f"{field}.{key} has no meaning: every request of the service is a gRPC call",
        span=span,
        field=f"{field}.{key}",
        hint=f"take {key} away, or write protocol: http on the port that carries other requests",
    )
