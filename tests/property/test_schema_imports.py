"""A definition that is changed anywhere is imported whole, or told about and left."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from meshgen.crd.importer import imported
from meshgen.diagnostics import Findings
from tests.unit.definitions import ORIGIN, content, definition

WIDGET = definition(
    {
        "type": "object",
        "required": ["spec"],
        "properties": {
            "metadata": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 9}}},
            "spec": {
                "type": "object",
                "oneOf": [{"not": {"required": ["size"]}}, {"required": ["size"]}],
                "properties": {
                    "size": {
                        "x-kubernetes-int-or-string": True,
                        "anyOf": [{"type": "integer"}, {"type": "string"}],
                    },
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": {
                            "type": "object",
                            "required": ["name"],
                            "properties": {"name": {"type": "string", "pattern": "^[a-z]+$", "default": "a"}},
                        },
                    },
                    "labels": {
                        "type": "object",
                        "nullable": True,
                        "additionalProperties": {"type": "string"},
                    },
                    "anything": {"x-kubernetes-preserve-unknown-fields": True},
                    "share": {"type": "number", "minimum": 0, "exclusiveMinimum": True, "format": "float"},
                },
                "x-kubernetes-validations": [{"rule": "has(self.size)", "message": "no size"}],
            },
        },
    }
)
KEYWORDS = (
    *(
        "$ref",
        "additionalProperties",
        "allOf",
        "anyOf",
        "default",
        "enum",
        "exclusiveMinimum",
        "format",
        "items",
    ),
    *("minimum", "not", "nullable", "oneOf", "pattern", "properties", "required", "type", "unheard-of"),
    *("x-kubernetes-embedded-resource", "x-kubernetes-int-or-string", "x-kubernetes-list-type"),
)
VALUES: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 10**40, 1.5, "", "x", "object", "(?=a)", [], ["a"], [[]], [{}], {}, {"a": {}}]
)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield each mapping or list below a value with one of its keys or indexes."""
    match value:
        case dict():
            members = list(value.items())
        case list():
            members = list(enumerate(value))
        case _:
            members = []
    for key, member in members:
        yield value, key
        yield from places(member)


@given(st.data())
def test_a_changed_definition_is_imported_whole_or_told_about(data: st.DataObject) -> None:
    changed = copy.deepcopy(WIDGET)
    for _ in range(data.draw(st.integers(1, 3))):
        parent, key = data.draw(st.sampled_from(list(places(changed))))
        if isinstance(parent, dict) and data.draw(st.booleans()):
            key = data.draw(st.sampled_from(KEYWORDS))
        parent[key] = copy.deepcopy(data.draw(VALUES))
    findings = Findings()

    found = imported([content(changed)], ORIGIN, findings=findings)

    assert (found is None) == findings.has_errors
    assert all(each.span is not None for each in findings)
