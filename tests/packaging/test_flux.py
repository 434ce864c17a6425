"""Flux: what it would apply of a rendered folder, by a stand-in that reads folders and replaces variables."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.kustomize import by_identity, programs, run

ROOT = Path(__file__).parents[2]
BOOKINFO = ROOT / "examples" / "bookinfo"
LOCAL = "config.kubernetes.io/local-config"
SUBSTITUTE = "kustomize.toolkit.fluxcd.io/substitute"

Object = Mapping[str, Any]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Make an environment with `meshgen`."""
    return programs(tmp_path)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Copy an intent and the workloads it speaks of, as a repository holds them."""
    return Path(shutil.copytree(BOOKINFO, tmp_path / "source"))


def _applied(folder: Path, variables: Mapping[str, str] | None = None) -> dict[tuple[str, ...], Object]:
    """Say what Flux applies of a folder.

    fluxcd/pkg kustomize/kustomize_generator.go makes a kustomization of every file where there is none, and
    kustomize leaves out what is marked as local; kustomize_varsub.go replaces where there is a variable.
    """
    objects = [each for each in _objects(folder) if not _is_local(each)]
    return by_identity([_replaced(each, variables) if variables else each for each in objects])


def _objects(folder: Path) -> Iterator[Object]:
    listed = folder / "kustomization.yaml"
    if listed.exists():
        names = yaml.safe_load(listed.read_text("utf-8"))["resources"]
        files = [folder / name for name in names]
    else:
        files = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    for file in files:
        yield from (each for each in yaml.safe_load_all(file.read_text("utf-8")) if each is not None)


def _is_local(each: Object) -> bool:
    annotations: Mapping[str, str] = each["metadata"].get("annotations", {})
    return annotations.get(LOCAL) == "true"


def _replaced(each: Object, variables: Mapping[str, str]) -> Object:
    if each["metadata"].get("annotations", {}).get(SUBSTITUTE) == "disabled":
        return each
    text = yaml.safe_dump(each, width=10_000)
    names = re.compile(r"\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
    replaced: Object = yaml.safe_load(
        names.sub(lambda found: "$" if found[1] is None else variables.get(found[1], ""), text)
    )
    return replaced


def _render(source: Path, env: Mapping[str, str], *options: str) -> tuple[dict[tuple[str, ...], Object], str]:
    """Render into a folder, and to stdout, which is what Flux should apply."""
    told = run(["meshgen", "render", ".", "-m", "istio", *options], cwd=source, env=env)
    meant = run(["meshgen", "render", ".", "-m", "istio", "-q"], cwd=source, env=env)
    assert (0, 0) == (told.code, meant.code)
    return by_identity(meant.objects), told.errors


def test_a_rendered_folder_is_applied_whole_and_nothing_else(source: Path, env: Mapping[str, str]) -> None:
    meant, _ = _render(source, env, "-d", "../deploy", "--kustomization")

    assert meant == _applied(source.parent / "deploy")


def test_an_intent_beside_its_manifests_is_not_applied(source: Path, env: Mapping[str, str]) -> None:
    meant, _ = _render(source, env, "-d", "../deploy")
    beside = shutil.copytree(source.parent / "deploy", source / "deploy")
    applied = _applied(source)

    assert (source / "intent.yaml").exists()
    assert meant == _applied(beside)
    assert [] == [key for key in applied if key[1] == "MeshIntent"]
    assert meant.keys() <= applied.keys()


@pytest.mark.parametrize(
    ("value", "is_told"),
    [
        ("${team}", True),
        ("${unknown}", True),
        ("a$$", True),
        ("$team", False),
        ("a{b}$", False),
        ("\\\\", False),
    ],
)
def test_a_value_that_flux_would_change_is_told_and_no_other(
    value: str, is_told: bool, source: Path, env: Mapping[str, str]
) -> None:
    intent = source / "intent.yaml"
    noted = f"  annotations:\n    example.com/team: '{value}'\n"
    intent.write_text(intent.read_text("utf-8").replace("  annotations:\n", noted))
    meant, told = _render(source, env, "-d", "deploy", "--kustomization")

    applied = _applied(source / "deploy", {"team": "shop"})

    assert is_told == (applied != meant)
    assert is_told == ("warning[MG740 substituted-variable]" in told)


def test_the_annotation_that_is_hinted_at_keeps_values_and_silence(
    source: Path, env: Mapping[str, str]
) -> None:
    intent = source / "intent.yaml"
    noted = f"  annotations:\n    example.com/team: '${{team}}'\n    {SUBSTITUTE}: disabled\n"
    intent.write_text(intent.read_text("utf-8").replace("  annotations:\n", noted))
    meant, told = _render(source, env, "-d", "deploy", "--kustomization")

    assert meant == _applied(source / "deploy", {"team": "shop"})
    assert "MG740" not in told
