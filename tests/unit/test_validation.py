"""Manifests in files: what is told of them, where, and what their owners live with."""

from __future__ import annotations

import pytest

from meshgen.api import read_documents, validate
from meshgen.diagnostics import Findings, Severity
from meshgen.inputs import Content
from meshgen.profiles import built_in, choose

HEAD = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\n"


def told(text: str, *, mesh: str | None = None, unknown: Severity | None = Severity.WARNING) -> list[str]:
    findings = Findings()
    documents = read_documents([Content("f.yaml", text.encode())], findings=findings)
    chosen = () if mesh is None else choose(mesh, {}, (), findings=findings)
    found = validate(documents, chosen, unknown=unknown)
    every = sorted((*findings, *found.findings), key=lambda each: each.order)
    return [
        f"{'' if each.span is None else f'{each.span.line}:{each.span.column} '}"
        f"{each.severity.value} {each.code.number} {each.field or '-'}: {each.message}"
        for each in every
    ]


def test_a_sound_object_is_silent() -> None:
    assert told(f"{HEAD}metadata: {{name: a, namespace: shop}}\nspec: {{mtls: {{mode: STRICT}}}}\n") == []


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("MG402 the next version has it", ["note MG402"]),
        ("unknown-field the next version has it", ["note MG402"]),
        ("MG404 not here; MG402 the next version has it", ["warning MG410", "note MG402"]),
        ("MG402", ["error MG402", "error MG411"]),
        ("everything is fine", ["error MG402", "warning MG410"]),
        ("", ["error MG402", "error MG411"]),
        (";", ["error MG402", "error MG411"]),
    ],
)
def test_an_owner_lives_with_a_finding_by_code_and_with_a_reason(
    annotation: str, expected: list[str]
) -> None:
    metadata = (
        f"metadata: {{name: a, namespace: shop, annotations: {{meshgen.dev/ignore: '{annotation}'}}}}\n"
    )
    found = told(f"{HEAD}{metadata}spec: {{soon: 1}}\n")

    assert sorted(" ".join(line.split()[1:3]) for line in found) == sorted(expected)


def test_an_annotation_that_is_no_text_pardons_nothing() -> None:
    found = told(f"{HEAD}metadata: {{name: a, annotations: {{meshgen.dev/ignore: 1}}}}\nspec: {{}}\n")

    assert found == [
        '3:55 error MG401 metadata.annotations["meshgen.dev/ignore"]: 1 is an integer, not a string'
    ]


def test_a_list_is_taken_apart_and_what_is_no_object_in_it_is_told() -> None:
    body = "  metadata: {name: a, namespace: b}\n  spec: {mtls: {mode: SOME}}\n"
    found = told(
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: security.istio.io/v1\n"
        f"  kind: PeerAuthentication\n{body}- text\n- {{kind: [Widget], apiVersion: v1}}\n"
    )

    assert found == [
        "7:23 error MG404 spec.mtls.mode: 'SOME' is not one of 'UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'",
        "8:3 warning MG110 -: the item of a List is not a mapping, so it is not read",
        "9:4 error MG401 kind: kind is ['Widget'], not text",
    ]


def test_kinds_without_a_schema_are_told_once_each_as_gravely_as_is_asked() -> None:
    widgets = "---\napiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a}\n" * 3
    gadget = "---\napiVersion: example.org/v1\nkind: Gadget\nmetadata: {name: a}\n"

    unread = "of example.org/v1 has no schema here, so it is not checked"
    assert told(widgets + gadget) == [
        f"3:7 warning MG400 kind: Widget {unread} (3 objects)",
        f"15:7 warning MG400 kind: Gadget {unread}",
    ]
    assert [line.split()[1] for line in told(widgets, unknown=Severity.ERROR)] == ["error"]
    assert told(widgets, unknown=None) == []


def test_a_kind_of_a_known_group_that_is_not_there_is_an_error() -> None:
    assert told("apiVersion: security.istio.io/v1\nkind: PeerAuthentification\nmetadata: {name: a}\n") == [
        "2:7 error MG413 kind: security.istio.io has no kind 'PeerAuthentification' here"
    ]


def test_two_objects_of_one_name_are_told_at_the_second() -> None:
    one = f"---\n{HEAD}metadata: {{name: a, namespace: shop}}\nspec: {{}}\n"

    assert told(one * 2) == ["9:18 error MG412 metadata.name: PeerAuthentication shop/a stands twice"]


def test_a_cluster_that_is_named_judges_alone() -> None:
    istio = f"{HEAD}metadata: {{name: a}}\nspec: {{soon: 1}}\n"

    assert [line.split()[2] for line in told(istio, mesh="istio")] == ["MG402"]
    assert [line.split()[2] for line in told(istio, mesh="linkerd")] == ["MG400"]
    assert {choice.backend.name for choice in built_in()} == {"consul", "istio", "linkerd"}


def test_an_intent_is_checked_by_what_holds_on_every_mesh_until_one_is_named() -> None:
    intent = (
        "apiVersion: meshgen.dev/v1alpha1\nkind: MeshIntent\nmetadata: {name: a, namespace: shop}\n"
        "spec:\n  selectorLabel: app\n  accounts: named\n  services:\n"
        "    {web: {port: 80, callers: [gate], mirror: {service: copy}}, copy: {port: 80}}\n"
    )

    assert told(intent.replace("gate", "copy")) == []
    assert [line.split()[2] for line in told(intent.replace("gate", "copy"), mesh="linkerd")] == [
        "MG303",
        "MG301",
    ]
    assert [line.split()[2] for line in told(intent)] == ["MG204"]
