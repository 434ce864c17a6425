"""Helm: a chart through the post-renderer of both its versions, by stand-ins and by its own engines."""

from __future__ import annotations

import os
import re
import shutil
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from meshgen import __version__
from tests.packaging.kustomize import Done, by_identity, programs, run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "integrations" / "helm"
EXAMPLE = FOLDER / "example"
PLUGIN = FOLDER / "meshgen"
RENDERED = Path(__file__).with_name("shop.yaml").read_text("utf-8")  # what helm prints of the chart
CHART = [*yaml.safe_load_all(RENDERED)]

HELM = ("helm", "template", "shop", "chart", "--namespace", "shop")
ENGINES = {"3": "helm", "4": "helm4"}  # of tests/tools.md

every_mesh = pytest.mark.parametrize("mesh", ["istio", "linkerd", "consul"])
every_version = pytest.mark.parametrize("version", list(ENGINES))


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Make an environment with `meshgen`, and with the plugin where Helm 4 looks for it."""
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    shutil.copytree(PLUGIN, plugins / "meshgen")
    return programs(tmp_path) | {"HELM_PLUGINS": str(plugins)}


def _arguments(mesh: str, intent: str = "intent.yaml") -> list[str]:
    return [f"--intent={intent}", f"--mesh={mesh}"]


def _stand_in(version: str, arguments: list[str], env: Mapping[str, str]) -> Done:
    """Run the post-renderer on what the chart renders, as Helm does, but for its own stderr.

    Version 3 is helm pkg/postrender/exec.go, version 4 internal/plugin/runtime_subprocess.go.
    """
    if version == "3":
        done = run([str(PLUGIN / "post-render.sh"), *arguments], cwd=EXAMPLE, env=env, text=RENDERED)
        errors = done.errors
    else:
        folder = Path(env["HELM_PLUGINS"], "meshgen")
        known = {**env, "HELM_PLUGIN_NAME": "meshgen", "HELM_PLUGIN_DIR": str(folder)}
        (how,) = _plugin(folder)["runtimeConfig"]["platformCommand"]
        command = string.Template(how["command"]).substitute(known).split(" ")
        done = run([*command, *arguments], cwd=EXAMPLE, env=known, text=RENDERED)
        errors = ""  # kept in a buffer that nobody reads
    is_empty = not done.output.strip()
    code = 1 if done.code != 0 or is_empty else 0
    return Done(code=code, output="" if code else done.output, errors=errors)


def _plugin(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((folder / "plugin.yaml").read_text("utf-8"))
    return read


def test_the_plugin_is_what_helm_4_loads() -> None:
    """Its loader refuses unknown keys: helm internal/plugin/loader.go, metadata_v1.go."""
    read = _plugin(PLUGIN)

    assert re.fullmatch(r"[A-Za-z0-9_-]+", read["name"])
    assert {
        "apiVersion": "v1",
        "type": "postrenderer/v1",
        "name": "meshgen",
        "version": __version__,
        "runtime": "subprocess",
        "runtimeConfig": {"platformCommand": [{"command": "${HELM_PLUGIN_DIR}/post-render.sh"}]},
    } == read
    assert os.access(PLUGIN / "post-render.sh", os.X_OK)


@every_version
@every_mesh
def test_a_chart_stays_and_mesh_objects_follow(
    mesh: str, version: str, tmp_path: Path, env: Mapping[str, str]
) -> None:
    chart = tmp_path / "shop.yaml"
    chart.write_text(RENDERED)
    rendered = run(["meshgen", "render", "intent.yaml", str(chart), "-m", mesh, "-q"], cwd=EXAMPLE, env=env)

    done = _stand_in(version, _arguments(mesh), env)

    assert 0 == done.code
    assert done.output.startswith(RENDERED)
    assert by_identity([*CHART, *rendered.objects]) == by_identity(done.objects)
    assert len(rendered.objects) > 0


@every_mesh
def test_what_comes_out_is_valid_and_twice_is_once(mesh: str, env: Mapping[str, str]) -> None:
    once = _stand_in("3", _arguments(mesh), env)

    judged = run(["meshgen", "validate", "-", "-m", mesh], cwd=EXAMPLE, env=env, text=once.output)
    twice = run(["meshgen", "helm", "post-render", *_arguments(mesh)], cwd=EXAMPLE, env=env, text=once.output)

    assert (0, [], "") == (judged.code, re.findall("error.*", judged.errors), judged.output)
    assert (0, once.output) == (twice.code, twice.output)


@every_version
def test_an_intent_that_is_wrong_leaves_helm_nothing_to_apply(
    version: str, tmp_path: Path, env: Mapping[str, str]
) -> None:
    intent = tmp_path / "intent.yaml"
    intent.write_text((EXAMPLE / "intent.yaml").read_text().replace("stock:", "stocks:"))

    done = _stand_in(version, _arguments("istio", str(intent)), env)

    assert (1, "") == (done.code, done.output)


def _helm(version: str, arguments: list[str], env: Mapping[str, str]) -> Done:
    """Render the chart with the real Helm: 3 takes the path of a program, 4 the name of a plugin."""
    engine = ENGINES[version]
    assert shutil.which(engine), f"{engine} is not installed; tests/tools.md tells how to"
    renderer = str(PLUGIN / "post-render.sh") if version == "3" else "meshgen"
    given = [f"--post-renderer-args={argument}" for argument in arguments]
    post = ["--post-renderer", renderer, *given] if arguments else []
    return run([engine, *HELM[1:], *post], cwd=EXAMPLE, env=env)


@pytest.mark.long
@every_version
def test_the_stand_in_is_given_what_helm_renders(version: str, env: Mapping[str, str]) -> None:
    done = _helm(version, [], env)

    assert (0, RENDERED) == (done.code, done.output)


@pytest.mark.long
@every_version
@every_mesh
def test_helm_renders_what_its_stand_in_renders(mesh: str, version: str, env: Mapping[str, str]) -> None:
    done = _helm(version, _arguments(mesh), env)
    judged = run(["meshgen", "validate", "-", "-m", mesh], cwd=EXAMPLE, env=env, text=done.output)

    assert 0 == done.code
    assert by_identity(_stand_in(version, _arguments(mesh), env).objects) == by_identity(done.objects)
    assert (0, []) == (judged.code, re.findall("error.*", judged.errors))


@pytest.mark.long
@every_version
def test_helm_fails_with_an_intent_that_is_wrong(
    version: str, tmp_path: Path, env: Mapping[str, str]
) -> None:
    intent = tmp_path / "intent.yaml"
    intent.write_text((EXAMPLE / "intent.yaml").read_text().replace("stock:", "stocks:"))

    done = _helm(version, _arguments("istio", str(intent)), env)

    assert (1, "") == (done.code, done.output)


@pytest.mark.long
@every_version
def test_what_the_page_says_can_be_followed(version: str, tmp_path: Path, env: Mapping[str, str]) -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```$", page, flags=re.MULTILINE | re.DOTALL)
    engine = shutil.which(ENGINES[version])
    assert engine, f"{ENGINES[version]} is not installed; tests/tools.md tells how to"
    (tmp_path / "bin" / "helm").symlink_to(engine)
    copy = shutil.copytree(FOLDER, tmp_path / "helm")
    nobody = {name: value for name, value in env.items() if not name.startswith("HELM_")}

    done = run(["bash", "-euo", "pipefail", "-c", blocks[list(ENGINES).index(version)]], cwd=copy, env=nobody)

    assert (0, len(ENGINES)) == (done.code, len(blocks))
    assert "kind: HTTPRoute" in done.output
