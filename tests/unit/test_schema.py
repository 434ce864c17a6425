"""The JSON Schemas that are shipped: up to date, well formed, described, and true of every sound example."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

import pytest
from jsonschema import Draft7Validator

from meshgen import datafiles
from meshgen.cli import run
from meshgen.diagnostics import Findings
from meshgen.intent.constraints import AtLeastOne, AtMostOne, Constraint, ExactlyOne
from meshgen.intent.document import shape_of
from meshgen.intent.features import Located, Written, plain
from meshgen.intent.load import sort
from meshgen.intent.match import PORT_NAME, PathExact, PathPrefix
from meshgen.intent.schema import json_schema
from meshgen.intent.shape import INVALID, Place
from meshgen.intent.traffic import RedirectCode
from meshgen.jsontypes import to_json
from meshgen.kinds import kinds
from meshgen.source import MapNode, read
from meshgen.values import Duration, Percent, Text, Whole

ROOT = Path(__file__).parents[2]
WRITTEN = sorted(path for folder in ("examples", "tests/cases") for path in (ROOT / folder).rglob("*.yaml"))
KINDS = kinds()
SCHEMAS = {kind: json_schema(shape) for kind, shape in KINDS.items()}
every_kind = pytest.mark.parametrize("kind", KINDS)


@every_kind
def test_what_is_shipped_is_what_is_printed(
    kind: str, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    shipped = datafiles.schemas() / "meshgen" / f"{kind.lower()}.json"

    status = run(["schema", "show", kind])

    printed, told = capsys.readouterr()
    assert (0, "") == (status, told)
    if request.config.getoption("--update-goldens"):
        shipped.write_text(printed, "utf-8")
    else:
        assert shipped.read_text("utf-8") == printed


def test_a_schema_for_each_kind_is_shipped_and_none_beside() -> None:
    shipped = (datafiles.schemas() / "meshgen").iterdir()

    assert sorted(f"{kind.lower()}.json" for kind in KINDS) == sorted(path.name for path in shipped)


@every_kind
def test_a_schema_is_sound(kind: str) -> None:
    Draft7Validator.check_schema(SCHEMAS[kind])


@every_kind
def test_every_reference_resolves_and_every_definition_is_used(kind: str) -> None:
    referred = {found["$ref"] for found in blocks(SCHEMAS[kind]) if "$ref" in found}

    assert {f"#/definitions/{name}" for name in SCHEMAS[kind]["definitions"]} == referred


@every_kind
def test_every_key_is_described_in_more_than_its_name(kind: str) -> None:
    described = properties(SCHEMAS[kind])

    assert [] == [(key, doc) for key, doc in described if len(doc.split()) < 4 or doc == key]
    head = {"apiVersion", "kind", "metadata", "spec"}
    assert {key for key, _ in described} >= head | (set() if kind == "MeshTest" else {"callers", "except"})


@every_kind
def test_every_mapping_is_closed_or_says_what_its_keys_are(kind: str) -> None:
    mappings = [found for found in blocks(SCHEMAS[kind]) if found.get("type") == "object"]

    assert [] == [
        found
        for found in mappings
        if found["additionalProperties"] is not False and found.get("propertyNames", {}) == {}
    ]


def blocks(schema: Any) -> Iterator[dict[str, Any]]:
    """Yield every mapping of a schema."""
    match schema:
        case dict():
            yield schema
            for inner in schema.values():
                yield from blocks(inner)
        case list():
            for inner in schema:
                yield from blocks(inner)


def properties(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """List each key that a document may have, with what is said of it."""
    return [
        (key, value["description"])
        for found in blocks(schema)
        if found.get("type") == "object"
        for key, value in found.get("properties", {}).items()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf(Located):
    """A block with a short form."""

    shape: ClassVar[tuple[Constraint, ...]] = (AtLeastOne("name", "port"),)
    shorthand: ClassVar[str] = "name"

    name: Annotated[str, Text(what="a name", pattern="^[a-z]+$", longest=9)] | None = plain(
        "name of the leaf", default=None
    )
    port: Annotated[str, PORT_NAME] | None = plain("name or number of its port", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree(Located):
    """A block that has a key of every kind."""

    shape: ClassVar[tuple[Constraint, ...]] = (ExactlyOne("wait", "share"), AtMostOne("share", "leaves"))
    may_be_empty: ClassVar[bool] = True

    kind: Literal["Tree"] = plain("kind of the document")
    wait: Duration | Written | None = plain("how long to wait", default=None)
    share: Percent | None = plain("how much of it", default=None)
    leaves: Mapping[Annotated[str, Text(what="a key", longest=5)], tuple[Leaf, ...]] | None = plain(
        "leaves by their key", default=None
    )
    count: Annotated[int, Whole(what="a count", least=1, most=3)] | RedirectCode | None = plain(
        "number or code of it", default=None
    )
    path: PathExact | PathPrefix | None = plain("path or its beginning", default=None)
    is_tall: Literal[True] | None = plain("it is tall, or nothing is said", default=None)
    is_green: bool | None = plain("whether it is green", default=None)


TREE = {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://meshgen.dev/v1alpha1/tree.json",
    "title": "Tree",
    "description": "A block that has a key of every kind.",
    "type": "object",
    "properties": {
        "kind": {"description": "kind of the document", "const": "Tree"},
        "wait": {
            "description": "how long to wait",
            "anyOf": [
                {"oneOf": [{"const": "none", "description": Written.NONE.doc}]},
                {"type": "string", "pattern": Duration.pattern},
            ],
        },
        "share": {"description": "how much of it", "type": "number", "minimum": 0, "maximum": 100},
        "leaves": {
            "description": "leaves by their key",
            "type": "object",
            "propertyNames": {"maxLength": 5},
            "additionalProperties": {
                "type": "array",
                "items": {"$ref": "#/definitions/Leaf"},
                "minItems": 1,
            },
            "minProperties": 1,
        },
        "count": {
            "description": "number or code of it",
            "anyOf": [
                {"oneOf": [{"const": code.value, "description": code.doc} for code in RedirectCode]},
                {"type": "integer", "minimum": 1, "maximum": 3},
            ],
        },
        "path": {
            "description": "path or its beginning",
            "allOf": [{"$ref": "#/definitions/PathExactOrPathPrefix"}],
        },
        "isTall": {"description": "it is tall, or nothing is said", "const": True},
        "isGreen": {"description": "whether it is green", "type": "boolean"},
    },
    "additionalProperties": False,
    "required": ["kind"],
    "allOf": [
        {"oneOf": [{"required": ["wait"]}, {"required": ["share"]}]},
        {"not": {"required": ["share", "leaves"]}},
    ],
    "definitions": {
        "Leaf": {
            "description": "A block with a short form.",
            "anyOf": [
                {"type": "string", "pattern": "^[a-z]+$", "maxLength": 9},
                {
                    "type": "object",
                    "properties": {
                        "name": {
                            "description": "name of the leaf",
                            "type": "string",
                            "pattern": "^[a-z]+$",
                            "maxLength": 9,
                        },
                        "port": {
                            "description": "name or number of its port",
                            "anyOf": [
                                {"type": "string", "pattern": PORT_NAME.pattern, "maxLength": 63},
                                {"type": "integer", "minimum": 1, "maximum": 65_535},
                            ],
                        },
                    },
                    "additionalProperties": False,
                    "minProperties": 1,
                    "allOf": [{"anyOf": [{"required": ["name"]}, {"required": ["port"]}]}],
                },
            ],
        },
        "PathExactOrPathPrefix": {
            "type": "object",
            "properties": {
                "exact": {
                    "description": "the whole path, compared literally",
                    "type": "string",
                    "pattern": "^/",
                    "maxLength": 1024,
                },
                "prefix": {
                    "description": "leading segments of the path, compared literally",
                    "type": "string",
                    "pattern": "^/",
                    "maxLength": 1024,
                },
            },
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    },
}


def test_a_schema_says_all_that_the_reader_asks_for() -> None:
    assert TREE == json_schema(shape_of(Tree))


# What takes arithmetic to judge stays with the reader: the schema accepts it, and only the reader refuses it.
LEFT_TO_THE_READER = [
    ({"timeout": "0s"}, "'timeout': '0s' is no time at all"),
    ({"timeout": "0.5ms"}, "'timeout': '0.5ms' is no whole number of milliseconds"),
    ({"timeout": "8761h"}, "'timeout': '8761h' is longer than a year"),
    ({"split": {"v1": 0.125}}, "'v1': '0.125' has more than two decimals"),
    ({"ports": [{"targetPort": "70000"}]}, "'targetPort': 70000 is not a port number: 1 to 65535"),
]


@pytest.mark.parametrize(("service", "message"), LEFT_TO_THE_READER)
def test_what_takes_arithmetic_stays_with_the_reader(service: dict[str, Any], message: str) -> None:
    document = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshIntent",
        "metadata": {"name": "a", "namespace": "b"},
        "spec": {"services": {"web": service}},
    }
    findings = Findings()
    (node,) = read(json.dumps(document).encode(), file="f", findings=findings)
    KINDS["MeshIntent"].read(node, Place(findings))

    assert [message] == [found.message for found in findings]
    assert [] == list(Draft7Validator(SCHEMAS["MeshIntent"]).iter_errors(document))


def test_what_the_reader_takes_from_our_files_fits_the_schema(
    record_property: Callable[[str, object], None],
) -> None:
    sound = [(path, kind, node) for path in WRITTEN for kind, node in ours(path) if is_sound(kind, node)]
    refused = [
        (path, error.message)
        for path, kind, node in sound
        for error in Draft7Validator(SCHEMAS[kind]).iter_errors(to_json(node))
    ]

    assert [] == refused
    assert {kind for _, kind, _ in sound} == set(KINDS)
    record_property("measured", f"documents of our files that fit their schema: {len(sound)}")


def ours(path: Path) -> Iterator[tuple[str, MapNode]]:
    """Yield the documents of a file that have a schema."""
    findings = Findings()
    documents = sort(read(path.read_bytes(), file=path.name, findings=findings), findings=findings)
    yield from (("MeshIntent", node) for node in documents.intents)
    yield from (("MeshProfile", node) for node in documents.profiles)
    yield from (("MeshTest", node) for node in documents.tests)


def is_sound(kind: str, node: MapNode) -> bool:
    return KINDS[kind].read(node, Place(Findings())) is not INVALID
