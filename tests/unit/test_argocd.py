"""What Argo CD says in the environment, and what it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meshgen.argocd import PARAMETERS, Request, announcement, read_request, unserved
from meshgen.diagnostics import Findings, Severity
from meshgen.manifest import Manifest

NAMES = "mesh, set, intents, partial, pin-defaults, fail-on"
WHOLE = Request(
    mesh="prod",
    settings=("version=1.29", "holds=a,b"),
    paths=("intents", "app"),
    is_partial=True,
    is_pinned=True,
    fail_on=Severity.NOTE,
)
SENT = [
    {"name": "mesh", "string": "prod"},
    {"name": "set", "array": ["version=1.29", " holds=a,b "]},
    {"name": "intents", "array": ["intents", "", "app"]},
    {"name": "partial", "string": "true"},
    {"name": "pin-defaults", "string": "true"},
    {"name": "fail-on", "string": "note"},
]
VARIABLES = {
    "PARAM_MESH": "prod",
    "PARAM_SET_0": "version=1.29",
    "PARAM_SET_1": "holds=a,b",
    "PARAM_INTENTS_0": "intents",
    "PARAM_INTENTS_1": "app",
    "PARAM_PARTIAL": "true",
    "PARAM_PIN_DEFAULTS": "true",
    "PARAM_FAIL_ON": "note",
}
OWN = {
    "ARGOCD_ENV_MESH": "prod",
    "ARGOCD_ENV_SET": "version=1.29\n\nholds=a,b\n",
    "ARGOCD_ENV_INTENTS": "intents\napp",
    "ARGOCD_ENV_PARTIAL": "true",
    "ARGOCD_ENV_PIN_DEFAULTS": "true",
    "ARGOCD_ENV_FAIL_ON": "note",
}


def _read(environment: dict[str, str]) -> tuple[Request, list[str]]:
    findings = Findings()
    request = read_request(environment, findings=findings)
    return request, [f"{found.message} ({found.hint})" for found in findings]


@pytest.mark.parametrize(
    "environment",
    [{"ARGOCD_APP_PARAMETERS": json.dumps(SENT)}, VARIABLES, OWN],
    ids=["as JSON", "as variables", "as the user's own variables"],
)
def test_a_request_is_the_same_however_it_is_sent(environment: dict[str, str]) -> None:
    assert (WHOLE, []) == _read(environment)


def test_parameters_come_before_variables_of_the_user() -> None:
    environment = {"ARGOCD_APP_PARAMETERS": '[{"name": "mesh", "string": "a"}]', "ARGOCD_ENV_MESH": "b"}

    assert (Request(mesh="a"), []) == _read(environment)


@pytest.mark.parametrize("sent", ["", "[]", '[{"name": "mesh", "string": ""}, {"name": "set", "array": []}]'])
def test_what_is_not_sent_or_empty_is_the_default(sent: str) -> None:
    assert (Request(), []) == _read({"ARGOCD_APP_PARAMETERS": sent})


def test_what_is_announced_is_what_holds_where_nothing_is_sent() -> None:
    announced: list[Any] = announcement(())
    defaults = [
        {key: value for key, value in each.items() if key in ("name", "string", "array")}
        for each in announced
    ]

    assert (Request(), []) == _read({"ARGOCD_APP_PARAMETERS": json.dumps(defaults)})
    assert [parameter.name for parameter in PARAMETERS] == [each["name"] for each in defaults]


@pytest.mark.parametrize("profiles", [("prod",), ("prod", "test"), ()])
def test_the_only_profile_is_announced_as_the_mesh(profiles: tuple[str, ...]) -> None:
    mesh: Any = announcement(profiles)[0]

    assert ("prod" if len(profiles) == 1 else "", len(profiles) != 1) == (mesh["string"], mesh["required"])


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ("{", "ARGOCD_APP_PARAMETERS is no list of parameters: '{' (None)"),
        ("[" * 100_000, f"ARGOCD_APP_PARAMETERS is no list of parameters: {'[' * 40!r} (None)"),
        ('{"name": "mesh"}', """ARGOCD_APP_PARAMETERS is no list of parameters: '{"name": "mesh"}' (None)"""),
        ("[1]", "a parameter has no name (None)"),
        ('[{"string": "x"}]', "a parameter has no name (None)"),
        ('[{"name": "mesh", "array": ["x"]}]', "the parameter 'mesh' is not a string (None)"),
        ('[{"name": "mesh", "string": null}]', "the parameter 'mesh' is not a string (None)"),
        ('[{"name": "set", "string": "x"}]', "the parameter 'set' is not an array (None)"),
        ('[{"name": "set", "array": [1]}]', "the parameter 'set' is not an array (None)"),
        ('[{"name": "sets", "array": []}]', "there is no parameter 'sets' (did you mean 'set'?)"),
        (
            '[{"name": "qqq"}]',
            f"there is no parameter 'qqq' (the parameters are {NAMES})",
        ),
        (
            '[{"name": "partial", "string": "yes"}]',
            "the parameter 'partial' is 'yes', not one of true, false (None)",
        ),
        *(
            (
                f'[{{"name": "intents", "array": ["a{escaped}b"]}}]',
                f"the parameter 'intents' holds what is no character of a text: {shown!r} (None)",
            )
            for escaped, shown in ((r"\u0000", "a\0b"), (r"\ud800", "a\ud800b"))
        ),
        (
            '[{"name": "fail-on", "string": "warn"}]',
            "the parameter 'fail-on' is 'warn', not one of error, warning, note (did you mean 'warning'?)",
        ),
    ],
)
def test_what_is_not_as_it_was_announced_is_told(sent: str, told: str) -> None:
    assert (Request(), [told]) == _read({"ARGOCD_APP_PARAMETERS": sent})


def _manifest(kind: str, name: str) -> Manifest:
    return Manifest(api_version="a.io/v1", kind=kind, namespace="shop", name=name, text="")


@pytest.mark.parametrize(
    ("served", "told"),
    [
        (None, []),
        ("", []),
        ("a.io/v1,a.io/v1/Route,a.io/v1/Policy", []),
        ("a.io/v1,a.io/v1/Route", ["Policy shop/c: the cluster serves no Policy of a.io/v1"]),
        (
            "v1, v1/Service",
            [
                "Route shop/a: the cluster serves no Route of a.io/v1",
                "Policy shop/c: the cluster serves no Policy of a.io/v1",
            ],
        ),
    ],
)
def test_each_kind_that_the_cluster_lacks_is_told_once(served: str | None, told: list[str]) -> None:
    manifests = [_manifest("Route", "a"), _manifest("Route", "b"), _manifest("Policy", "c")]
    environment = {} if served is None else {"KUBE_API_VERSIONS": served}

    assert told == [found.message for found in unserved(manifests, environment)]
