"""Kinds found in sets: the first set that knows a kind speaks for it, and one kind is loaded, not the set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from meshgen import schemafiles
from meshgen.crd import index
from meshgen.crd.importer import Origin
from meshgen.crd.index import INDEX
from meshgen.crd.served import ServedKind
from meshgen.crd.sets import own_sets
from meshgen.crd.store import Absent, Store
from meshgen.diagnostics import Findings
from meshgen.report import Format, report
from tests.unit.definitions import definition, sound, version

STRING = {"type": "object", "properties": {"spec": {"type": "string"}}}


def keep(root: Path, *documents: Any, project: str = "widgets", at: str = "1.0") -> Path:
    findings = Findings()
    found = sound(*documents, origin=Origin(project=project, version=at))
    schemafiles.keep(found, root, findings=findings)
    assert [] == list(findings)
    return root / project / at


def found(store: Store, api_version: str, kind: str) -> ServedKind:
    served = store.find(api_version, kind)
    assert isinstance(served, ServedKind)
    return served


def test_a_kind_is_found_by_what_an_object_says_of_itself(tmp_path: Path) -> None:
    folder = keep(tmp_path, definition(STRING), definition(kind="Gadget", scope="Cluster"))
    widget = found(Store([folder]), "example.com/v1", "Widget")

    assert ("example.com", "v1", "Widget", True, "example.com/v1") == (
        widget.group,
        widget.version,
        widget.kind,
        widget.is_namespaced,
        widget.api_version,
    )
    assert {"apiVersion": {}, "kind": {}, "metadata": {}, "spec": {"type": "string"}} == widget.schema[
        "properties"
    ]
    assert not found(Store([folder]), "example.com/v1", "Gadget").is_namespaced


def test_a_kind_of_the_core_group_has_no_group_in_its_api_version(tmp_path: Path) -> None:
    store = Store([keep(tmp_path, definition(group=""))])

    assert "v1" == found(store, "v1", "Widget").api_version


def test_the_same_kind_comes_back_each_time(tmp_path: Path) -> None:
    store = Store([keep(tmp_path, definition())])

    assert found(store, "example.com/v1", "Widget") is found(store, "example.com/v1", "Widget")


def test_one_kind_is_loaded_and_not_the_set(tmp_path: Path) -> None:
    folder = keep(tmp_path, definition(STRING), definition(kind="Gadget"))
    (unread,) = folder.parent.glob("kinds/Gadget-*")
    unread.write_text("this is no JSON")

    assert "Widget" == found(Store([folder]), "example.com/v1", "Widget").kind


def test_the_first_set_that_knows_a_kind_speaks_for_it_alone(tmp_path: Path) -> None:
    versions = [version("v1", storage=True), version("v2")]
    first = keep(tmp_path, definition(STRING))
    second = keep(tmp_path, definition(versions=versions), definition(kind="Gadget"), project="others")
    store = Store([first, second])

    assert "spec" in found(store, "example.com/v1", "Widget").schema["properties"]
    assert Absent(served=("example.com/v1",), kinds=("Gadget", "Widget")) == store.find(
        "example.com/v2", "Widget"
    )
    assert [("widgets/1.0", "Widget"), ("others/1.0", "Gadget")] == [
        (listed.set.name, listed.entry.kind) for listed in store.kinds()
    ]


def test_what_no_set_serves_comes_with_what_is_near(tmp_path: Path) -> None:
    versions = [version("v1"), version("v1alpha1", storage=True), version("v0", served=False)]
    here = keep(tmp_path, definition(versions=versions), definition(kind="Gadget"))
    there = keep(tmp_path, definition(group="elsewhere.org"), project="others")
    store = Store([here, there])
    served = ("elsewhere.org/v1", "example.com/v1", "example.com/v1alpha1")

    assert Absent(served=served, kinds=("Gadget", "Widget")) == store.find("example.com/v0", "Widget")
    assert Absent(served=served, kinds=()) == store.find("nowhere.org/v1", "Widget")
    assert Absent(served=(), kinds=("Gadget", "Widget")) == store.find("example.com/v1", "Wodget")
    assert Absent(served=(), kinds=()) == store.find("v1", "Wodget")


def test_a_folder_may_be_a_set_or_hold_sets(tmp_path: Path) -> None:
    folder = keep(tmp_path, definition())

    for given in (folder, folder.parent, tmp_path):
        assert "Widget" == found(Store([given]), "example.com/v1", "Widget").kind
    with pytest.raises(FileNotFoundError, match=r"^no imported set in "):
        Store([folder.parent / "kinds"])


@pytest.mark.parametrize(
    ("served", "preferred"),
    [
        (["v1", "v1alpha3", "v1beta1"], ["v1", "v1beta1", "v1alpha3"]),
        (["v1", "v10", "v2", "v2beta10", "v2beta2"], ["v10", "v2", "v1", "v2beta10", "v2beta2"]),
        (["v1alpha1", "v2alpha1", "foo1", "v1beta1"], ["v1beta1", "v2alpha1", "v1alpha1", "foo1"]),
    ],
)
def test_versions_are_ordered_as_a_cluster_prefers_them(served: list[str], preferred: list[str]) -> None:
    versions = [version(name, storage=name == served[0]) for name in served]
    (entry,) = sound(definition(versions=versions)).index.entries

    assert preferred == list(entry.versions)


def test_an_index_is_read_as_it_was_written() -> None:
    written = sound(definition(), definition(kind="Gadget", scope="Cluster")).index

    assert written == index.read(index.write(written))


NOT_AN_INDEX = ["", "[]", "3", "{}", '{"kinds": 3}', "[" * 100_000, "\ud800"]


@pytest.mark.parametrize("text", NOT_AN_INDEX, ids=range(len(NOT_AN_INDEX)))
def test_what_is_no_index_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"it is no index of a set|JSON|utf-8|Expecting"):
        index.read(text.encode("utf-8", errors="surrogatepass"))


def test_sets_of_ones_own_are_found_whole(tmp_path: Path) -> None:
    folders = [keep(tmp_path, definition()), keep(tmp_path, definition(kind="Gadget"), project="gadgets")]
    findings = Findings()

    assert sorted(folders) == list(own_sets(tmp_path, findings=findings))
    assert [] == list(findings)


def refused(folder: Path) -> str:
    findings = Findings()
    assert () == own_sets(folder, findings=findings)
    return report(findings, Format.TEXT).replace(str(folder), "DIR")


def test_a_folder_without_a_set_is_told(tmp_path: Path) -> None:
    expected = (
        "error[MG508 bad-schema-set]: there is no imported set in DIR\n"
        "  hint: write one there: meshgen schema import CRD... --mesh NAME --mesh-version VERSION -d DIR\n"
    )

    assert expected == refused(tmp_path)


def test_two_versions_of_a_project_in_one_folder_are_told(tmp_path: Path) -> None:
    for at in ("1.0", "1.1"):
        keep(tmp_path, definition(), at=at)
    expected = (
        "error[MG508 bad-schema-set]: DIR holds widgets twice: 1.0 and 1.1\n"
        "  hint: name the folder of the one that is meant\n"
    )

    assert expected == refused(tmp_path)


def test_a_set_that_was_changed_is_told(tmp_path: Path) -> None:
    folder = keep(tmp_path, definition())
    (schema,) = folder.parent.glob("kinds/*")
    hint = "  hint: import the definitions again\n"

    schema.write_text("{}")
    changed = refused(tmp_path)
    schema.unlink()
    absent = refused(tmp_path)
    (folder / INDEX).write_text(json.dumps({"project": "widgets"}))
    unreadable = refused(tmp_path)

    place = f"error[MG508 bad-schema-set]: DIR/widgets/kinds/{schema.name}"
    assert f"{place} is not as an import wrote it: it was changed afterwards\n{hint}" == changed
    assert f"{place} cannot be read: No such file or directory\n{hint}" == absent
    assert (
        "error[MG508 bad-schema-set]: DIR/widgets/1.0/index.json is not as an import wrote it: "
        f"it is no index of a set ('version')\n{hint}"
    ) == unreadable
