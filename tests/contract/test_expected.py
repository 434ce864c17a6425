"""The page that explains an example's goldens speaks of each of their objects, in order, and of no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.source import read

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "tests" / "cases" / "examples"
PAGES = sorted(EXAMPLES.glob("*/expected.md"))
ROW = re.compile(
    r"^\| (?P<kind>[A-Z]\w+) \| (?P<name>[^ |]+) \| (?P<what>[^|]+) \| (?P<lines>[^|]+) \|$", re.MULTILINE
)


def sections(page: Path) -> dict[str, list[re.Match[str]]]:
    """Give the rows of each profile."""
    _, *parts = re.split(r"^## (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {title: list(ROW.finditer(body)) for title, body in zip(parts[::2], parts[1::2], strict=True)}


def objects(golden: Path) -> list[tuple[str, str]]:
    nodes = read(golden.read_bytes(), file=str(golden), findings=Findings())
    return [(found["kind"], found["metadata"]["name"]) for found in map(to_json, nodes)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_the_page_explains_each_object_of_each_golden(page: Path) -> None:
    goldens = {path.stem: objects(path) for path in page.parent.glob("*.yaml")}

    explained = {
        title: [(row["kind"], row["name"]) for row in rows] for title, rows in sections(page).items()
    }
    assert explained == goldens


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.parent.name)
def test_every_line_that_is_named_is_one_of_the_intent(page: Path) -> None:
    intent = ROOT / "examples" / page.parent.name / "intent.yaml"
    last = len(intent.read_text(encoding="utf-8").splitlines())

    rows = [row for found in sections(page).values() for row in found]
    numbers = [int(number) for row in rows for number in re.findall(r"\d+", row["lines"])]
    assert [number for number in numbers if not 1 <= number <= last] == []
    assert all(re.search(r"\d", row["lines"]) for row in rows)


def test_every_example_has_a_page() -> None:
    assert [page.parent.name for page in PAGES] == sorted(path.name for path in (ROOT / "examples").iterdir())
