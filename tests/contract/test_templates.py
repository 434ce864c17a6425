"""Templates shape and plans decide: the lint, and every template under it."""

from __future__ import annotations

from pathlib import Path

import pytest

from meshgen import datafiles
from meshgen.templating.language import Violation, violations

TEMPLATES = sorted(datafiles.templates().rglob("*.j2"))

LINE = "a line is one key, one value, one entry or one tag, each whole"
TRUTH = "a condition is `x is none` or `x is not none`: truth would drop a 0"


def logic(node: str) -> str:
    return f"{node} is logic: the plan should hold the result"


ALLOWED = {
    "literal YAML": 'spec:\n  ports:\n  - port: 80\n    name: "on"\n  - {}\n  rules: [GET, "*"]\n',
    "a value": "name: {{ plan.meta.name }}\n",
    "a key": "{{ plan.key }}:\n  a: 1\n",
    "a key and its value": "- {{ plan.key }}: {{ plan.value }}\n",
    "an entry": "hosts:\n- {{ plan.host }}\n- - {{ plan.port }}\n",
    "a loop": "{% for route in plan.routes %}\n- {{ route }}\n{% endfor %}\n",
    "a loop over pairs": "{% for key, value in plan.pairs %}\n{{ key }}: {{ value }}\n{% endfor %}\n",
    "a condition": "{% if plan.a is none %}\na: 1\n{% elif plan.b is not none %}\na: 2\n{% endif %}\n",
    "the other case": "{% if plan.a is not none %}\na: 1\n{% else %}\na: 2\n{% endif %}\n",
    "an include": '{% include "metadata.yaml.j2" %}\n',
    "a comment alone": "a: 1\n  {# why: \n  {{ plan.x|upper }} #}\nb: 2\n",
    "an empty line": "a: 1\n\nb: 2\n",
}

REFUSED = {
    "a filter": ("a: {{ plan.x|upper }}\n", [logic("Filter"), LINE]),
    "safe": ("a: {{ plan.x|safe }}\n", [logic("Filter"), LINE]),
    "a block under a filter": (
        "{% filter upper %}\na: 1\n{% endfilter %}\n",
        [logic("FilterBlock"), LINE, (3, LINE)],
    ),
    "a sum": ("a: {{ plan.x + 1 }}\n", [logic("Add"), LINE]),
    "a sign": ("a: {{ -plan.x }}\n", [logic("Neg"), LINE]),
    "a comparison": ("a: {{ plan.x == 1 }}\n", [logic("Compare"), LINE]),
    "a concatenation": ("a: {{ plan.x ~ plan.y }}\n", [logic("Concat"), LINE]),
    "a call": ("a: {{ plan.x() }}\n", [logic("Call"), LINE]),
    "a constant": ('a: {{ "x" }}\n', [logic("Const"), LINE]),
    "a list": ("a: {{ [plan.x] }}\n", [logic("List"), LINE]),
    "a pair": ("a: {{ plan.x, plan.y }}\n", [logic("Tuple"), LINE]),
    "a mapping": ("a: {{ {plan.x: plan.y} }}\n", [logic("Dict"), LINE]),
    "a subscript": ("a: {{ plan.x[0] }}\n", [logic("Getitem"), LINE]),
    "a choice": ("a: {{ plan.x if plan.y is none else plan.z }}\n", [logic("CondExpr"), LINE]),
    "a disjunction": ("a: {{ plan.x or plan.y }}\n", [logic("Or"), LINE]),
    "a test as a value": ("a: {{ plan.x is none }}\n", [logic("Test"), LINE]),
    "a call below an attribute": ("a: {{ plan.x().y }}\n", [logic("Call"), LINE]),
    "a set": ("{% set x = plan.y %}\n", [logic("Assign"), LINE]),
    "a block set": ("{% set x %}\na: 1\n{% endset %}\n", [logic("AssignBlock"), LINE, (3, LINE)]),
    "a macro": ("{% macro m() %}\na: 1\n{% endmacro %}\n", [logic("Macro"), LINE, (3, LINE)]),
    "a call block": ("{% call plan.m() %}\na: 1\n{% endcall %}\n", [logic("CallBlock"), LINE, (3, LINE)]),
    "an import": ('{% import "a" as a %}\n', [logic("Import"), LINE]),
    "an import of a name": ('{% from "a" import a %}\n', [logic("FromImport"), LINE]),
    "an inheritance": ('{% extends "a" %}\n', [logic("Extends"), LINE]),
    "a block": ("{% block a %}\na: 1\n{% endblock %}\n", [logic("Block"), LINE, (3, LINE)]),
    "a scope": ("{% with x = plan.y %}\na: 1\n{% endwith %}\n", [logic("With"), LINE, (3, LINE)]),
    "an escape of escaping": (
        "{% autoescape true %}\na: 1\n{% endautoescape %}\n",
        [logic("Scope"), LINE, (3, LINE)],
    ),
    "a loop that filters": ("{% for x in plan.y if x %}\na: 1\n{% endfor %}\n", [logic("For")]),
    "a loop that asks for emptiness": (
        "{% for x in plan.y %}\na: 1\n{% else %}\nb: 1\n{% endfor %}\n",
        [logic("For")],
    ),
    "a loop that recurses": ("{% for x in plan.y recursive %}\na: 1\n{% endfor %}\n", [logic("For")]),
    "a loop over a call": ("{% for x in plan.y() %}\na: 1\n{% endfor %}\n", [logic("Call")]),
    "truth": ("{% if plan.x %}\na: 1\n{% endif %}\n", [TRUTH]),
    "untruth": ("{% if not plan.x %}\na: 1\n{% endif %}\n", [TRUTH]),
    "a condition by comparison": ("{% if plan.x > 0 %}\na: 1\n{% endif %}\n", [TRUTH]),
    "two conditions": ("{% if plan.x is none and plan.y is none %}\na: 1\n{% endif %}\n", [TRUTH]),
    "another test": ("{% if plan.x is defined %}\na: 1\n{% endif %}\n", [TRUTH]),
    "a condition on a result": ("{% if plan.x() is none %}\na: 1\n{% endif %}\n", [logic("Call")]),
    "a condition in elif": (
        "{% if plan.x is none %}\na: 1\n{% elif plan.y %}\na: 2\n{% endif %}\n",
        [(3, TRUTH)],
    ),
    "an include of a choice": ("{% include plan.x %}\n", [logic("Include")]),
    "an include of what may be missing": ('{% include "a" ignore missing %}\n', [logic("Include")]),
    "an include without the plan": ('{% include "a" without context %}\n', [logic("Include")]),
    "a name from elsewhere": ("a: {{ intent.x }}\n", ["'intent' is neither the plan nor a name of a loop"]),
    "the state of a loop": (
        "{% for x in plan.y %}\na: {{ loop.index }}\n{% endfor %}\n",
        [(2, "'loop' is neither the plan nor a name of a loop")],
    ),
    "a name of a loop that is over": (
        "{% for x in plan.y %}\na: {{ x }}\n{% endfor %}\nb: {{ x }}\n",
        [(4, "'x' is neither the plan nor a name of a loop")],
    ),
    "a tag that is not Jinja's": ("{% do plan.x() %}\n", ["not a template: Encountered unknown tag 'do'."]),
    "a prefix": ("a: v{{ plan.x }}\n", [LINE]),
    "a suffix": ("a: {{ plan.x }}s\n", [LINE]),
    "two values": ("a: {{ plan.x }} {{ plan.y }}\n", [LINE]),
    "a part of a key": ("a-{{ plan.x }}: 1\n", [LINE]),
    "a value inside quotes": ('a: "{{ plan.x }}"\n', [LINE]),
    "a value inside single quotes": ("a: '{{ plan.x }}'\n", [LINE]),
    "a value inside a flow list": ("a: [{{ plan.x }}]\n", [LINE]),
    "a value inside a flow mapping": ("a: { b: {{ plan.x }} }\n", [LINE]),
    "a value without an entry": ("a:\n  {{ plan.x }}\n", [(2, LINE)]),
    "a value inside a block scalar": ("a: |\n  b: {{ plan.x }}\n", [LINE]),
    "a value inside a folded scalar": ("a: >-\n  b: {{ plan.x }}\n", [LINE]),
    "a value over two lines": ('a: "b\n  {{ plan.x }}"\n', [LINE, (2, LINE)]),
    "a value in a YAML comment": ("# {{ plan.x }}\n", [LINE]),
    "a tag inside a line": ("a: {% if plan.x is none %}1{% endif %}\n", [LINE]),
    "two tags on a line": ("{% for x in plan.y %}- {{ x }}{% endfor %}\n", [LINE]),
    "a tag that takes the line before": ("a:\n{%- if plan.x is none %}\n- b\n{% endif %}\n", [(2, LINE)]),
    "a value that takes the line before": ("a:\n{{- plan.x }}\n", [(2, LINE)]),
    "raw text": ("{% raw %}\na: {{ plan.x }}\n{% endraw %}\n", [LINE, (3, LINE)]),
    "a comment beside YAML": ("a: 1 {# why #}\n", [LINE]),
    "a second document": ("a: 1\n---\na: 2\n", [(2, LINE)]),
    "an open last line": ("a: 1", ["the last line has no end: what follows an include would join it"]),
}


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED)
def test_shape_is_allowed(source: str) -> None:
    assert violations(source) == []


@pytest.mark.parametrize(("source", "expected"), REFUSED.values(), ids=REFUSED)
def test_logic_is_refused(source: str, expected: list[str | tuple[int, str]]) -> None:
    found = violations(source)

    assert found == [Violation(1, each) if isinstance(each, str) else Violation(*each) for each in expected]


@pytest.mark.parametrize(
    "template", TEMPLATES, ids=lambda path: path.relative_to(datafiles.templates()).as_posix()
)
def test_every_template_only_shapes(template: Path) -> None:
    assert violations(template.read_text(encoding="utf-8")) == []
