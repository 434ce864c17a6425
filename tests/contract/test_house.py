"""The house keeps its style: linters are silent, files short, and no mesh is named outside its room."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.contract import house
from tests.contract.house import Breach

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "meshgen"
OURS = [
    ROOT / folder for folder in ("meshgen", "templates", "schemas", "examples", "tests", "benchmarks", ".ci")
]
CODE = [path for folder in OURS for path in folder.rglob("*.py")]
BUILT_IN = frozenset(path.parent.name for path in (PACKAGE / "backends").glob("*/__init__.py"))


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_a_linter_finds_nothing(command: str) -> None:
    done = subprocess.run([sys.executable, "-m", *command.split()], cwd=ROOT, check=False)

    assert done.returncode == 0


def test_a_file_says_its_one_idea_first() -> None:
    assert [] == _breaches(CODE, house.opening)


def test_a_file_is_short() -> None:
    assert [] == _breaches(CODE, house.length)


def test_a_function_is_short_and_flat() -> None:
    assert [] == _breaches(PACKAGE.rglob("*.py"), house.functions)


def test_no_file_is_empty() -> None:
    empty = {
        path for folder in OURS for path in folder.rglob("*") if path.is_file() and path.stat().st_size == 0
    }
    silence = set((ROOT / "tests" / "cases").rglob("*"))

    assert {PACKAGE / "py.typed"} == empty - silence


def test_code_names_no_mesh_but_its_own() -> None:
    def foreign(path: Path) -> list[Breach]:
        return house.names(path.read_text("utf-8"), _others(path, PACKAGE / "backends"))

    assert len(BUILT_IN) > 0
    assert [] == [(path, breach) for path in PACKAGE.rglob("*.py") for breach in foreign(path)]


def test_a_template_names_no_mesh_but_its_own() -> None:
    templates = ROOT / "templates"

    def foreign(path: Path) -> bool:
        text = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        return house.says(text, _others(path, templates))

    assert [] == [path for path in templates.rglob("*.j2") if foreign(path)]


def _others(path: Path, rooms: Path) -> frozenset[str]:
    return frozenset(name for name in BUILT_IN if not path.is_relative_to(rooms / name))


def _breaches(paths: Iterable[Path], rule: Callable[[str], list[Breach]]) -> list[tuple[str, Breach]]:
    sources = ((path.relative_to(ROOT).as_posix(), path.read_text("utf-8")) for path in paths)
    return sorted((name, breach) for name, source in sources for breach in rule(source))


PLANTED = '''
"""Prose may name Linkerd."""

from rooms.linkerd import Plan


def linkerd_version(kind, *, help="Linkerd only"):
    if kind == "policy.linkerd.io":
        return Plan.ofLinkerd(LINKERD_2, help="for Linkerd")
    return "linkerdish"
'''


def test_a_planted_name_is_found_wherever_code_can_say_it() -> None:
    assert [
        Breach(4, "says 'rooms.linkerd'"),
        Breach(7, "says 'Linkerd only'"),
        Breach(7, "says 'linkerd_version'"),
        Breach(8, "says 'policy.linkerd.io'"),
        Breach(9, "says 'LINKERD_2'"),
        Breach(9, "says 'ofLinkerd'"),
    ] == house.names(PLANTED, frozenset({"linkerd"}))


@pytest.mark.parametrize(
    "source",
    ["", "import ast", '"""Two. Sentences."""', '"""One\nover two lines."""', '"""No full stop"""'],
)
def test_an_opening_that_is_no_sentence_on_a_line_is_found(source: str) -> None:
    (breach,) = house.opening(source)

    assert breach.line == 1


def test_a_function_too_long_or_too_deep_is_found() -> None:
    deep = "def deep():\n if a:\n  for b in c:\n   while d:\n    with e:\n     pass\n"
    flat = "def flat():\n if a:\n  pass\n elif b:\n  pass\n elif c:\n  pass\n elif d:\n  pass\n"
    long = "def long():\n" + " pass\n" * 35

    assert [Breach(1, "deep is nested 4 deep")] == house.functions(deep)
    assert [] == house.functions(flat)
    assert [Breach(1, "long has 36 lines")] == house.functions(long)
