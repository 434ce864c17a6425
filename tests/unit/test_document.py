"""The shape of an intent: every kind of value, what is said of a wrong one, and where."""

from __future__ import annotations

import textwrap

import pytest

from meshgen.api import read_intents
from meshgen.inputs import Content
from meshgen.intent.features import Ambient, Written
from meshgen.intent.model import Service
from meshgen.values import Duration, Percent

HEAD = (
    "{apiVersion: meshgen.dev/v1alpha1, kind: MeshIntent, metadata: {name: a, namespace: b}, "
    "spec: {services: {web: "
)


def read(service: str) -> tuple[Service | None, list[tuple[int, int, str, str, str | None]]]:
    """Read one service in flow style; columns count from the service's own text."""
    reading = read_intents([Content("f", f"{HEAD}{service}}}}}}}".encode())])
    told = [
        (found.span.line, found.span.column - len(HEAD), found.code.number, found.message, found.hint)
        for found in reading.findings
        if found.span is not None
    ]
    services = reading.written[0].spec.services if reading.written else None
    return (services["web"] if services else None), told


def test_a_service_is_read_into_values_with_units() -> None:
    service, told = read(
        "{port: 80, timeout: 1m30s, retries: none, circuitBreaker: ambient, split: {a: 0.5, b: 99.5}}"
    )

    assert told == []
    assert service is not None
    assert service.timeout == Duration(90_000)
    assert service.retries is Written.NONE
    assert service.circuit_breaker is Ambient.AMBIENT
    assert service.split == {"a": Percent(50), "b": Percent(9_950)}


def test_a_service_may_be_empty() -> None:
    assert read("{}") == (Service(), [])


@pytest.mark.parametrize("spelling", ["[client]", "[{service: client}]"])
def test_a_bare_string_is_short_for_a_service(spelling: str) -> None:
    service, told = read(f"{{port: 80, callers: {spelling}}}")

    assert told == []
    assert service is not None
    assert service.callers[0].service == "client"


WRONG = [
    ("{prot: 80}", 2, "MG120", "unknown key 'prot'", "did you mean 'port'?"),
    ("{port: http}", 8, "MG121", "'port' is 'http', not a port number", None),
    ("{port: '80'}", 8, "MG121", "'port' is the string \"80\", not a port number", "write 80 without quotes"),
    ("{port: 080}", 8, "MG121", "'port' is '080', not a port number", None),
    ("{port: 1_000}", 8, "MG121", "'port' is '1_000', not a port number", None),
    ("{port: 0}", 8, "MG122", "'port': 0 is not a port number: 1 to 65535", None),
    ("{port: -1}", 8, "MG122", "'port': -1 is not a port number: 1 to 65535", None),
    ("{port: 65536}", 8, "MG122", "'port': 65536 is not a port number: 1 to 65535", None),
    ("{port: [80]}", 8, "MG121", "'port' is a list, not a port number", None),
    ("{port: {a: 80}}", 8, "MG121", "'port' is a mapping, not a port number", None),
    ("{port: null}", 8, "MG125", "'port' is null", "leave the key out, or write a value"),
    ("{port: ~}", 8, "MG125", "'port' is null", "leave the key out, or write a value"),
    ("{port: 80, callers: []}", 21, "MG125", "'callers' is an empty list", "leave the key out"),
    ("{port: 80, mtls: {}}", 18, "MG125", "'mtls' is an empty mapping", "leave the key out"),
    ("{port: 80, split: {}}", 19, "MG125", "'split' is an empty mapping", "leave the key out"),
    (
        "{port: 80, timeout: 5 s}",
        21,
        "MG122",
        "'timeout': '5 s' is not a duration such as 500ms, 1.5s or 1m30s",
        None,
    ),
    (
        "{port: 80, timeout: {}}",
        21,
        "MG121",
        "'timeout' is a mapping, not a duration such as 500ms, 1.5s or 1m30s",
        None,
    ),
    (
        "{port: 80, retries: non}",
        21,
        "MG122",
        "'retries': 'non' is not a mapping or one of none, ambient",
        "did you mean 'none'?",
    ),
    (
        "{port: 80, protocol: HTTP}",
        22,
        "MG122",
        "'protocol': 'HTTP' is not one of http, http2, grpc, tcp, tls",
        "did you mean 'http'?",
    ),
    ("{port: 80, headless: false}", 22, "MG122", "'headless' is 'false', not true", "leave the key out"),
    ("{port: 80, headless: yes}", 22, "MG122", "'headless' is 'yes', not true", "write true"),
    (
        "{port: 80, serviceAccount: no}",
        28,
        "MG126",
        "no is a boolean to YAML 1.1 readers, text to others",
        'write "no" in quotes',
    ),
    (
        "{port: 80, versions: {on: {}}}",
        23,
        "MG126",
        "on is a boolean to YAML 1.1 readers, text to others",
        'write "on" in quotes',
    ),
    (
        "{port: 80, podsOf: A}",
        20,
        "MG122",
        "'podsOf': 'A' is not a DNS label (lower-case letters, digits and '-')",
        "write it like reviews",
    ),
    (
        "{port: 80, ports: [{port: 81}]}",
        12,
        "MG124",
        "'ports' cannot stand beside 'port'",
        "keep one of ports, port",
    ),
    (
        "{port: 80, routes: [{name: a, match: [{paths: [{exact: /a, prefix: /b}]}]}]}",
        60,
        "MG124",
        "'prefix' cannot stand beside 'exact'",
        "keep one of exact, prefix, regex",
    ),
    (
        "{port: 80, fault: {abort: {status: 503}}}",
        27,
        "MG123",
        "'abort' has no 'percent': share of requests that are aborted",
        None,
    ),
    (
        "{port: 80, mirror: {percent: 5}}",
        20,
        "MG123",
        "'mirror' has none of version, service",
        "write one of them",
    ),
    (
        "{port: 80, split: {a: '80'}}",
        23,
        "MG121",
        "'a' is the string \"80\", not a percentage from 0 to 100 with at most two decimals",
        None,
    ),
    ("{port: 80, split: {a: 0.125}}", 23, "MG122", "'a': '0.125' has more than two decimals", None),
    (
        "{port: 80, retries: {attempts: 1, retryOn: [399]}}",
        45,
        "MG122",
        "spec.services.web.retries.retryOn[0]: 399 is not a status: 400 to 599",
        None,
    ),
]


@pytest.mark.parametrize(("service", "column", "code", "message", "hint"), WRONG)
def test_a_wrong_value_is_one_finding_at_its_place(
    service: str, column: int, code: str, message: str, hint: str | None
) -> None:
    _, told = read(service)

    assert told == [(1, column, code, message, hint)]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = textwrap.dedent(
        """\
        apiVersion: meshgen.dev/v1alpha1
        kind: MeshIntent
        metadata: {name: a, namespace: B}
        spec:
          mtls: {mode: Strict}
          services:
            web: {port: 0, timeout: 5 s}
            api: {prot: 80}
        """
    )

    reading = read_intents([Content("f", text.encode())])

    told = [(found.span.line, found.code.number, found.field) for found in reading.findings if found.span]
    assert told == [
        (3, "MG122", "metadata.namespace"),
        (5, "MG122", "spec.mtls.mode"),
        (7, "MG122", "spec.services.web.port"),
        (7, "MG122", "spec.services.web.timeout"),
        (8, "MG120", "spec.services.api.prot"),
    ]
    assert reading.written == ()
