"""Closed ports against what Services and workloads show: load balancers and probes."""

from __future__ import annotations

import pytest

from meshgen.api import read_intents
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.intent.exposure import check_exposure
from meshgen.intent.resolve import resolve

INTENT = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata: {name: a, namespace: shop}
spec:
  selectorLabel: app
  services:
    web: {port: 80, %s}
"""
SERVICE = """\
kind: Service
apiVersion: v1
metadata: {name: web}
spec: {type: %s, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
"""
PODS = """\
kind: Deployment
apiVersion: apps/v1
metadata: {name: web-pods}
spec:
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - ports: [{containerPort: 8080, name: http}]
        %s
"""


def told(
    service: str, *, type: str = "ClusterIP", probe: str = "image: web"
) -> list[tuple[str, str, str | None]]:
    reading = read_intents(
        [
            Content("intent", (INTENT % service).encode()),
            Content("service", (SERVICE % type).encode()),
            Content("pods", (PODS % probe).encode()),
        ]
    )
    assert reading.findings == ()
    findings = Findings()
    check_exposure(resolve(reading.intents, callers={}, shown=reading.shown), findings)
    return [(f"{found.span} {found.code.number}", found.message, found.hint) for found in findings]


@pytest.mark.parametrize("type", ["LoadBalancer", "NodePort"])
def test_a_strict_port_that_is_open_to_the_world_is_a_warning(type: str) -> None:
    expected = (
        "intent:7:27 MG283",
        f"the Service shop/web is a {type}, and port 80 takes mTLS alone",
        "callers outside the mesh are refused: let them enter by a gateway, or write permissive",
    )

    assert told("mtls: {mode: strict}", type=type) == [expected]


@pytest.mark.parametrize(
    ("service", "type"),
    [
        ("mtls: {mode: strict}", "ClusterIP"),
        ("mtls: {mode: permissive}", "LoadBalancer"),
        ("mtls: {mode: strict, ports: {80: permissive}}", "LoadBalancer"),
    ],
)
def test_a_port_that_is_not_both_strict_and_open_is_silent(service: str, type: str) -> None:
    assert told(service, type=type) == []


LIVE = "livenessProbe: {httpGet: {path: /live, port: http}}"


@pytest.mark.parametrize("closing", ["mtls: {mode: strict}", "authorization: {default: deny}"])
@pytest.mark.parametrize(
    ("probe", "port", "entry"),
    [
        (LIVE, "http", "path: /live, port: http"),
        ("readinessProbe: {tcpSocket: {port: 8080}}", "8080", "tcp: true, port: 8080"),
        ("startupProbe: {grpc: {port: 8080}}", "8080", "grpc: true, port: 8080"),
    ],
)
def test_a_probe_that_a_closed_port_shuts_out_is_a_warning(
    closing: str, probe: str, port: str, entry: str
) -> None:
    expected = (
        "intent:7:10 MG284",
        f"the Deployment web-pods has a probe on port {port} of web, which is closed",
        f"add it to probes: [{{{entry}}}]",
    )

    assert told(closing, probe=probe) == [expected]


@pytest.mark.parametrize(
    "service",
    [
        "mtls: {mode: permissive}",
        "mtls: {mode: strict}, probes: [{path: /live, port: http}]",
        "mtls: {mode: strict}, probes: [{path: /live, port: 8080}]",
        "mtls: {mode: strict}, probes: [{path: /live}]",
    ],
)
def test_a_probe_on_an_open_port_or_named_in_the_intent_is_silent(service: str) -> None:
    assert told(service, probe=LIVE) == []


def test_a_probe_s_port_is_one_that_a_container_has() -> None:
    expected = (
        "intent:7:50 MG285",
        "no container behind web has the port 9090",
        "its container ports are 8080, http",
    )

    assert told("probes: [{path: /live, port: 9090}]") == [expected]
