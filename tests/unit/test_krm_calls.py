"""A function does what a MeshRender or an intent tells it, and says what to write where neither does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen.cli import run
from tests.unit.functions import SERVICE, Function, intent, names, render_config

LIST = "not a ResourceList of config.kubernetes.io/v1"


@pytest.fixture
def krm(
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Function:
    monkeypatch.chdir(tmp_path_factory.mktemp("root"))
    return Function(tmp_path_factory.mktemp("streams"), monkeypatch, capsys)


def test_an_intent_among_the_items_is_rendered_and_stays(krm: Function) -> None:
    code, listed, _ = krm(
        [intent(timeout="5s"), SERVICE], render_config(mesh="linkerd", set=["version=2.19"])
    )

    assert (0, ["MeshIntent shop", "Service cart", "HTTPRoute cart.80"]) == (code, names(listed))


def test_a_generator_is_given_its_own_config_and_reads_it_once(krm: Function) -> None:
    code, listed, errors = krm([intent(timeout="5s")], intent(timeout="5s"))

    assert (0, ["MeshIntent shop", "VirtualService cart"], "") == (code, names(listed), errors)


def test_annotations_of_an_intent_say_how_it_is_rendered(krm: Function) -> None:
    given = intent(timeout="5s", versions={"v1": {}, "v2": {}}, split={"v1": 90, "v2": 10})
    spec = {"mesh": "linkerd", "set": ["version=2.19", "linkerd.traffic=gateway"], "pinDefaults": True}
    _, expected, _ = krm([given], render_config(**spec, partial=True))
    said = {
        "meshgen.dev/mesh": "linkerd",
        "meshgen.dev/set": "version=2.19\nlinkerd.traffic=gateway\n",
        "meshgen.dev/pin-defaults": "true",
        "meshgen.dev/partial": "true",
    }

    code, actual, _ = krm([], {**given, "metadata": {**given["metadata"], "annotations": said}})

    assert (0, expected["items"][1:]) == (code, actual["items"])


def test_defaults_are_pinned_where_it_is_said(krm: Function) -> None:
    _, plain, _ = krm([], intent())
    given = intent()
    given["metadata"]["annotations"]["meshgen.dev/pin-defaults"] = "true"

    code, pinned, _ = krm([], given)

    assert (0, [], ["VirtualService cart"]) == (code, names(plain), names(pinned))


def test_a_profile_among_the_items_settles_the_mesh(krm: Function) -> None:
    profile = {
        "apiVersion": "meshgen.dev/v1alpha1",
        "kind": "MeshProfile",
        "metadata": {"name": "prod"},
        "spec": {"extends": "istio"},
    }

    code, listed, _ = krm([profile, intent(timeout="5s")], render_config())

    assert (0, ["MeshProfile prod", "MeshIntent shop", "VirtualService cart"]) == (code, names(listed))


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (None, "error[MG721 no-function-config]: no configuration is given"),
        (
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}},
            "error[MG721 no-function-config]: ConfigMap x: ConfigMap is no configuration of meshgen",
        ),
        (
            {**render_config(), "kind": "MeshRenderer"},
            "error[MG721 no-function-config]: MeshRenderer mesh: MeshRenderer is no configuration of meshgen",
        ),
        (render_config(mesh="all"), "error[MG711 unknown-mesh]: 'all' means several meshes"),
        (render_config(mesh="isto"), "error[MG711 unknown-mesh]: there is no mesh or profile 'isto'"),
        (render_config(), "error[MG713 no-mesh]: no mesh is named to render for"),
        (
            render_config(mesh="istio", intent="a"),
            "error[MG120 unknown-key]: MeshRender mesh spec.intent: unknown key 'intent'",
        ),
    ],
)
def test_a_function_that_is_not_told_what_to_do_says_what_to_write(
    krm: Function, config: Any, told: str
) -> None:
    code, listed, errors = krm([intent(timeout="5s")], config)

    assert (1, told) == (code, errors.splitlines()[0])
    assert [intent(timeout="5s")] == listed["items"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "",
            f"error[MG720 not-a-resource-list]: standard input holds nothing, {LIST}",
        ),
        (
            "a: [",
            (
                "-:2:1: error[MG101 not-yaml]: not YAML: did not find expected node content "
                "while parsing a flow node"
            ),
        ),
        (
            "{kind: Service, apiVersion: v1}",
            f"error[MG720 not-a-resource-list]: standard input holds a Service of v1, {LIST}",
        ),
        (
            "{kind: ResourceList, apiVersion: config.kubernetes.io/v1, items: [1]}",
            "-:1:67: error[MG720 not-a-resource-list]: an item is no object with a kind",
        ),
        (
            "{kind: ResourceList, apiVersion: config.kubernetes.io/v1, items: {}}",
            "-:1:1: error[MG720 not-a-resource-list]: items is not a list",
        ),
        (
            "a: 1\n---\nb: 2\n",
            f"error[MG720 not-a-resource-list]: standard input holds 2 documents, {LIST}",
        ),
        (
            "[]",
            f"error[MG720 not-a-resource-list]: standard input holds no object, {LIST}",
        ),
    ],
)
def test_what_is_no_resource_list_is_answered_with_one_that_says_so(
    krm: Function, text: str, told: str
) -> None:
    code, output, errors = krm.text(text)

    listed = yaml.safe_load(output)
    assert (1, told) == (code, errors.splitlines()[0])
    assert ([], ["error"]) == (listed["items"], [each["severity"] for each in listed["results"]])


@pytest.mark.parametrize("name", ["../outside.yaml", "link.yaml", "folder"])
def test_files_outside_of_the_root_are_refused_unless_they_are_asked_for(krm: Function, name: str) -> None:
    outside = Path.cwd().parent / "outside.yaml"
    outside.write_text(json.dumps(intent(timeout="5s")))
    Path("folder").mkdir()
    Path("link.yaml").symlink_to(outside)
    Path("folder", "linked.yaml").symlink_to(outside)
    config = render_config(mesh="istio", intents=[name])

    code, listed, errors = krm([], config)
    opened, rendered, _ = krm([], config, "--outside-root")

    file = "folder/linked.yaml" if name == "folder" else name
    assert (1, []) == (code, listed["items"])
    assert (
        f"error[MG722 outside-root]: {file!r} lies outside the folder that meshgen is run in"
    ) == errors.splitlines()[0]
    assert (0, ["VirtualService cart"]) == (opened, names(rendered))


def test_a_mesh_is_no_file(krm: Function) -> None:
    Path("prod").write_text("apiVersion: meshgen.dev/v1alpha1\nkind: MeshProfile\n")

    code, _, errors = krm([intent()], render_config(mesh="prod"))

    assert (1, "error[MG711 unknown-mesh]: there is no mesh or profile 'prod'") == (
        code,
        errors.splitlines()[0],
    )


def test_a_name_that_is_too_long_is_not_there(krm: Function) -> None:
    code, _, errors = krm([], render_config(mesh="istio", intents=["x" * 4000]))

    assert (1, "error[MG702 unreadable-file]") == (code, errors.partition(":")[0])


def test_an_item_that_cannot_be_written_again_is_a_finding(krm: Function) -> None:
    long = {**SERVICE, "metadata": {**SERVICE["metadata"], "annotations": {"k" * 1500: "v"}}}

    code, listed, errors = krm([long], intent(timeout="5s"))

    told = (
        "error[MG720 not-a-resource-list]: Service shop/cart: an item cannot be passed on: "
        f"a key of 1500 characters cannot be written to YAML: '{'k' * 20}'...\n"
    )
    assert (1, [], told) == (code, listed["items"], errors)


def test_an_unknown_annotation_of_ours_is_told_with_the_one_that_is_meant(krm: Function) -> None:
    given = intent(timeout="5s")
    given["metadata"]["annotations"]["meshgen.dev/partail"] = "true"

    code, _, errors = krm([], given)

    place = "MeshIntent shop/shop metadata.annotations.meshgen.dev/partail"
    told = f"error[MG120 unknown-key]: {place}: unknown key 'meshgen.dev/partail'"
    assert (1, [told, "  hint: did you mean 'meshgen.dev/partial'?"]) == (code, errors.splitlines())


def test_a_person_at_a_terminal_is_told_who_calls_functions(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal, other = os.openpty()
    with os.fdopen(other, "r") as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        code = run(["krm"])
    os.close(terminal)

    told = "error[MG710 usage]: krm reads a ResourceList on standard input, which kustomize and kpt write"
    assert (2, told) == (code, capsys.readouterr().err.splitlines()[0])


def test_a_reader_that_has_gone_ends_the_function_like_any_program(tmp_path: Path) -> None:
    listed = {"apiVersion": "config.kubernetes.io/v1", "kind": "ResourceList", "functionConfig": intent()}
    (tmp_path / "call.yaml").write_text(yaml.safe_dump(listed))
    closed = f'"{sys.executable}" -m meshgen krm < call.yaml'
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

    def bash(line: str) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
        )
        return done.returncode, done.stderr

    told = "error[MG704 unwritable-file]: standard output cannot be written: it is closed\n"
    assert (1, told) == bash(f"{closed} >&-")
    assert (141, "") == bash(f"{closed} | true; exit ${{PIPESTATUS[0]}}")


@pytest.mark.parametrize(
    ("config", "told"),
    [
        (
            "a: 1\n---\nb: 2\n",
            "error[MG720 not-a-resource-list]: the configuration holds 2 documents, not one",
        ),
        ("", "error[MG720 not-a-resource-list]: the configuration holds 0 documents, not one"),
        ("- a\n", "error[MG721 no-function-config]: no configuration is given"),
    ],
)
def test_a_plugin_has_one_config(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    config: str,
    told: str,
) -> None:
    (tmp_path / "config.yaml").write_text(config)
    (tmp_path / "stdin").write_text("")
    with (tmp_path / "stdin").open() as stdin:
        monkeypatch.setattr("sys.stdin", stdin)
        code = run(["kustomize", "plugin", str(tmp_path / "config.yaml")])

    said = capsys.readouterr()
    assert (1, "", told) == (code, said.out, said.err.splitlines()[0])
