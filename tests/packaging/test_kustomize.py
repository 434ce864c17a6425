"""A build by kustomize prints what render prints, in every form, and one without meshgen fails."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.kustomize import FOLDER, Done, answered, by_identity, function, legacy, programs, run

MESHES = {"legacy": "linkerd", "exec": "istio", "container": "consul"}
FORMS = tuple(MESHES)
OPTIONS = {
    "legacy": [],
    "exec": ["--form", "exec"],
    "container": ["--form", "container", "--image", "meshgen"],
}

# Runs what a container would: the image's entry point in the folder that is mounted at its working folder.
DOCKER = """\
#!/bin/sh
for word in "$@"; do
    case $word in type=bind,source=*) folder=${word#type=bind,source=}; cd "${folder%%,*}" ;; esac
done
exec meshgen krm
"""

every_form = pytest.mark.parametrize("form", FORMS)


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Make an environment with the launchers, `meshgen` and a stand-in for `docker`."""
    made = programs(tmp_path)
    docker = tmp_path / "bin" / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    done = run(["meshgen", "kustomize", "install-plugin"], cwd=tmp_path, env=made)
    assert (0, "") == (done.code, done.errors)
    return made


@pytest.fixture
def copy(tmp_path: Path, form: str) -> Path:
    """Copy the folder of a form, to change it."""
    return Path(shutil.copytree(FOLDER / form, tmp_path / form))


def _rendered(form: str, env: Mapping[str, str]) -> dict[tuple[str, ...], Any]:
    done = run(["meshgen", "render", "intent.yaml", "-m", MESHES[form], "-q"], cwd=FOLDER / form, env=env)
    assert (0, "") == (done.code, done.errors)
    return by_identity(done.objects)


@every_form
def test_a_folder_holds_what_init_writes(form: str, tmp_path: Path, env: Mapping[str, str]) -> None:
    here = tmp_path / "kustomization"
    here.mkdir()
    shutil.copy(FOLDER / form / "intent.yaml", here)
    init = ["meshgen", "kustomize", "init", "intent.yaml", "-m", MESHES[form], "-q", *OPTIONS[form]]

    done = run(init, cwd=here, env=env)

    assert (0, "", "") == (done.code, done.output, done.errors)
    assert _files(FOLDER / form) == _files(here)


def _files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in folder.iterdir() if path.suffix != ".md"}


@every_form
def test_a_stand_in_for_a_build_prints_what_render_prints(form: str, env: Mapping[str, str]) -> None:
    config = yaml.safe_load((FOLDER / form / "meshgen.yaml").read_text())
    call = legacy if form == "legacy" else function

    done = call(config, [], cwd=FOLDER / form, env=env)

    assert done.code == 0
    objects = done.objects if form == "legacy" else answered(done)
    assert _rendered(form, env) == by_identity(objects)


@every_form
def test_the_sentinel_names_an_object_that_is_generated(form: str, env: Mapping[str, str]) -> None:
    patch = yaml.safe_load((FOLDER / form / "meshgen-sentinel.yaml").read_text())

    (named,) = by_identity([patch])

    assert named in _rendered(form, env)


def _build(tool: str, form: str, folder: Path, env: Mapping[str, str]) -> Done:
    assert shutil.which(tool) is not None, f"{tool} of tests/tools.md is not installed"
    flags = ["--enable-exec"] if (tool, form) == ("kustomize", "exec") else []
    command = ["kubectl", "kustomize"] if tool == "kubectl" else ["kustomize", "build"]
    return run([*command, "--enable-alpha-plugins", *flags, "."], cwd=folder, env=env)


# kubectl runs no exec function: it leaves them out, and says nothing.
BUILDS = [
    (tool, form) for tool in ("kubectl", "kustomize") for form in FORMS if (tool, form) != ("kubectl", "exec")
]


@pytest.mark.long
@pytest.mark.parametrize(("tool", "form"), BUILDS)
def test_a_build_prints_what_render_prints(tool: str, form: str, copy: Path, env: Mapping[str, str]) -> None:
    done = _build(tool, form, copy, env)

    assert done.code == 0, done.errors
    assert _rendered(form, env) == by_identity(done.objects)


@pytest.mark.long
@pytest.mark.parametrize(("tool", "form"), BUILDS)
def test_a_build_without_meshgen_fails(tool: str, form: str, copy: Path, env: Mapping[str, str]) -> None:
    bin = Path(env["PATH"].partition(":")[0])
    (bin / "meshgen").write_text("#!/bin/sh\nexit 127\n")
    (bin / "docker").write_text("#!/bin/sh\nexit 127\n")
    shutil.rmtree(Path(env["HOME"], ".config"))

    done = _build(tool, form, copy, env)

    assert (1, "") == (done.code, done.output)


@pytest.mark.long
@pytest.mark.parametrize("form", ["exec"])
def test_the_sentinel_fails_where_kubectl_leaves_the_function_out(
    form: str, copy: Path, env: Mapping[str, str]
) -> None:
    guarded = _build("kubectl", form, copy, env)
    kustomization = yaml.safe_load((copy / "kustomization.yaml").read_text())
    (copy / "kustomization.yaml").write_text(yaml.safe_dump({**kustomization, "patches": []}))
    unguarded = _build("kubectl", form, copy, env)

    assert (1, "") == (guarded.code, guarded.output)
    assert "no resource matches strategic merge patch" in guarded.errors
    assert (0, "") == (unguarded.code, unguarded.output)


SERVICE = """\
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 8080}]}
"""


@pytest.mark.long
@pytest.mark.parametrize("form", ["legacy"])
def test_a_prefix_reaches_every_name_that_kustomize_is_told_of(
    form: str, copy: Path, env: Mapping[str, str]
) -> None:
    plain = _rendered(form, env)
    (copy / "service.yaml").write_text(SERVICE)
    kustomization = yaml.safe_load((copy / "kustomization.yaml").read_text())
    prefixed = {**kustomization, "namePrefix": "prod-", "resources": ["service.yaml"]}
    (copy / "kustomization.yaml").write_text(yaml.safe_dump(prefixed))

    done = _build("kustomize", form, copy, env)

    names = {name for *_, name in plain} | {"cart"}
    expected = [_prefixed(each, names) for each in [*plain.values(), yaml.safe_load(SERVICE)]]
    assert by_identity(expected) == by_identity(done.objects)


def _prefixed(node: Any, names: set[str], key: str = "") -> Any:
    """Put the prefix before each name of an object; labels and accounts are none."""
    match node:
        case dict():
            return {name: _prefixed(value, names, name) for name, value in node.items()}
        case list():
            return [_prefixed(value, names, key) for value in node]
        case str() if node in names and key in ("name", "service"):
            return f"prod-{node}"
        case _:
            return node


def _transforming(form: str, copy: Path, env: Mapping[str, str]) -> None:
    """Make a kustomization in which meshgen runs last, with the intent among the resources alone."""
    for name in ("kustomization.yaml", "meshgen.yaml", "meshgen-sentinel.yaml"):
        (copy / name).unlink()
    init = ["meshgen", "kustomize", "init", "intent.yaml", "-m", MESHES[form], "-q", "--transformer"]
    assert run([*init, *OPTIONS[form]], cwd=copy, env=env).code == 0
    (copy / "service.yaml").write_text(SERVICE)
    config = yaml.safe_load((copy / "meshgen.yaml").read_text())
    del config["spec"]["intents"]
    (copy / "meshgen.yaml").write_text(yaml.safe_dump(config))
    kustomization = yaml.safe_load((copy / "kustomization.yaml").read_text())
    listed = {**kustomization, "resources": ["service.yaml", "intent.yaml"]}
    (copy / "kustomization.yaml").write_text(yaml.safe_dump(listed))


@pytest.mark.long
@pytest.mark.parametrize(("tool", "form"), BUILDS)
def test_a_transformer_yields_every_object_of_an_intent_that_is_local(
    tool: str, form: str, copy: Path, env: Mapping[str, str]
) -> None:
    _transforming(form, copy, env)

    done = _build(tool, form, copy, env)

    assert done.code == 0, done.errors
    expected = {**_rendered(form, env), **by_identity([yaml.safe_load(SERVICE)])}
    assert dict(sorted(expected.items())) == by_identity(done.objects)


@pytest.mark.long
@pytest.mark.parametrize("form", ["exec"])
def test_the_sentinel_fails_where_kubectl_leaves_a_transformer_out(
    form: str, copy: Path, env: Mapping[str, str]
) -> None:
    _transforming(form, copy, env)

    done = _build("kubectl", form, copy, env)

    assert (1, "") == (done.code, done.output)
    assert "no resource matches strategic merge patch" in done.errors


@pytest.mark.long
@pytest.mark.parametrize("form", ["legacy", "exec"])
def test_a_service_with_another_name_fails_the_build_with_its_final_name(
    form: str, copy: Path, env: Mapping[str, str]
) -> None:
    _transforming(form, copy, env)
    with (copy / "kustomization.yaml").open("a") as file:
        file.write("namePrefix: prod-\n")

    done = _build("kustomize", form, copy, env)

    assert (1, "") == (done.code, done.output)
    assert "the Service shop/cart is shop/prod-cart by now" in done.errors


@pytest.mark.long
@pytest.mark.parametrize("form", ["exec"])
def test_flux_drops_the_intent_and_keeps_every_object(form: str, copy: Path, env: Mapping[str, str]) -> None:
    for path in copy.glob("*.yaml"):
        if path.name != "intent.yaml":
            path.unlink()
    render = ["meshgen", "render", "intent.yaml", "-m", MESHES[form], "-d", "generated", "-q"]
    assert run(render, cwd=copy, env=env).code == 0
    # fluxcd/pkg kustomize/kustomize_generator.go: without a kustomization every YAML below the path is listed
    listed = sorted(path.relative_to(copy).as_posix() for path in copy.rglob("*.yaml"))
    (copy / "kustomization.yaml").write_text(yaml.safe_dump({"resources": listed}))

    done = run(["kustomize", "build", "."], cwd=copy, env=env)

    assert (0, "") == (done.code, done.errors)
    assert _rendered(form, env) == by_identity(done.objects)


KPTFILE = """\
apiVersion: kpt.dev/v1
kind: Kptfile
metadata: {name: shop, annotations: {config.kubernetes.io/local-config: "true"}}
pipeline:
  mutators:
    - exec: meshgen krm
      configPath: meshgen.yaml
"""


@pytest.mark.long
@pytest.mark.skipif(shutil.which("kpt") is None, reason="kpt is to be had from no registry, and not here")
@pytest.mark.parametrize("form", ["legacy"])
def test_kpt_writes_every_object_once_and_leaves_the_intent(
    form: str, copy: Path, env: Mapping[str, str]
) -> None:
    (copy / "kustomization.yaml").unlink()
    (copy / "meshgen-sentinel.yaml").unlink()
    (copy / "Kptfile").write_text(KPTFILE)
    config = yaml.safe_load((copy / "meshgen.yaml").read_text())
    local = {"config.kubernetes.io/local-config": "true"}
    metadata = {**config["metadata"], "annotations": local}
    (copy / "meshgen.yaml").write_text(
        yaml.safe_dump({**config, "metadata": metadata, "spec": {"mesh": MESHES[form]}})
    )
    intent = (copy / "intent.yaml").read_text()

    first = run(["kpt", "fn", "render", ".", "--allow-exec"], cwd=copy, env=env)
    once = {path: path.read_text() for path in copy.rglob("*.yaml")}
    again = run(["kpt", "fn", "render", ".", "--allow-exec"], cwd=copy, env=env)

    assert (0, 0) == (first.code, again.code), first.errors
    assert once == {path: path.read_text() for path in copy.rglob("*.yaml")}
    assert intent == once.pop(copy / "intent.yaml")
    del once[copy / "meshgen.yaml"]
    assert _rendered(form, env) == by_identity(yaml.safe_load(text) for text in once.values())


@pytest.mark.long
@pytest.mark.parametrize("form", ["legacy"])
def test_a_plugin_is_given_options_by_its_config(form: str, copy: Path, env: Mapping[str, str]) -> None:
    with (copy / "meshgen.yaml").open("a") as file:
        file.write("argsOneLiner: --fail-on warning\n")

    done = _build("kubectl", form, copy, env)

    assert (1, "") == (done.code, done.output)
    assert "warning[MG303 requirement]" in done.errors
