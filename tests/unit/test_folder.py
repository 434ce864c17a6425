"""A folder of manifests: it is brought in step, and nobody else's file is touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from meshgen.diagnostics import Diagnostic, Findings, Severity, Span
from meshgen.folder import (
    FOREIGN_FILE,
    OUT_OF_DATE,
    UNWRITABLE,
    Changes,
    Owner,
    compare,
    compare_component,
    differences,
    write,
)
from meshgen.inputs import UNREADABLE
from meshgen.manifest import Manifest
from meshgen.patches import component

OWNERS = frozenset({Owner("bookinfo", "shop")})


def text(name: str, *, part_of: str = "bookinfo", namespace: str = "shop", port: int = 80) -> str:
    return (
        "apiVersion: v1\nkind: Service\nmetadata:\n"
        f"  name: {name}\n  namespace: {namespace}\n  labels:\n"
        f"    app.kubernetes.io/managed-by: meshgen\n    app.kubernetes.io/part-of: {part_of}\n"
        f"spec:\n  port: {port}\n"
    )


def manifest(name: str, *, port: int = 80) -> Manifest:
    written = text(name, port=port)
    return Manifest(api_version="v1", kind="Service", namespace="shop", name=name, text=written)


A, B = manifest("a"), manifest("b")
KUSTOMIZATION = (
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nmetadata:\n  labels:\n"
    "    app.kubernetes.io/managed-by: meshgen\nresources:\n"
)


def bring(folder: Path, *manifests: Manifest, is_kustomized: bool = False) -> list[Diagnostic]:
    """Do what the command does: compare, and write where nothing is in the way."""
    findings = Findings()
    changes = compare(folder, manifests, owners=OWNERS, is_kustomized=is_kustomized, findings=findings)
    if not findings.has_errors:
        write(changes, findings=findings)
    return list(findings)


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}


def test_each_object_has_a_file_of_its_own(tmp_path: Path) -> None:
    findings = bring(tmp_path / "new" / "folder", A, B)

    assert [] == findings
    assert {"shop_service_a.yaml": A.text, "shop_service_b.yaml": B.text} == content(tmp_path / "new/folder")


def test_a_folder_in_step_is_not_touched(tmp_path: Path) -> None:
    bring(tmp_path, A, is_kustomized=True)
    findings = Findings()
    changes = compare(tmp_path, [A], owners=OWNERS, is_kustomized=True, findings=findings)

    before = tmp_path.stat().st_mtime_ns
    write(changes, findings=findings)

    assert Changes(folder=tmp_path, written={}, removed=()) == changes
    assert [] == list(differences(changes))
    assert [] == list(findings)
    assert before == tmp_path.stat().st_mtime_ns


def test_what_the_intent_no_longer_asks_for_is_removed(tmp_path: Path) -> None:
    bring(tmp_path, A, B)

    assert [] == bring(tmp_path, A)
    assert {"shop_service_a.yaml": A.text} == content(tmp_path)


@pytest.mark.parametrize(
    "foreign",
    [
        pytest.param(text("x", part_of="other"), id="another intent"),
        pytest.param(text("x", namespace="other"), id="another namespace"),
        pytest.param(text("x").replace("meshgen", "helm"), id="another manager"),
        pytest.param(f"{text('x')}---\n{text('y')}", id="two objects"),
        pytest.param("# app.kubernetes.io/managed-by: meshgen\n", id="no object"),
        pytest.param("app.kubernetes.io/managed-by: [", id="no YAML"),
    ],
)
def test_what_this_intent_did_not_write_is_never_removed(tmp_path: Path, foreign: str) -> None:
    (tmp_path / "x.yaml").write_text(foreign)

    assert [] == bring(tmp_path, A)
    assert {"shop_service_a.yaml": A.text, "x.yaml": foreign} == content(tmp_path)


def test_no_other_kind_of_file_is_removed(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text(text("x"))
    (tmp_path / "x.txt").write_text(text("x"))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "x.yaml").write_text(text("x"))
    bring(tmp_path, A)

    assert ["below", "shop_service_a.yaml", "x.txt", "x.yml"] == sorted(os.listdir(tmp_path))
    assert {"x.yaml": text("x")} == content(tmp_path / "below")


def test_a_link_is_neither_followed_nor_removed(tmp_path: Path) -> None:
    outside, folder = tmp_path / "outside.yaml", tmp_path / "folder"
    outside.write_text(text("x"))
    folder.mkdir()
    (folder / "x.yaml").symlink_to(outside)
    (folder / "shop_service_a.yaml").symlink_to(outside)
    findings = bring(folder, A)

    assert [in_the_way(folder / "shop_service_a.yaml")] == findings
    assert text("x") == outside.read_text()
    assert ["shop_service_a.yaml", "x.yaml"] == sorted(os.listdir(folder))


def in_the_way(path: Path) -> Diagnostic:
    return Diagnostic(
        code=FOREIGN_FILE,
        message=f"what lies in {path.parent.as_posix()} was not written for this intent: {path.name}",
        severity=Severity.ERROR,
        hint="move it away, or name another folder",
    )


@pytest.mark.parametrize("foreign", ["", "mine: 1\n", text("a", part_of="other")])
def test_a_file_of_somebody_else_is_never_written_over(tmp_path: Path, foreign: str) -> None:
    path = tmp_path / "shop_service_a.yaml"
    path.write_text(foreign)
    findings = bring(tmp_path, A, B)

    assert [in_the_way(path)] == findings
    assert {path.name: foreign} == content(tmp_path)


def test_a_folder_where_a_file_belongs_is_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "shop_service_a.yaml"
    path.mkdir()

    assert [in_the_way(path)] == bring(tmp_path, A)


def test_our_own_file_is_written_anew_whatever_was_changed_in_it(tmp_path: Path) -> None:
    (tmp_path / "shop_service_a.yaml").write_text(text("a", port=81))

    assert [] == bring(tmp_path, A)
    assert {"shop_service_a.yaml": A.text} == content(tmp_path)


def test_a_kustomization_lists_the_objects_in_their_order(tmp_path: Path) -> None:
    bring(tmp_path, B, A, is_kustomized=True)
    listed = f"{KUSTOMIZATION}- shop_service_b.yaml\n- shop_service_a.yaml\n"

    assert listed == content(tmp_path)["kustomization.yaml"]


def test_a_kustomization_lists_the_objects_of_other_intents_too(tmp_path: Path) -> None:
    (tmp_path / "z.yaml").write_text(text("z", part_of="other"))
    (tmp_path / "values.yaml").write_text("mine: 1\n")
    bring(tmp_path, A, is_kustomized=True)

    assert f"{KUSTOMIZATION}- shop_service_a.yaml\n- z.yaml\n" == content(tmp_path)["kustomization.yaml"]


def test_a_kustomization_of_ours_is_kept_in_step_unasked(tmp_path: Path) -> None:
    bring(tmp_path, A, B, is_kustomized=True)
    bring(tmp_path, A)

    assert f"{KUSTOMIZATION}- shop_service_a.yaml\n" == content(tmp_path)["kustomization.yaml"]


def test_a_kustomization_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: []\n")

    assert [] == bring(tmp_path, A)
    assert [in_the_way(tmp_path / "kustomization.yaml")] == bring(tmp_path, A, is_kustomized=True)
    assert "resources: []\n" == content(tmp_path)["kustomization.yaml"]


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_a_kustomization_of_another_spelling_is_in_the_way(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("resources: []\n")

    assert [in_the_way(tmp_path / name)] == bring(tmp_path, A, is_kustomized=True)


def test_each_difference_is_told_with_its_file_and_first_line(tmp_path: Path) -> None:
    bring(tmp_path, manifest("a", port=81), manifest("stale"))
    changes = compare(tmp_path, [A, B], owners=OWNERS, is_kustomized=False, findings=Findings())
    changed, stale = (tmp_path / f"shop_service_{name}.yaml" for name in ("a", "stale"))

    assert [
        out_of_date("shop_service_a.yaml differs from what the intent renders to", changed, 10),
        out_of_date(f"{(tmp_path / 'shop_service_b.yaml').as_posix()} is missing"),
        out_of_date("shop_service_stale.yaml is left over: the intent no longer asks for it", stale, 1),
    ] == list(differences(changes))


def out_of_date(message: str, path: Path | None = None, line: int = 1) -> Diagnostic:
    return Diagnostic(
        code=OUT_OF_DATE,
        message=message,
        span=None if path is None else Span(path.as_posix(), line, 1),
        severity=Severity.ERROR,
        hint="run the same command without --check",
    )


def test_a_file_where_the_folder_belongs_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")

    assert [
        Diagnostic(
            code=UNREADABLE, message=f"{path} cannot be read: Not a directory", severity=Severity.ERROR
        )
    ] == bring(path, A)


@pytest.mark.skipif(not Path("/dev/null").exists(), reason="this system has no devices as files")
def test_a_folder_that_cannot_be_made_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "below"
    findings = Findings()
    write(Changes(folder=folder, written={"a.yaml": b""}, removed=()), findings=findings)

    assert [
        Diagnostic(
            code=UNWRITABLE,
            message=f"the folder {folder.as_posix()} cannot be written: Not a directory",
            severity=Severity.ERROR,
        )
    ] == list(findings)


def test_a_write_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("old")
    too_long = "x" * 300
    findings = Findings()
    changes = Changes(folder=tmp_path, written={"a.yaml": b"new", too_long: b""}, removed=("a.yaml",))
    write(changes, findings=findings)

    assert [
        Diagnostic(
            code=UNWRITABLE,
            message=f"the folder {tmp_path.as_posix()} cannot be written: File name too long",
            severity=Severity.ERROR,
        )
    ] == list(findings)
    assert {"a.yaml": "old"} == content(tmp_path)


def lay(folder: Path, text: str) -> list[Diagnostic]:
    """Do what the command does with a Component: compare, and write where nothing is in the way."""
    findings = Findings()
    changes = compare_component(folder, text, findings=findings)
    if not findings.has_errors:
        write(changes, findings=findings)
    return list(findings)


COMPONENT = component([])
OLDER = COMPONENT.replace("patches: []", "patches: []\nresources: []")


def test_a_component_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "patches"

    assert [] == lay(folder, COMPONENT)
    assert {"kustomization.yaml": COMPONENT} == content(folder)


def test_a_component_in_step_is_not_touched(tmp_path: Path) -> None:
    lay(tmp_path, COMPONENT)

    assert Changes(folder=tmp_path, written={}, removed=()) == compare_component(
        tmp_path, COMPONENT, findings=Findings()
    )


def test_our_own_component_is_written_anew_and_other_files_stay(tmp_path: Path) -> None:
    lay(tmp_path, OLDER)
    (tmp_path / "mine.yaml").write_text(text("a"))
    changes = compare_component(tmp_path, COMPONENT, findings=Findings())
    line = COMPONENT.count("\n") + 1

    assert [
        out_of_date(
            "kustomization.yaml differs from what the intent renders to",
            tmp_path / "kustomization.yaml",
            line,
        )
    ] == list(differences(changes))
    assert [] == lay(tmp_path, COMPONENT)
    assert {"kustomization.yaml": COMPONENT, "mine.yaml": text("a")} == content(tmp_path)


def test_a_kustomization_of_somebody_else_is_in_the_way_of_a_component(tmp_path: Path) -> None:
    path = tmp_path / "kustomization.yaml"
    path.write_text("resources: []\n")

    assert [in_the_way(path)] == lay(tmp_path, COMPONENT)
    assert {path.name: "resources: []\n"} == content(tmp_path)


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_a_kustomization_of_another_spelling_is_in_the_way_of_a_component(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("resources: []\n")

    assert [in_the_way(tmp_path / name)] == lay(tmp_path, COMPONENT)


def test_a_file_where_the_folder_of_a_component_belongs_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("")

    assert [
        Diagnostic(
            code=UNREADABLE, message=f"{path} cannot be read: Not a directory", severity=Severity.ERROR
        )
    ] == lay(path, COMPONENT)
