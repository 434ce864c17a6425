"""Importing CustomResourceDefinitions: what a set says, and that the sets that are shipped come from it."""

from __future__ import annotations

from pathlib import Path

from meshgen.crd.importer import imported
from meshgen.diagnostics import Findings
from tests.unit.definitions import ORIGIN, content, definition, sound, version


def test_a_set_says_what_it_is_and_what_it_came_from() -> None:
    other = {"type": "object", "properties": {"spec": {"type": "string"}}}
    served = [version("v1"), version("v1beta1", storage=True), version("v2", other)]
    versions = [*served, version("v1alpha1", other, served=False)]
    found = sound(definition(versions=versions), definition(kind="Gadget", scope="Cluster"))
    gadget, widget = found.index.entries

    assert ("widgets/1.0", "MIT", ("gadgets/2.0",)) == (
        found.index.name,
        found.index.licence,
        found.index.beside,
    )
    assert ("example.com", "Gadget", "gadgets", False, "v1", "widgets.yaml") == (
        gadget.group,
        gadget.kind,
        gadget.plural,
        gadget.is_namespaced,
        gadget.stored,
        gadget.source,
    )
    assert ("Widget", True, "v1beta1", ["v1", "v1beta1", "v2"], ("v2", "v1", "v1beta1")) == (
        widget.kind,
        widget.is_namespaced,
        widget.stored,
        list(widget.served),
        widget.versions,
    )


def test_equal_schemas_are_stored_once() -> None:
    other = {"type": "object", "properties": {"spec": {"type": "string"}}}
    versions = [version("v1"), version("v1beta1", storage=True), version("v2", other)]
    found = sound(definition(versions=versions))
    (served,) = (entry.served for entry in found.index.entries)

    assert served["v1"] == served["v1beta1"] != served["v2"]
    assert set(served.values()) == set(found.schemas)


def test_a_list_of_definitions_is_as_good_as_documents() -> None:
    parts = [definition(), definition(kind="Gadget")]
    whole = sound(*parts)

    for kind in ("List", "CustomResourceDefinitionList"):
        listed = sound({"apiVersion": "v1", "kind": kind, "items": parts})
        assert (whole.schemas, whole.index.entries) == (listed.schemas, listed.index.entries)


def test_the_same_definitions_in_another_order_give_the_same_set() -> None:
    turned = dict(reversed(definition({"properties": {}, "type": "object"}).items()))

    assert (
        sound(definition(kind="Gadget"), turned).index.entries
        == sound(definition({"type": "object", "properties": {}}), definition(kind="Gadget")).index.entries
    )


def test_a_source_is_named_without_the_folders_that_all_share(tmp_path: Path) -> None:
    one = content(definition(), file=str(tmp_path / "a" / "crds.yaml"))
    two = content(definition(kind="Gadget"), file=str(tmp_path / "b" / "crds.yaml"))
    found = imported([one, two], ORIGIN, findings=Findings())

    assert found is not None
    assert ["a/crds.yaml", "b/crds.yaml"] == list(found.index.sources)
    assert ["b/crds.yaml", "a/crds.yaml"] == [entry.source for entry in found.index.entries]
