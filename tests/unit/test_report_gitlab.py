"""Code Quality reports: whole ones, with every key that GitLab asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from meshgen.diagnostics import Span
from meshgen.report import Format, report
from meshgen.report.fingerprints import fingerprints
from tests.unit.reported import ERROR, NOWHERE, WARNING

# gitlab-org/gitlab app/validators/json_schemas/codeclimate.json; check_name is asked for by its page.
REQUIRED = {"description", "check_name", "fingerprint", "severity", "location"}


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_finding_is_one_object() -> None:
    findings = [NOWHERE, WARNING, ERROR]
    first, second, third = fingerprints(findings, ["intents/"])

    assert [
        {
            "description": "there is no file 'x'",
            "check_name": "MG202 split-sum",
            "fingerprint": first,
            "severity": "info",
            "location": {"path": "intents", "lines": {"begin": 1}},
        },
        {
            "description": "carried nearly",
            "check_name": "MG302 approximated-feature",
            "fingerprint": second,
            "severity": "minor",
            "location": {"path": "shop.yaml", "lines": {"begin": 1}},
        },
        {
            "description": "the shares of split sum to 90, not 100. See the versions [v1] at shop.yaml:2:1."
            " Hint: give what is missing to one version",
            "check_name": "MG202 split-sum",
            "fingerprint": third,
            "severity": "major",
            "location": {"path": "shop.yaml", "lines": {"begin": 3}},
        },
    ] == json.loads(report(findings, Format.GITLAB, inputs=["intents/", "shop.yaml"]))


def test_every_object_has_what_gitlab_requires_of_its_own_kind() -> None:
    entries = json.loads(report([ERROR, ERROR, NOWHERE, WARNING], Format.GITLAB))

    assert {frozenset(REQUIRED)} == {frozenset(entry) for entry in entries}
    assert 4 == len({entry["fingerprint"] for entry in entries})
    assert ["."] * 1 + ["shop.yaml"] * 3 == [entry["location"]["path"] for entry in entries]


def test_without_findings_the_list_is_empty() -> None:
    assert "[]\n" == report([], Format.GITLAB)


def test_text_that_json_cannot_carry_is_escaped() -> None:
    sly = replace(ERROR, message="\udcff", span=Span("\udcff.yaml", 1, 1), hint=None, related=())
    (entry,) = json.loads(report([sly], Format.GITLAB))

    assert ("\\udcff", "\\udcff.yaml") == (entry["description"], entry["location"]["path"])
