"""Sets in their folder, replaced whole; and kinds where other validators look for them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from meshgen import schemafiles
from meshgen.crd.export import kubeconform_path, whole
from meshgen.crd.importer import Origin
from meshgen.crd.served import ServedKind
from meshgen.crd.store import Store
from meshgen.diagnostics import Findings
from meshgen.report import Format, report
from tests.unit.definitions import definition, sound, version

STRING = {"type": "object", "required": ["spec"], "properties": {"spec": {"type": "string"}}}


def keep(root: Path, *documents: Any, at: str = "1.0") -> None:
    findings = Findings()
    schemafiles.keep(sound(*documents, origin=Origin(project="widgets", version=at)), root, findings=findings)
    assert [] == list(findings)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_versions_of_a_project_share_their_schemas(tmp_path: Path) -> None:
    keep(tmp_path, definition())
    keep(tmp_path, definition(), at="1.1")
    (schema,) = sound(definition()).schemas

    assert {"widgets/1.0/index.json", "widgets/1.1/index.json", f"widgets/kinds/{schema}"} == set(
        tree(tmp_path)
    )


def test_a_set_is_replaced_and_what_no_set_names_goes(tmp_path: Path) -> None:
    keep(tmp_path, definition())
    keep(tmp_path, definition(STRING), at="1.1")
    (tmp_path / "widgets" / "kinds" / "notes.json").write_text("{}")
    keep(tmp_path, definition(kind="Gadget"), at="1.1")
    left = set(tree(tmp_path / "widgets" / "kinds"))

    assert {*sound(definition()).schemas, *sound(definition(kind="Gadget")).schemas, "notes.json"} == left


def test_the_same_import_touches_nothing(tmp_path: Path) -> None:
    keep(tmp_path, definition(STRING), definition(kind="Gadget"))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    keep(tmp_path, definition(STRING), definition(kind="Gadget"))

    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_a_set_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    keep(tmp_path, definition())
    before = tree(tmp_path)
    (tmp_path / "others").write_text("no folder")
    findings = Findings()
    found = sound(definition(STRING), origin=Origin(project="others", version="1.0"))

    schemafiles.keep(found, tmp_path, findings=findings)

    assert {**before, "others": b"no folder"} == tree(tmp_path)
    assert [("MG704", None)] == [(each.code.number, each.span) for each in findings]


def test_an_index_that_cannot_be_written_leaves_every_schema(tmp_path: Path) -> None:
    keep(tmp_path, definition())
    index = tmp_path / "widgets" / "1.0" / "index.json"
    index.unlink()
    (index / "in-the-way").mkdir(parents=True)
    before = tree(tmp_path)
    findings = Findings()
    found = sound(definition(STRING), origin=Origin(project="widgets", version="1.0"))

    schemafiles.keep(found, tmp_path, findings=findings)

    assert before.keys() <= tree(tmp_path).keys()
    assert ["MG704"] == [each.code.number for each in findings]


def test_beside_a_set_that_nobody_can_read_none_is_written(tmp_path: Path) -> None:
    keep(tmp_path, definition())
    (tmp_path / "widgets" / "1.0" / "index.json").write_text("{}")
    before = tree(tmp_path)
    findings = Findings()
    found = sound(definition(STRING), origin=Origin(project="widgets", version="1.1"))

    schemafiles.keep(found, tmp_path, findings=findings)

    assert before == tree(tmp_path)
    assert ["MG508"] == [each.code.number for each in findings]
    keep(tmp_path, definition())  # the same set again mends it


def test_a_kind_is_exported_where_kubeconform_looks_for_it(tmp_path: Path) -> None:
    versions = [version("v1", STRING, storage=True), version("v1beta1", STRING)]
    keep(tmp_path / "in", definition(versions=versions), definition(kind="Gadget", group=""))
    findings = Findings()

    schemafiles.export(Store([tmp_path / "in"]), tmp_path / "out", findings=findings)

    template = "{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json"
    asked = [("example.com", "widget", "v1"), ("example.com", "widget", "v1beta1"), ("v1", "gadget", "v1")]
    assert {_looked_for(template, *each) for each in asked} == set(tree(tmp_path / "out"))
    assert "" == report(findings, Format.TEXT)


def _looked_for(template: str, *values: str) -> str:
    found = iter(values)
    return re.sub(r"\{\{\.\w+\}\}", lambda _: next(found), template)


KIND = ServedKind(
    group="example.com",
    version="v1",
    kind="Widget",
    is_namespaced=True,
    schema={
        "type": "object",
        "required": ["metadata", "spec"],
        "properties": {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"type": "string"}},
        "additionalProperties": False,
    },
)


def test_an_exported_schema_speaks_of_a_whole_object() -> None:
    assert {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Widget of example.com/v1",
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "properties": {
            "apiVersion": {"type": "string", "const": "example.com/v1"},
            "kind": {"type": "string", "const": "Widget"},
            "metadata": {"type": "object"},
            "spec": {"type": "string"},
            "status": {"type": "object"},
        },
        "additionalProperties": False,
    } == whole(KIND)
    assert "example.com/widget_v1.json" == kubeconform_path(KIND).as_posix()


def test_an_exported_schema_needs_no_other(tmp_path: Path) -> None:
    keep(tmp_path / "in", definition(STRING))
    schemafiles.export(Store([tmp_path / "in"]), tmp_path / "out", findings=Findings())
    (text,) = tree(tmp_path / "out").values()
    validator = Draft202012Validator(json.loads(text))
    sound_widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": "b"}

    assert [] == list(validator.iter_errors({**sound_widget, "status": {"ready": True}}))
    assert ["'example.com/v1' was expected"] == [
        error.message for error in validator.iter_errors({**sound_widget, "apiVersion": "example.com/v2"})
    ]
    assert ["Additional properties are not allowed ('specs' was unexpected)"] == [
        error.message for error in validator.iter_errors({**sound_widget, "specs": 1})
    ]


def test_an_export_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    keep(tmp_path / "in", definition())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "example.com").write_text("no folder")
    findings = Findings()

    schemafiles.export(Store([tmp_path / "in"]), tmp_path / "out", findings=findings)

    assert ["MG704"] == [found.code.number for found in findings]
