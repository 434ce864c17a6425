"""Every rule of the shipped schemas has a value that keeps it and one that breaks it, on two engines."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cel as second
import pytest
import yaml

from meshgen import datafiles
from meshgen.crd import cel
from meshgen.crd.cel_functions import addresses, urls
from meshgen.crd.sight import sight, sightings

PAIRS: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("cel.yaml").read_text(encoding="utf-8")
)


@functools.cache
def stated() -> Mapping[str, tuple[str, Mapping[str, Any]]]:
    """Every rule, transitions aside, by the name of its pair: its text and a schema that states it."""
    found: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for file in sorted(datafiles.schemas().glob("*/kinds/*.json")):
        for schema in _stating(json.loads(file.read_bytes())):
            for rule in schema["x-kubernetes-validations"]:
                if not cel.is_transition(rule["rule"]):
                    found.setdefault(_name(rule["rule"]), (rule["rule"], schema))
    return found


def _stating(node: object) -> Iterator[Mapping[str, Any]]:
    match node:
        case dict():
            if "x-kubernetes-validations" in node:
                yield node
            for below in node.values():
                yield from _stating(below)
        case list():
            for below in node:
                yield from _stating(below)


def _name(rule: str) -> str:
    return hashlib.sha256(rule.encode()).hexdigest()[:8]


def test_every_rule_has_a_pair_and_every_pair_a_rule() -> None:
    assert sorted(stated()) == sorted(PAIRS)


@pytest.mark.parametrize("name", PAIRS)
def test_one_value_keeps_a_rule_and_another_breaks_it(name: str) -> None:
    text, schema = stated()[name]

    answers = [_answer(text, schema, PAIRS[name][value]) for value in ("holds", "breaks")]

    assert answers == [True, False], PAIRS[name]["says"]


def _answer(text: str, schema: Mapping[str, Any], value: object) -> bool | cel.Failed:
    seen = sight(schema)
    assert seen is not None
    outermost, *_ = sightings(seen, value)
    assert isinstance(outermost.bound, cel.Bound)
    assert text in [rule.text for rule in outermost.rules]
    return cel.evaluate(text, outermost.bound)


# The second engine has no library of formats, nor could it be given one.
WITHOUT_A_SECOND_OPINION = {"656319bc"}


@pytest.mark.parametrize("name", sorted(PAIRS.keys() - WITHOUT_A_SECOND_OPINION))
def test_another_engine_comes_to_the_same_verdicts(name: str) -> None:
    text, schema = stated()[name]

    answers = [_second_answer(text, schema, PAIRS[name][value]) for value in ("holds", "breaks")]

    assert answers == [True, False]


def _second_answer(text: str, schema: Mapping[str, Any], value: object) -> object:
    seen = sight(schema)
    assert seen is not None
    outermost, *_ = sightings(seen, value)
    assert isinstance(outermost.bound, cel.Bound)
    context = second.Context()
    context.add_variable("self", outermost.bound.value)
    for function in (*urls.FUNCTIONS, *addresses.FUNCTIONS):
        if function.name in ("isURL", "url", "getScheme", "isIP"):
            context.add_function(function.name, function.impl)
    context.add_function("split", str.split)
    context.add_function("substring", lambda whole, start, end=None: whole[start:end])
    return second.evaluate(text, context)
