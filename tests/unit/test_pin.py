"""Pinned defaults: `none` where nothing is written, and nowhere else."""

from __future__ import annotations

import pytest

from meshgen.api import read_intents
from meshgen.inputs import Content
from meshgen.intent.dump import dump

HEAD = "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: case, namespace: shop}\nspec:"
PINS = ("timeout", "retries", "outlierDetection")
NONE = dict.fromkeys(PINS, "none")


def pins(service: str, *, spec: str = "", others: str = "") -> dict[str, object]:
    """Read one service with pinned defaults, and give what it then says of what can be pinned."""
    text = f"{HEAD}\n{spec}  services:\n    web: {service}\n{others}"
    reading = read_intents([Content("intent.yaml", text.encode())], is_pinned=True)
    assert [found.message for found in reading.findings] == []
    (intent,) = reading.intents
    written = dump((intent.spec.services or {})["web"])
    assert isinstance(written, dict)
    return {name: written[name] for name in PINS if name in written}


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param("{port: 80}", NONE, id="nothing written"),
        pytest.param("{port: 80, timeout: 5s}", {**NONE, "timeout": "5s"}, id="one written"),
        pytest.param("{port: 80, timeout: none}", NONE, id="none written"),
        pytest.param(
            "{port: 80, timeout: ambient, outlierDetection: ambient}", {"retries": "none"}, id="ambient"
        ),
        pytest.param("{port: 80, protocol: tcp}", {"outlierDetection": "none"}, id="connections"),
        pytest.param("{port: 80, headless: true}", {"outlierDetection": "none"}, id="headless"),
        pytest.param("{ports: [{port: 80, protocol: tcp}, {port: 81}]}", NONE, id="requests and connections"),
        pytest.param("{ports: [{targetPort: 9090}]}", {}, id="no Service port"),
        pytest.param("{}", {}, id="only calls"),
    ],
)
def test_what_is_not_written_is_pinned(service: str, expected: dict[str, object]) -> None:
    assert expected == pins(service)


def test_what_the_document_writes_for_all_is_written() -> None:
    assert {**NONE, "timeout": "5s"} == pins("{port: 80}", spec="  defaults: {timeout: 5s}\n")


def test_ambient_sets_aside_what_the_document_writes_and_is_not_pinned() -> None:
    expected = {"retries": "none", "outlierDetection": "none"}

    assert expected == pins("{port: 80, timeout: ambient}", spec="  defaults: {timeout: 5s}\n")


def test_the_ports_that_a_service_document_shows_decide() -> None:
    shown = (
        "---\napiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n"
        "spec: {selector: {app: web}, ports: [{port: 80, appProtocol: tcp}]}\n"
    )

    assert {"outlierDetection": "none"} == pins("{port: 80}", others=shown)
