"""A real API server answers each rule of the shipped schemas as we do, for the values of `cel.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.judges.apiserver import serving
from tests.conformance.judges.verdict import Manifest
from tests.conformance.test_cel_rules import PAIRS, stated

GROUP = "rules.test"
# what a rule sees, and bounds of its cost; any other demand would hide its answer
KEPT = ("format", "maxItems", "maxLength", "maxProperties")


@pytest.mark.long
def test_a_real_api_server_answers_each_rule_as_we_do(tmp_path: Path) -> None:
    pairs = [(name, is_kept) for name in PAIRS for is_kept in (True, False)]
    manifests = [trial(name, PAIRS[name]["holds" if is_kept else "breaks"]) for name, is_kept in pairs]
    with serving(map(definition, PAIRS), tmp_path) as server:
        verdicts = server.judge(manifests)
    answers = zip(pairs, verdicts, strict=True)

    assert [
        (name, is_kept, verdict.causes)
        for (name, is_kept), verdict in answers
        if verdict.is_accepted != is_kept
    ] == []


def trial(name: str, value: Any) -> Manifest:
    """Write an object that is nothing but a value for a rule."""
    kind, api_version = f"Rule{name}", f"{GROUP}/v1"
    said = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "trial"}, "spec": value}
    return Manifest(text=json.dumps(said), api_version=api_version, kind=kind)


def definition(name: str) -> dict[str, Any]:
    """Define a kind of which one rule is all that is asked."""
    text, schema = stated()[name]
    (rule,) = [each for each in schema["x-kubernetes-validations"] if each["rule"] == text]
    spec = {**shape(schema), "x-kubernetes-validations": [rule]}
    plural, kind = f"rule{name}s", f"Rule{name}"
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}},
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": plural, "kind": kind, "listKind": f"{kind}List"},
            "versions": [version],
        },
    }


def shape(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Keep of a schema what a rule sees, as a definition says it."""
    kept = {keyword: schema[keyword] for keyword in KEPT if keyword in schema}
    types = [schema["type"]] if isinstance(schema.get("type"), str) else [*schema.get("type", ())]
    if "null" in types:
        kept["nullable"] = True
        types.remove("null")
    if len(types) > 1:
        kept["x-kubernetes-int-or-string"] = True
    elif types:
        kept["type"] = types[0]
    if "items" in schema:
        kept["items"] = shape(schema["items"])
    of_any_name = schema.get("additionalProperties", types == ["object"])
    if "properties" in schema:
        kept["properties"] = {name: shape(below) for name, below in schema["properties"].items()}
    elif isinstance(of_any_name, Mapping):
        kept["additionalProperties"] = shape(of_any_name)
    elif of_any_name:
        kept["x-kubernetes-preserve-unknown-fields"] = True
    return kept
