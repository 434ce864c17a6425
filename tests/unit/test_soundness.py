"""What is wrong with definitions that are imported: each thing is told at its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.crd.importer import imported
from meshgen.diagnostics import Findings
from meshgen.inputs import Content
from meshgen.report import Format, report
from meshgen.source import MAX_DEPTH
from tests.unit.definitions import OBJECT, ORIGIN, content, definition

CASES = yaml.safe_load(Path(__file__).with_name("unsound_definitions.yaml").read_text("utf-8"))


def told(text: str) -> str:
    findings = Findings()
    assert imported([Content("f", text.encode())], ORIGIN, findings=findings) is None
    return report(findings, Format.TEXT)


@pytest.mark.parametrize("case", CASES["schemas"], ids=lambda case: case["spec"])
def test_what_is_unusable_in_a_schema_is_told_at_its_place(case: dict[str, str]) -> None:
    assert case["told"] == told(CASES["frame"].replace("SPEC", case["spec"]))


@pytest.mark.parametrize("case", CASES["frames"], ids=lambda case: json.dumps(case["over"]))
def test_what_is_unusable_around_a_schema_is_told(case: dict[str, Any]) -> None:
    whole = definition()
    spec = case["over"].get("spec", {**whole["spec"], **case["over"]})

    assert case["told"] == told(json.dumps({**whole, "spec": spec}))


@pytest.mark.parametrize("case", CASES["texts"], ids=lambda case: case["text"])
def test_what_is_no_definition_is_told(case: dict[str, str]) -> None:
    assert case["told"] == told(case["text"])


def test_a_kind_that_is_defined_twice_is_told_with_both_places() -> None:
    expected = (
        "f:3:1: error[MG506 defined-twice]: Widget of example.com is defined twice\n"
        "  f:1:1: the first one\n"
        "  hint: import one of the two\n"
    )

    assert expected == told(content(definition(), definition()).content.decode())


def test_formats_that_are_not_checked_here_are_named_where_each_stands_first() -> None:
    named = {"type": "string", "format": "hostname"}
    members = {
        "a": {"type": "array", "items": named},
        "b": named,
        "c": {"type": "string", "format": "e-mail"},
    }
    others = {"d": {"type": "string", "format": "date"}, "e": {"type": "integer", "format": "hostname"}}
    schema = {"type": "object", "properties": {**members, **others}}
    findings = Findings()
    remarked = imported([content(definition(schema))], ORIGIN, findings=findings)

    at = "spec.versions[0].schema.openAPIV3Schema.properties"
    assert remarked is not None
    assert [(each.severity.value, str(each.code), each.field, each.message) for each in findings] == [
        (
            "note",
            "MG509 unchecked-format",
            f"{at}.{place}.format",
            f"an API server checks the format {name!r}, and meshgen does not",
        )
        for place, name in (("a.items", "hostname"), ("c", "e-mail"))
    ]


def test_only_the_first_faults_of_a_definition_are_told() -> None:
    members: dict[str, Any] = {f"m{number:03}": {} for number in range(500)}

    lines = told(json.dumps(definition({"type": "object", "properties": members}))).splitlines()

    assert 20 * ["a node of the schema has no 'type'"] == [line.partition("]: ")[2] for line in lines[::2]]


def closed(levels: int) -> dict[str, Any]:
    return dict(OBJECT) if levels == 0 else {"type": "object", "properties": {"a": closed(levels - 1)}}


def restricted(levels: int) -> dict[str, Any]:
    return {} if levels == 0 else {"anyOf": [restricted(levels - 1)]}


@pytest.mark.parametrize("deep", [closed, lambda levels: {"type": "object", **restricted(levels)}])
def test_a_schema_may_be_as_deep_as_the_reader_allows_and_no_deeper(deep: Any) -> None:
    imports, refusals = [], set()
    for levels in range(MAX_DEPTH):
        findings = Findings()
        imports.append(imported([content(definition(deep(levels)))], ORIGIN, findings=findings) is not None)
        refusals |= {(found.code.slug, found.message) for found in findings}

    assert {("too-deep", f"this node is nested more than {MAX_DEPTH} levels deep")} == refusals
    assert [True, False] == list(dict.fromkeys(imports))


BOMB = "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, after in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, BOMB], ids=["brackets", "dashes", "aliases"])
def test_an_import_of_hostile_text_ends_with_a_finding(text: str) -> None:
    findings = Findings()

    assert imported([Content("f", text.encode())], ORIGIN, findings=findings) is None
    assert findings.has_errors
