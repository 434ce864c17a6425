"""What editors are told of our documents: every key and word is described, and shipped as printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from meshgen import datafiles
from meshgen.intent.schema import json_schema
from meshgen.kinds import kinds

SCHEMAS = {kind: json_schema(shape) for kind, shape in kinds().items()}
FEWEST_WORDS = 4


def described(node: Any) -> Iterator[tuple[str, Any]]:
    """Yield each key and each word of a list of words, with the schema that describes it."""
    if isinstance(node, dict):
        yield from node.get("properties", {}).items()
        yield from ((str(word), {}) for word in node.get("enum", ()))
        if all("const" in option for option in node.get("oneOf", [{}])):
            yield from ((str(option["const"]), option) for option in node["oneOf"])
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from described(inner)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_key_and_every_word_is_described_by_more_than_its_name(kind: str) -> None:
    texts = [(name, schema.get("description", "")) for name, schema in described(SCHEMAS[kind])]
    short = {name for name, text in texts if len(text.split()) < FEWEST_WORDS or text.lower() == name.lower()}

    assert len(texts) > 20
    assert set() == short


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schema_that_is_shipped_is_the_one_that_is_printed(kind: str) -> None:
    shipped = (datafiles.schemas() / "meshgen" / f"{kind.lower()}.json").read_text("utf-8")

    assert json.dumps(SCHEMAS[kind], indent=2) + "\n" == shipped


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_of_draft_07_and_closed(kind: str) -> None:
    objects = [node for node in nodes(SCHEMAS[kind]) if "properties" in node]

    assert SCHEMAS[kind]["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert [] == [node for node in objects if node.get("additionalProperties") is not False]


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(inner)
