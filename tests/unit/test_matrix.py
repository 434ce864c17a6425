"""The matrix of who can what: whole, true of each profile, and as the page of the docs has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from meshgen.backend import Backend, backends
from meshgen.catalogue import features
from meshgen.gaps import uses
from meshgen.intent.samples import samples
from meshgen.profile import Profile
from meshgen.profiles import built_in
from meshgen.report.matrix import as_json, as_markdown, as_table, cases, matrix
from tests.contract.test_sensitivity import CALLERS, load, resolved

PAGE = Path(__file__).parents[2] / "docs" / "capabilities.md"
FOUND = matrix(built_in())
TARGETS = [
    pytest.param(backend, profile, id=profile.name) for backend in backends() for profile in backend.profiles
]


def test_the_page_of_the_docs_is_the_matrix(request: pytest.FixtureRequest) -> None:
    head, _, _ = PAGE.read_text("utf-8").partition("| feature ")
    expected = f"{head}{as_markdown(FOUND)}"

    if request.config.getoption("--update-goldens"):
        PAGE.write_text(expected, "utf-8")
    assert expected == PAGE.read_text("utf-8")


def test_a_table_fits_a_terminal_of_a_hundred_columns() -> None:
    assert [line for line in as_table(FOUND).splitlines() if len(line) > 100] == []


def test_every_feature_is_answered_by_every_built_in_profile() -> None:
    answers = json.loads(as_json(FOUND))["features"]
    names = [choice.profile.name for choice in built_in()]

    assert list(answers) == list(features())
    assert {feature: [name for name in names if not found[name]] for feature, found in answers.items()} == {
        feature: [] for feature in features()
    }


@pytest.mark.parametrize(("backend", "profile"), TARGETS)
def test_what_a_profile_settles_is_what_each_use_would_say(backend: Backend, profile: Profile) -> None:
    wrong = []
    for feature, tree in samples().items():
        found = resolved(load(tree))
        assert found is not None
        for use in uses(found, replace(profile, callers=CALLERS)):
            row = backend.capabilities.answer(use)
            letters = {case.row.answer for case in cases(use.usage.feature, backend, profile)}
            if row.answer not in letters:
                wrong.append((feature, use.usage.feature, row.answer))

    assert wrong == []
