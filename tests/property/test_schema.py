"""What the JSON Schema of a kind accepts is what the reader accepts, and both refuse at the same place."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator, ValidationError

from meshgen.diagnostics import Findings
from meshgen.intent.schema import json_schema
from meshgen.intent.shape import Place
from meshgen.kinds import kinds
from meshgen.source import read
from tests.property.documents import CHARACTERS, along, plain, put, ways
from tests.property.neighbours import is_judged, neighbours

KINDS = kinds()
SCHEMAS = {kind: json_schema(shape) for kind, shape in KINDS.items()}
VALIDATORS = {kind: Draft7Validator(schema) for kind, schema in SCHEMAS.items()}
SECOND_OPINIONS = {kind: jsonschema_rs.Draft7Validator(schema) for kind, schema in SCHEMAS.items()}


def judge(kind: str, document: Any) -> tuple[set[str], list[ValidationError]]:
    """Give the fields at which the reader finds something, and the errors of the schema."""
    text = json.dumps(document, ensure_ascii=False)
    findings = Findings()
    (node,) = read(text.encode(), file="f", findings=findings)
    assert [] == list(findings), "the text is no longer YAML"
    KINDS[kind].read(node, Place(findings))
    errors = list(VALIDATORS[kind].iter_errors(document))
    assert (errors == []) == SECOND_OPINIONS[kind].is_valid(document)
    return {found.field or "" for found in findings}, errors


WAYS = {(kind, block): found for kind, shape in KINDS.items() for block, found in ways(shape).items()}
every_block = pytest.mark.parametrize(("kind", "block"), WAYS)


@every_block
def test_both_judge_each_small_change_of_a_plain_document_alike(kind: str, block: str) -> None:
    for way, shape in WAYS[kind, block]:
        for value in neighbours(shape, plain(shape)):
            check(kind, put(value, way, KINDS[kind]))


@every_block
@settings(max_examples=10)
@given(data=st.data())
def test_a_sound_document_is_accepted_by_both(kind: str, block: str, data: st.DataObject) -> None:
    way, _ = data.draw(st.sampled_from(WAYS[kind, block]))
    document = data.draw(along(way, KINDS[kind], st.just))

    assert (set(), []) == judge(kind, document)


@every_block
@settings(max_examples=10)
@given(data=st.data())
def test_both_judge_a_changed_document_alike(kind: str, block: str, data: st.DataObject) -> None:
    check(kind, data.draw(changed(kind, block)))


@pytest.mark.long
@every_block
@settings(max_examples=400)
@given(data=st.data())
def test_both_judge_many_changed_documents_alike(kind: str, block: str, data: st.DataObject) -> None:
    check(kind, data.draw(changed(kind, block)))


@st.composite
def changed(draw: st.DrawFn, kind: str, block: str) -> Any:
    """Draw a document with one change in a block, which may leave it sound."""
    way, shape = draw(st.sampled_from(WAYS[kind, block]))
    texts = st.text(CHARACTERS, max_size=8).filter(is_judged)
    return draw(along(way, KINDS[kind], lambda value: st.sampled_from(neighbours(shape, value)) | texts))


def check(kind: str, document: Any) -> None:
    """Both refuse a document or neither does; each error has its finding, and each finding its error."""
    fields, errors = judge(kind, document)
    places = {place for error in leaves(errors) for place in about(error, document)}

    assert [] == [str(error) for error in errors if not any(is_below(field, error) for field in fields)]
    assert set() == fields - places


def leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """Yield errors and, where no alternative fits, what is wrong with each of them."""
    for error in errors:
        yield error
        yield from leaves(error.context)


def about(error: ValidationError, document: Any) -> Iterator[str]:
    """Name the place of an error, and the keys there: the schema blames a block for a key of it."""
    block = document
    for step in error.absolute_path:
        block = block[step]
    yield field(error.absolute_path)
    if isinstance(block, dict):
        yield from (field((*error.absolute_path, key)) for key in block)


def field(path: Iterable[str | int]) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def is_below(found: str, error: ValidationError) -> bool:
    """Tell whether a finding is about the place of an error, or something in it."""
    place = field(error.absolute_path)
    return place == "" or (found.startswith(place) and found[len(place) :][:1] in ("", ".", "["))
