"""Stand-ins that keep the contract of kustomize: what it hands to a function or plugin, and what it takes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "integrations" / "kustomize"

Object = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of a program."""

    code: int
    output: str
    errors: str

    @property
    def objects(self) -> list[Object]:
        """The documents of its output."""
        return [each for each in yaml.safe_load_all(self.output) if each is not None]


def programs(folder: Path) -> dict[str, str]:
    """Make an environment in which `meshgen` is on the path and nobody's plugins or colours are."""
    bin = folder / "bin"
    bin.mkdir(parents=True)
    script = f'#!/bin/sh\nexec "{sys.executable}" -P -m meshgen "$@"\n'
    (bin / "meshgen").write_text(script)
    (bin / "meshgen").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KUSTOMIZE", "XDG"))}
    home = folder / "home"
    (home / ".config").mkdir(parents=True)
    path = f"{bin}{os.pathsep}{os.environ['PATH']}"
    caches = {"XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]} if "XDG_CACHE_HOME" in os.environ else {}
    return kept | caches | {"PATH": path, "HOME": str(home), "PYTHONPATH": str(ROOT)}


def run(command: Iterable[str], *, cwd: Path, env: Mapping[str, str], text: str = "") -> Done:
    """Run a program to its end."""
    done = subprocess.run(
        list(command), cwd=cwd, env=dict(env), input=text, capture_output=True, encoding="utf-8", check=False
    )
    return Done(code=done.returncode, output=done.stdout, errors=done.stderr)


def legacy(config: Object, items: Iterable[Object], *, cwd: Path, env: Mapping[str, str]) -> Done:
    """Run an exec plugin as kustomize/api/internal/plugins/execplugin does."""
    homes = (Path(env.get("KUSTOMIZE_PLUGIN_HOME", "-")), Path(env["HOME"], ".config/kustomize/plugin"))
    home = next(home for home in homes if home.is_dir())
    kind = str(config["kind"])
    with tempfile.NamedTemporaryFile("w", prefix="kust-plugin-config-") as file:
        yaml.safe_dump(config, file)
        file.flush()
        root = {"KUSTOMIZE_PLUGIN_CONFIG_ROOT": str(cwd)}
        launcher = home / config["apiVersion"] / kind.lower() / kind
        stream = yaml.safe_dump_all(items) if items else ""
        return run([str(launcher), file.name], cwd=cwd, env={**env, **root}, text=stream)


def function(config: Object, items: Iterable[Object], *, cwd: Path, env: Mapping[str, str]) -> Done:
    """Run what the annotation of a function config names, as kustomize/kyaml/fn/runtime does.

    A generator is given its own config as the only item. A container's mount is the folder it runs in.
    """
    local = {"config.kubernetes.io/local-config": "true"}
    noted = {**config["metadata"].get("annotations", {}), **local}
    marked = {**config, "metadata": {**config["metadata"], "annotations": noted}}
    listed = {
        "apiVersion": "config.kubernetes.io/v1",
        "kind": "ResourceList",
        "items": list(items) or [marked],
        "functionConfig": marked,
    }
    how = yaml.safe_load(noted["config.kubernetes.io/function"])
    assert how.keys() <= {"exec", "container"}
    if "exec" in how:
        command = [how["exec"]["path"], *how["exec"].get("args", [])]
    else:
        (mount,) = how["container"]["mounts"]
        assert mount == {"type": "bind", "src": ".", "dst": "/in"}
        command = ["docker", "run", "--rm", "-i", how["container"]["image"]]
    return run(command, cwd=cwd, env=env, text=yaml.safe_dump(listed, sort_keys=False))


def answered(done: Done) -> list[Object]:
    """Take the items of a ResourceList, without what is for the pipeline alone."""
    (listed,) = done.objects
    local = "config.kubernetes.io/local-config"
    assert listed["kind"] == "ResourceList"
    return [item for item in listed["items"] if local not in (item["metadata"].get("annotations") or {})]


def by_identity(objects: Iterable[Object]) -> dict[tuple[str, ...], Object]:
    """Sort objects by what tells one from another; each may stand once."""
    listed = list(objects)
    found = {
        (
            each["apiVersion"],
            each["kind"],
            each["metadata"].get("namespace", ""),
            each["metadata"]["name"],
        ): each
        for each in listed
    }
    assert len(found) == len(listed)
    return dict(sorted(found.items()))
