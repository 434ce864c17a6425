"""Argo CD: its plugin by the contract of the server that runs it, and the sidecar by a real build."""

from __future__ import annotations

import json
import os
import re
import shutil
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.kustomize import Done, by_identity, programs, run

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "integrations" / "argocd"
BOOKINFO = ROOT / "examples" / "bookinfo"

Spec = Mapping[str, Any]

NOWHERE = "/dev/null"  # below which nobody can make a folder


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Make the environment of a sidecar: no home, and one folder that can be written to."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    kept = {name: value for name, value in programs(tmp_path).items() if name in ("PATH", "PYTHONPATH")}
    return kept | {"HOME": NOWHERE, "TMPDIR": str(scratch), "XDG_CACHE_HOME": str(scratch)}


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """Copy the source of an Application, as the repo server streams it to the plugin."""
    return Path(shutil.copytree(BOOKINFO, tmp_path / "app"))


def _spec() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((FOLDER / "plugin.yaml").read_text("utf-8"))
    assert ("argoproj.io/v1alpha1", "ConfigManagementPlugin") == (read["apiVersion"], read["kind"])
    spec: dict[str, Any] = read["spec"]
    return spec


def _run(what: Spec, app: Path, env: Mapping[str, str]) -> Done:
    """Run a command of plugin.yaml as argo-cd cmpserver/plugin/plugin.go does, without a shell."""
    done = run([*what["command"], *what.get("args", [])], cwd=app, env=env)
    return Done(code=done.code, output=done.output.removesuffix("\n"), errors=done.errors.strip())


def _generate(app: Path, env: Mapping[str, str], parameters: Iterable[Mapping[str, Any]] = ()) -> Done:
    """Send what an Application says: as JSON and, each by itself, as variables."""
    sent = {
        "ARGOCD_APP_NAME": "shop",
        "KUBE_VERSION": "1.34.0",
        "ARGOCD_APP_PARAMETERS": json.dumps([*parameters]),
    }
    for parameter in parameters:
        name = f"PARAM_{parameter['name'].upper().replace('-', '_')}"
        sent |= {name: parameter["string"]} if "string" in parameter else {}
        sent |= {f"{name}_{index}": each for index, each in enumerate(parameter.get("array", []))}
    return _run(_spec()["generate"], app, {**env, **sent})


def _tree(folder: Path) -> dict[str, bytes]:
    return {path.as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_plugin_has_no_keys_but_those_that_are_read() -> None:
    """argo-cd cmpserver/plugin/config.go; with a version, Applications would have to name it."""
    spec = _spec()

    assert {"discover", "generate", "parameters"} == set(spec)
    assert ({"find"}, {"command"}) == (set(spec["discover"]), set(spec["discover"]["find"]))
    assert {"dynamic"} == set(spec["parameters"])


def test_it_is_found_where_there_is_an_intent_and_nowhere_else(
    app: Path, tmp_path: Path, env: Mapping[str, str]
) -> None:
    find = _spec()["discover"]["find"]
    empty = tmp_path / "empty"
    (empty / "below").mkdir(parents=True)
    (empty / "below" / "values.yaml").write_text("kind: Service\n# kind: MeshIntent\n")

    assert Done(code=0, output="./intent.yaml", errors="") == _run(find, app, env)
    assert Done(code=0, output="", errors="") == _run(find, empty, env)


def test_it_prints_what_render_prints_and_writes_no_file_of_the_source(
    app: Path, env: Mapping[str, str]
) -> None:
    before = _tree(app)
    rendered = run(["meshgen", "render", ".", "-m", "linkerd", "--set", "version=2.19"], cwd=app, env=env)
    parameters: list[Spec] = [
        {"name": "mesh", "string": "linkerd"},
        {"name": "set", "array": ["version=2.19"]},
    ]

    done = _generate(app, env, parameters)

    assert (0, rendered.output) == (done.code, f"{done.output}\n")
    assert before == _tree(app)


def test_it_needs_no_folder_to_write_to(app: Path, env: Mapping[str, str]) -> None:
    parameters = [{"name": "mesh", "string": "istio"}]
    nowhere = {**env, "TMPDIR": NOWHERE, "XDG_CACHE_HOME": NOWHERE}

    assert _generate(app, env, parameters) == _generate(app, nowhere, parameters)


def test_what_is_wrong_goes_to_stderr_and_nothing_to_stdout(app: Path, env: Mapping[str, str]) -> None:
    intent = app / "intent.yaml"
    text = intent.read_text().replace("timeout: 5s", "timout: 5s")
    intent.write_text(text)
    line = text.partition("timout")[0].count("\n") + 1

    done = _generate(app, env, [{"name": "mesh", "string": "istio"}])

    assert Done(
        code=1,
        output="",
        errors=f"intent.yaml:{line}:7: error[MG120 unknown-key]: unknown key 'timout'\n"
        "  hint: did you mean 'timeout'?",
    ) == _without_others(done)


def _without_others(done: Done) -> Done:
    first = "\n".join(done.errors.splitlines()[:2])
    return Done(code=done.code, output=done.output, errors=first)


@pytest.mark.parametrize("link", ["intent.yaml", "below"])
def test_a_link_that_leads_out_of_the_source_is_not_followed(
    link: str, app: Path, tmp_path: Path, env: Mapping[str, str]
) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("password: 1\n")
    (app / link).unlink(missing_ok=True)
    (app / link).symlink_to(secret if link.endswith(".yaml") else tmp_path)

    done = _generate(app, env, [{"name": "mesh", "string": "istio"}])

    assert Done(
        code=1,
        output="",
        errors=f"error[MG722 outside-root]: '{link}' lies outside the folder that meshgen is run in\n"
        "  hint: name files below the path of the source",
    ) == _without_others(done)


def test_parameters_are_announced_with_the_fields_that_argo_cd_reads(
    app: Path, env: Mapping[str, str]
) -> None:
    """argo-cd reposerver/repository/repository.proto: ParameterAnnouncement."""
    done = _run(_spec()["parameters"]["dynamic"], app, env)
    announced = json.loads(done.output)

    assert (0, "") == (done.code, done.errors)
    for parameter in announced:
        kind = parameter["collectionType"]
        assert {"name", "title", "tooltip", "required", "itemType", "collectionType", kind} == set(parameter)
        assert isinstance(parameter[kind], {"string": str, "array": list}[kind])


def test_parameters_are_announced_for_files_that_cannot_be_read_too(
    app: Path, env: Mapping[str, str]
) -> None:
    sound = _run(_spec()["parameters"]["dynamic"], app, env)
    (app / "intent.yaml").write_text("a: [\n")

    assert sound == _run(_spec()["parameters"]["dynamic"], app, env)


def test_the_application_sets_parameters_that_are_known(app: Path, env: Mapping[str, str]) -> None:
    read = yaml.safe_load((FOLDER / "application.yaml").read_text("utf-8"))
    (plugin,) = (source["plugin"] for source in read["spec"]["sources"] if "plugin" in source)

    done = _generate(app, env, [each for each in plugin["parameters"] if each["name"] != "fail-on"])

    assert ("meshgen", 0) == (plugin["name"], done.code)


REPO_SERVER = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: argocd-repo-server
spec:
  template:
    spec:
      containers:
        - name: argocd-repo-server
          image: argocd
      volumes:
        - name: var-files
          emptyDir: {}
        - name: plugins
          emptyDir: {}
"""


@pytest.mark.long
def test_the_component_adds_a_sidecar_that_can_write_to_its_own_folder_alone(
    tmp_path: Path, env: Mapping[str, str]
) -> None:
    page = (FOLDER / "README.md").read_text("utf-8")
    (lines,) = re.findall(r"^   ```yaml\n(.*?)^   ```$", page, flags=re.MULTILINE | re.DOTALL)
    shutil.copytree(FOLDER, tmp_path / "meshgen")
    (tmp_path / "install.yaml").write_text(REPO_SERVER)
    (tmp_path / "kustomization.yaml").write_text(textwrap.dedent(lines))
    assert shutil.which("kustomize"), "kustomize is not installed; tests/tools.md tells how to"

    done = run(["kustomize", "build", "."], cwd=tmp_path, env={**os.environ, **env})
    config, server = sorted(by_identity(done.objects).values(), key=lambda each: each["kind"])
    pod = server["spec"]["template"]["spec"]
    sidecar = next(each for each in pod["containers"] if each["name"] == "meshgen")
    mounted = {each["name"] for each in sidecar["volumeMounts"]}

    assert {"plugin.yaml": (FOLDER / "plugin.yaml").read_text("utf-8")} == config["data"]
    assert mounted == {each["name"] for each in pod["volumes"]}
    assert config["metadata"]["name"] in {
        each["configMap"]["name"] for each in pod["volumes"] if "configMap" in each
    }
    assert "example.com/meshgen:0.1.0" == sidecar["image"]
    assert (999, True) == tuple(
        sidecar["securityContext"][key] for key in ("runAsUser", "readOnlyRootFilesystem")
    )
