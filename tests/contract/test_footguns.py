"""Each known way to go wrong on a mesh has a case, or a reason why nothing that is written could."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from meshgen.diagnostics import Findings
from meshgen.jsontypes import to_json
from meshgen.source import read

TESTS = Path(__file__).parents[1]
PAGE = Path(__file__).with_name("footguns.yaml")
(_TREE,) = read(PAGE.read_bytes(), file=PAGE.name, findings=Findings())
FOOTGUNS: dict[str, dict[str, str]] = to_json(_TREE)
SECTIONS = {
    "istio": ("istio.md", "## 5. Footguns the generator must lint", r"(?<![\d.])(\d{1,2})\. "),
    "linkerd": ("linkerd.md", "## 8. Footguns (ranked)", r"(?<![\d.])(\d{1,2})\. "),
    "consul": ("consul.md", "**Ten things that change the design**", r"^(\d+)\. "),
    "consul traps": ("consul.md", "## 5. Footguns (not already in", r"^(- )"),
}


def test_every_case_that_is_named_is_there() -> None:
    cases = [case for section in FOOTGUNS.values() for case in section.values() if " " not in case]
    missing = [
        case
        for case in cases
        if not (TESTS / "cases" / case).is_dir() and not (TESTS / "cases" / f"{case}.yaml").is_file()
    ]

    assert missing == []
    assert len(cases) > 50


@pytest.mark.skipif("MESHGEN_SHARED" not in os.environ, reason="MESHGEN_SHARED names no notes")
@pytest.mark.parametrize("name", SECTIONS)
def test_every_number_of_the_notes_has_its_line(name: str) -> None:
    file, title, number = SECTIONS[name]
    text = Path(os.environ["MESHGEN_SHARED"], "mesh", file).read_text(encoding="utf-8")
    section = text.partition(title)[2].partition("\n---")[0].partition("\n## ")[0]
    last = section.partition("\nImporter normalisations")[0]
    found = re.findall(number, last, re.MULTILINE)
    numbers = [str(index + 1) for index in range(len(found))] if found[0] == "- " else found

    assert sorted(FOOTGUNS[name], key=int) == sorted(set(numbers), key=int)
