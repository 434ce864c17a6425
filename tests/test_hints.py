"""Hints heal: what a hint says to write, to add or to take away is done by machine, and the finding is gone.

A hint that begins with `write KEY: VALUE`, `write VALUE`, `add KEY: VALUE`, `add VALUE`, `take ... away` or
`did you mean` is an instruction about the field of its finding; every other one is advice, which the
section `heals` of its case follows by hand.
"""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from ruamel.yaml import YAML

from meshgen.diagnostics import Diagnostic
from tests.test_rules import ALL, Section, findings

_VALUE = r"(\{.*?\}+(?=$|[ ,;])|[^\s,;]+)"
_END = r"(?=$|[,;]| or | to | below | here | beside )"
_WRITE_KEY = re.compile(rf"write (\w+): {_VALUE}{_END}")
_ADD_KEY = re.compile(rf"add (\w+): {_VALUE}{_END}")
_WRITE = re.compile(rf"write {_VALUE}{_END}")
_ADD = re.compile(rf"add {_VALUE},")
_TAKE = re.compile(r"take (it|this entry|\w+) away(?!,)")
_MEAN = re.compile(r"did you mean '(.*)'\?$")
_INSTRUCTIONS = (_WRITE_KEY, _ADD_KEY, _WRITE, _ADD, _TAKE, _MEAN)

_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+)\]")
_YAML = YAML(typ="rt")
_YAML.preserve_quotes = True
_YAML.width = 10_000


def _instructed() -> list[tuple[Section, Diagnostic]]:
    return [
        (section, found)
        for section in ALL
        if section.kind == "trips"
        for found in findings(section)
        if found.span is not None  # else it speaks of the command line
        and any(pattern.match(found.hint or "") for pattern in _INSTRUCTIONS)
    ]


INSTRUCTED = _instructed()


@pytest.mark.parametrize(
    ("section", "found"), INSTRUCTED, ids=[f"{section.case}:{found.field}" for section, found in INSTRUCTED]
)
def test_an_instruction_heals_its_finding(section: Section, found: Diagnostic) -> None:
    before = _told(section)
    after = _told(section._replace(text=_healed(section, found)))

    assert (found.code.number, found.field) not in after
    assert {told for told in after - before if told[0].startswith("MG1")} == set()


def _told(section: Section) -> set[tuple[str, str | None]]:
    return {(found.code.number, found.field) for found in findings(section)}


def test_a_rule_that_gives_advice_alone_has_a_case_that_follows_it_or_only_asks_for_a_decision() -> None:
    rules = {section.case for section in ALL if any(code.startswith("MG2") for code, _ in _told(section))}
    healed = {section.case for section in ALL if section.kind == "heals"}
    instructed = {section.case for section, _ in INSTRUCTED}

    assert sorted(rules - healed - instructed) == DECISIONS


# Their hints name no line to write: what was meant, only the user knows.
DECISIONS = (
    "bad-key-set bound-by-nobody covered-by-deny duplicate-route duplicate-rule duplicate-service "
    "except-without-effect excepted-whole provider-conflict regex-refused repeated-entry rule-without-http "
    "unreachable-route unresolved-path"
).split()


def _healed(section: Section, found: Diagnostic) -> str:
    """Follow a finding's hint in the document that it speaks of."""
    assert found.span is not None
    assert found.field is not None
    documents = list(_YAML.load_all(section.text))
    index = section.text.split("\n")[: found.span.line].count("---")
    steps = [int(number) if number else key for key, number in _STEP.findall(found.field)]
    _follow(documents[index], steps, found)
    out = io.StringIO()
    _YAML.dump_all(documents, out)
    return out.getvalue()


def _follow(document: Any, steps: list[str | int], found: Diagnostic) -> None:
    above, last, hint = _at(document, steps[:-1]), steps[-1], found.hint or ""
    if isinstance(above, str):  # the short form of what stands there
        _follow(document, steps[:-1], found)
    elif match := _WRITE_KEY.match(hint):
        if match.group(1) != last:
            del above[last]
        above[match.group(1)] = _YAML.load(match.group(2))
    elif match := _ADD_KEY.match(hint):
        here = above.get(last) if isinstance(above, dict) else above[last]
        inside = here if isinstance(here, dict) and last != match.group(1) else above
        inside[match.group(1)] = _YAML.load(match.group(2))
    elif match := _ADD.match(hint):
        above[last].append(match.group(1))
    elif match := _WRITE.match(hint):
        above[last] = _YAML.load(match.group(1))
    elif match := _MEAN.match(hint):
        _rename(above, last, match.group(1), message=found.message)
    else:
        _take(document, steps)


def _rename(above: Any, last: str | int, meant: str, *, message: str) -> None:
    if f"'{last}'" in message and f"'{above[last]}'" not in message:
        above[meant] = above.pop(last)
    else:
        above[last] = _YAML.load(meant)


def _take(document: Any, steps: list[str | int]) -> None:
    """Take a field away, and what is empty without it."""
    above = _at(document, steps[:-1])
    del above[steps[-1]]
    if not above:
        _take(document, steps[:-1])


def _at(node: Any, steps: list[str | int]) -> Any:
    for step in steps:
        node = node if isinstance(node, str) else node[step]
    return node
