"""How the rules of an intent fit into what one policy of Istio may hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshgen.api import read_intents, render
from meshgen.backend import backend
from meshgen.inputs import Content
from meshgen.rendering import Rendering

ISTIO = backend("istio")


def rendered(rules: list[dict[str, Any]]) -> Rendering:
    cart = {"port": 80, "mtls": {"mode": "strict"}, "authorization": {"default": "deny", "rules": rules}}
    spec = {"selectorLabel": "app", "accounts": "named", "services": {"cart": cart}}
    intent = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "shop", "namespace": "shop"},
        "spec": spec,
    }
    reading = read_intents([Content("intent.yaml", json.dumps(intent).encode())])
    return render(reading, ISTIO, ISTIO.profiles[0])


def sources(rendering: Rendering) -> list[str]:
    return [line.strip() for line in rendering.manifests[-1].text.splitlines() if "serviceAccounts" in line]


@pytest.mark.parametrize(("count", "expected"), [(1, [1]), (16, [16]), (17, [16, 1]), (40, [16, 16, 8])])
def test_a_source_holds_sixteen_accounts_at_most(count: int, expected: list[int]) -> None:
    names = [f"jobs/a{index:02}" for index in range(count)]

    rendering = rendered([{"name": "in", "from": [{"serviceAccount": name} for name in names]}])

    left = iter(names)
    lists = [", ".join(next(left) for _ in range(size)) for size in expected]
    assert sources(rendering) == [f"serviceAccounts: [{names}]" for names in lists]


def excepting(count: int) -> dict[str, Any]:
    """Make a rule whose exceptions multiply to 2 ** count."""
    excepts = [{"methods": ["GET"], "paths": [{"exact": f"/{index}"}]} for index in range(count)]
    return {"name": "in", "from": [{"namespace": "jobs"}], "to": [{"except": excepts}]}


def told(rendering: Rendering) -> list[str]:
    return [finding.message for finding in rendering.findings if finding.code.number == "MG323"]


def test_exceptions_that_multiply_to_what_a_policy_holds_are_written() -> None:
    assert told(rendered([excepting(9)])) == []


def test_exceptions_that_multiply_beyond_a_policy_are_refused() -> None:
    assert told(rendered([excepting(10)])) == ["the allow rules of cart are 1024, over 512"]


def test_exceptions_beyond_counting_are_refused_at_once() -> None:
    assert told(rendered([excepting(40)])) == [f"the allow rules of cart are {2**40}, over 512"]
