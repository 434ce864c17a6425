"""Faults, CORS and rates: values that can come true on the ports they stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.model import Protocol
from meshgen.intent.policy import RateLimit
from meshgen.intent.rules.subjects import Scene, Subject
from meshgen.intent.traffic import Cors, Fault

FAULT_WITHOUT_PORT = Code(
    number="MG249",
    slug="fault-without-port",
    meaning="An injected status is of a protocol that no port of the service speaks.",
)
CORS_ORIGIN = Code(
    number="MG250", slug="cors-origin", meaning="An origin is written as no browser ever sends it."
)
CORS_ANY_BESIDE_OTHERS = Code(
    number="MG251",
    slug="cors-any-beside-others",
    meaning="'*' allows every origin, and others stand beside it.",
)
CORS_MAX_AGE = Code(
    number="MG252", slug="cors-max-age", meaning="`Access-Control-Max-Age` counts whole seconds."
)
CORS_ANY_WITH_CREDENTIALS = Code(
    number="MG258",
    slug="cors-any-with-credentials",
    meaning="Every site of the world may act with the cookies of whoever visits it.",
    severity=Severity.WARNING,
)
BURST_BELOW_REFILL = Code(
    number="MG259",
    slug="burst-below-refill",
    meaning="A bucket smaller than its refill overflows: fewer requests pass than the limit says.",
    severity=Severity.WARNING,
)

_DEFAULT_PORT = re.compile(r"http://.*:80|https://.*:443")
_HOST = re.compile(
    r"https?://(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:([0-9]+))?"
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG249 to MG252, MG258 and MG259."""
    for subject in scene.subjects.values():
        for fault, field in _faults(subject):
            _check_fault(subject, fault, field, findings)
        for cors, field in _cors(subject):
            _check_cors(cors, field, findings)
        _check_rate(subject, findings)


def _faults(subject: Subject) -> Iterator[tuple[Fault, str]]:
    places = [(subject.service.fault, f"{subject.field}.fault")]
    places += [(route.fault, f"{field}.fault") for route, field in subject.routes()]
    yield from ((fault, field) for fault, field in places if isinstance(fault, Fault))


def _cors(subject: Subject) -> Iterator[tuple[Cors, str]]:
    places = [(subject.service.cors, f"{subject.field}.cors")]
    places += [(route.cors, f"{field}.cors") for route, field in subject.routes()]
    yield from ((cors, field) for cors, field in places if isinstance(cors, Cors))


def _check_fault(subject: Subject, fault: Fault, field: str, findings: Findings) -> None:
    if fault.abort is None or not subject.http_ports:
        return
    has_grpc = any(port.protocol is Protocol.GRPC for port in subject.http_ports)
    has_http = any(port.protocol is not Protocol.GRPC for port in subject.http_ports)
    if fault.abort.status is not None and not has_http:
        key, hint = "status", "write grpcStatus: unavailable, or another gRPC status"
    elif fault.abort.grpc_status is not None and not has_grpc:
        key, hint = "grpcStatus", "write status: 503, or another HTTP status"
    else:
        return
    findings.add(
        FAULT_WITHOUT_PORT,
        f"{field}.abort.{key} is left no port: {subject.key} speaks "
        + ", ".join(sorted({port.protocol.value for port in subject.http_ports})),
        span=fault.abort.span(key),
        field=f"{field}.abort.{key}",
        hint=hint,
    )


def _check_cors(cors: Cors, field: str, findings: Findings) -> None:
    for index, origin in enumerate(cors.allow_origins):
        if (hint := _never_sent(origin)) is not None:
            findings.add(
                CORS_ORIGIN,
                f"{field}.allowOrigins[{index}] is {origin!r}, which no browser sends",
                span=cors.span("allowOrigins", index),
                field=f"{field}.allowOrigins[{index}]",
                hint=hint,
            )
    if "*" in cors.allow_origins:
        _check_any(cors, field, findings)
    if cors.max_age is not None and cors.max_age.ms % 1_000 != 0:
        findings.add(
            CORS_MAX_AGE,
            f"{field}.maxAge is {cors.max_age}, no whole number of seconds",
            span=cors.span("maxAge"),
            field=f"{field}.maxAge",
            hint=f"write maxAge: {max(1, round(cors.max_age.ms / 1_000))}s",
        )


def _check_any(cors: Cors, field: str, findings: Findings) -> None:
    index = cors.allow_origins.index("*")
    if len(cors.allow_origins) > 1:
        findings.add(
            CORS_ANY_BESIDE_OTHERS,
            f"{field}.allowOrigins holds '*', which stands alone",
            span=cors.span("allowOrigins", index),
            field=f"{field}.allowOrigins[{index}]",
            hint="keep '*' alone, or take it away",
        )
    elif cors.allow_credentials:
        findings.add(
            CORS_ANY_WITH_CREDENTIALS,
            f"{field} lets every origin act with the user's cookies",
            span=cors.span("allowCredentials"),
            field=f"{field}.allowCredentials",
            hint="list the origins, or take allowCredentials away",
        )


def _never_sent(origin: str) -> str | None:
    if origin == "*":
        return None
    if _DEFAULT_PORT.fullmatch(origin):
        return f"write {origin.rpartition(':')[0]}; browsers leave the default port out"
    found = _HOST.fullmatch(origin)
    port = None if found is None else found.group(6)
    if found is None or (port is not None and (not 0 < int(port) < 65_536 or port[0] == "0")):
        return (
            "write scheme and host, and a port where it is not the default, such as https://shop.example.com"
        )
    return None


def _check_rate(subject: Subject, findings: Findings) -> None:
    limit = subject.service.rate_limit
    if isinstance(limit, RateLimit) and limit.burst is not None and limit.burst < limit.requests:
        field = f"{subject.field}.rateLimit.burst"
        findings.add(
            BURST_BELOW_REFILL,
            f"{field} is {limit.burst}, and each refill of {limit.requests} overflows it",
            span=limit.span("burst"),
            field=field,
            hint=f"write burst: {limit.requests} or more, or take it away",
        )
