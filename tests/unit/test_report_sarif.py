"""SARIF: whole reports, what GitHub requires by name, and what becomes of too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from meshgen import __version__
from meshgen.diagnostics import Diagnostic, Severity, Span
from meshgen.report import Format, report
from meshgen.report.fingerprints import fingerprints, line_hashes
from tests.unit.reported import ERROR, NOWHERE, SHOP, WARNING
from tests.unit.sarif_schema import SARIF

# github/docs content/code-security/.../sarif-support-for-code-scanning.md: every property marked as required.
REQUIRED = [
    "$schema",
    "version",
    "runs[]",
    "runs[].tool.driver",
    "runs[].tool.driver.name",
    "runs[].tool.driver.rules[]",
    "runs[].tool.driver.rules[].id",
    "runs[].tool.driver.rules[].shortDescription.text",
    "runs[].tool.driver.rules[].fullDescription.text",
    "runs[].tool.driver.rules[].help.text",
    "runs[].results[]",
    "runs[].results[].message.text",
    "runs[].results[].locations[]",
    "runs[].results[].locations[].physicalLocation",
    "runs[].results[].locations[].physicalLocation.artifactLocation.uri",
    "runs[].results[].locations[].physicalLocation.region.startLine",
    "runs[].results[].locations[].physicalLocation.region.startColumn",
    "runs[].results[].locations[].physicalLocation.region.endLine",
    "runs[].results[].locations[].physicalLocation.region.endColumn",
    "runs[].results[].partialFingerprints.primaryLocationLineHash",
    "runs[].results[].relatedLocations[].physicalLocation.artifactLocation.uri",
    "runs[].results[].relatedLocations[].physicalLocation.region.startLine",
    "runs[].results[].relatedLocations[].physicalLocation.region.startColumn",
    "runs[].results[].relatedLocations[].physicalLocation.region.endLine",
    "runs[].results[].relatedLocations[].physicalLocation.region.endColumn",
]
SCHEMA = jsonschema_rs.Draft7Validator(SARIF, validate_formats=True)
LONGEST = {"name": 255, "shortDescription": 1024, "fullDescription": 1024}


@pytest.fixture(autouse=True)
def _shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(SHOP)


def _document(*findings: Diagnostic, inputs: tuple[str, ...] = ("shop.yaml",)) -> Any:
    """Write findings, hold the document against the schema, and read it back."""
    document = json.loads(report(findings, Format.SARIF, inputs=inputs))
    assert [] == [error.message for error in SCHEMA.iter_errors(document)]
    return document


def _run(*findings: Diagnostic, inputs: tuple[str, ...] = ("shop.yaml",)) -> Any:
    (run,) = _document(*findings, inputs=inputs)["runs"]
    return run


def _results(*findings: Diagnostic, inputs: tuple[str, ...] = ("shop.yaml",)) -> Any:
    return _run(*findings, inputs=inputs)["results"]


@pytest.mark.parametrize("path", REQUIRED)
def test_a_property_that_github_requires_is_there_and_never_empty(path: str) -> None:
    values = list(_at(_document(ERROR, WARNING, NOWHERE), path))

    assert values != []
    assert [] == [value for value in values if value in ("", None, [], {})]


def _at(value: Any, path: str) -> Iterator[Any]:
    """Follow a path to every value that it names; a missing key is a KeyError."""
    key, _, rest = path.partition(".")
    found = value[key.removesuffix("[]")]
    for each in found if key.endswith("[]") else [found]:
        yield from _at(each, rest) if rest else [each]


def test_texts_of_a_rule_are_no_longer_than_github_shows() -> None:
    from meshgen.catalogue import codes

    everything = [replace(NOWHERE, code=code) for code in codes()]
    rules = _run(*everything)["tool"]["driver"]["rules"]

    assert [code.number for code in codes()] == [rule["id"] for rule in rules]
    assert [] == [rule["id"] for rule in rules if len(rule["name"]) > LONGEST["name"]]
    for key in ("shortDescription", "fullDescription"):
        assert [] == [rule["id"] for rule in rules if len(rule[key]["text"]) > LONGEST[key]]


def test_a_run_names_its_rules_once_and_its_results_in_the_order_of_their_places() -> None:
    first, second, third = fingerprints([NOWHERE, WARNING, ERROR], ["shop.yaml"])
    hashes = line_hashes(SHOP.split("\n"), {1, 2, 3})
    shop = {"uri": "shop.yaml", "uriBaseId": "%SRCROOT%"}

    def location(line: int, start: int, end: int) -> Any:
        region = {"startLine": line, "startColumn": start, "endLine": line, "endColumn": end}
        return {"physicalLocation": {"artifactLocation": shop, "region": region}}

    assert {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "meshgen",
                        "semanticVersion": __version__,
                        "rules": [
                            {
                                "id": "MG202",
                                "name": "split-sum",
                                "shortDescription": {"text": "Split sum"},
                                "fullDescription": {"text": "Shares do not sum to 100."},
                                "help": {
                                    "text": "Shares do not sum to 100. For more, type: meshgen explain MG202",
                                    "markdown": "Shares do not sum to 100.\n\n"
                                    "For more, type `meshgen explain MG202`.",
                                },
                                "defaultConfiguration": {"level": "error"},
                            },
                            {
                                "id": "MG302",
                                "name": "approximated-feature",
                                "shortDescription": {"text": "Approximated feature"},
                                "fullDescription": {"text": "Nearly."},
                                "help": {
                                    "text": "Nearly. For more, type: meshgen explain MG302",
                                    "markdown": "Nearly.\n\nFor more, type `meshgen explain MG302`.",
                                },
                                "defaultConfiguration": {"level": "warning"},
                            },
                        ],
                    }
                },
                "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": []}],
                "columnKind": "utf16CodeUnits",
                "newlineSequences": ["\r\n", "\n", "\r"],
                "originalUriBaseIds": {
                    "%SRCROOT%": {"description": {"text": "The folder in which meshgen ran."}}
                },
                "results": [
                    {
                        "ruleId": "MG202",
                        "ruleIndex": 0,
                        "level": "note",
                        "message": {"text": "there is no file 'x'"},
                        "locations": [location(1, 1, 9)],
                        "relatedLocations": [],
                        "partialFingerprints": {
                            "primaryLocationLineHash": hashes[1],
                            "meshgen/v1": first,
                        },
                        "properties": {},
                    },
                    {
                        "ruleId": "MG302",
                        "ruleIndex": 1,
                        "level": "warning",
                        "message": {"text": "carried nearly"},
                        "locations": [location(1, 1, 9)],
                        "relatedLocations": [],
                        "partialFingerprints": {
                            "primaryLocationLineHash": hashes[1],
                            "meshgen/v1": second,
                        },
                        "properties": {
                            "feature": "retries.retryOn.reset",
                            "mesh": "istio",
                            "source": "istio/istio pilot/retry.go",
                        },
                    },
                    {
                        "ruleId": "MG202",
                        "ruleIndex": 0,
                        "level": "error",
                        "message": {
                            "text": "the shares of split sum to 90, not 100. See [the versions \\[v1\\]](1)."
                            " Hint: give what is missing to one version"
                        },
                        "locations": [
                            location(3, 3, 18)
                            | {
                                "logicalLocations": [
                                    {"fullyQualifiedName": "spec.services.reviews.split", "kind": "property"}
                                ]
                            }
                        ],
                        "relatedLocations": [
                            {"id": 1, **location(2, 1, 21), "message": {"text": "the versions [v1]"}}
                        ],
                        "partialFingerprints": {
                            "primaryLocationLineHash": hashes[3],
                            "meshgen/v1": third,
                        },
                        "properties": {"hint": "give what is missing to one version"},
                    },
                ],
            }
        ],
    } == _document(ERROR, WARNING, NOWHERE)


def test_without_findings_a_run_has_no_results() -> None:
    run = _run()

    assert ([], []) == (run["tool"]["driver"]["rules"], run["results"])


def test_columns_count_utf16_code_units() -> None:
    Path("shop.yaml").write_bytes("\ufeff# \U0001f600\r\n{'\U0001f600':\t1, b: '\U0001f600'}  \r\n".encode())
    (result,) = _results(replace(ERROR, span=Span("shop.yaml", 2, 10), related=()))

    assert {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 19} == next(
        _at(result, "locations[].physicalLocation.region")
    )


@pytest.mark.parametrize(
    ("file", "artifact"),
    [
        ("./a/../shop.yaml", {"uri": "shop.yaml", "uriBaseId": "%SRCROOT%"}),
        (
            "a b/100%/#1?x=[ü].yaml",
            {"uri": "a%20b/100%25/%231%3Fx%3D%5B%C3%BC%5D.yaml", "uriBaseId": "%SRCROOT%"},
        ),
        ("c:d.yaml", {"uri": "c%3Ad.yaml", "uriBaseId": "%SRCROOT%"}),
        ("\udcff\n.yaml", {"uri": "%FF%0A.yaml", "uriBaseId": "%SRCROOT%"}),
        ("-", {"uri": "stdin", "uriBaseId": "%SRCROOT%"}),
        ("/else where/x.yaml", {"uri": "file:///else%20where/x.yaml"}),
    ],
)
def test_a_file_is_a_uri_from_the_working_directory(file: str, artifact: dict[str, str]) -> None:
    (result,) = _results(replace(ERROR, span=Span(file, 1, 1), related=()))

    assert [artifact] == list(_at(result, "locations[].physicalLocation.artifactLocation"))


@pytest.mark.parametrize(
    ("inputs", "uri", "end"),
    [(("shop.yaml", "x.yaml"), "shop.yaml", 9), (("intents/",), "intents", 1), ((), ".", 1)],
)
def test_a_finding_without_a_place_is_shown_at_the_first_input(
    inputs: tuple[str, ...], uri: str, end: int
) -> None:
    (result,) = _results(NOWHERE, inputs=inputs)

    assert [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": end},
            }
        }
    ] == result["locations"]


def _primary(*findings: Diagnostic) -> list[str]:
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in _results(*findings)]


def test_github_can_tell_two_findings_of_one_rule_on_one_line_apart() -> None:
    beside = replace(ERROR, message="the shares of split sum to 80, not 100")
    _, own = fingerprints([beside, ERROR], ())
    (line,) = line_hashes(SHOP.split("\n"), {3}).values()

    assert [line, own] == _primary(ERROR, beside)
    assert 3 == len(set(_primary(ERROR, beside, ERROR)))
    assert [line, line] == _primary(ERROR, replace(ERROR, code=WARNING.code))


def test_a_finding_in_a_file_that_is_gone_is_known_by_what_it_says() -> None:
    lost = replace(ERROR, span=Span("-", 3, 3))

    assert list(fingerprints([lost], ())) == _primary(lost)


def test_the_least_grave_are_left_out_where_there_are_too_many_and_that_is_told() -> None:
    notes = [replace(NOWHERE, message=str(index)) for index in range(24_999)]
    run = _run(WARNING, *notes, ERROR)

    levels = [result["level"] for result in run["results"]]
    assert (24_998, 1, 1) == (levels.count("note"), levels.count("warning"), levels.count("error"))
    assert ["warning", "error"] == levels[-2:]
    assert [
        {
            "level": "warning",
            "message": {
                "text": "1 of 25001 findings are left out, the least grave ones:"
                " GitHub refuses a file with more than 25000 results."
            },
        }
    ] == run["invocations"][0]["toolExecutionNotifications"]


def test_related_places_are_left_out_where_there_are_too_many_and_that_is_told() -> None:
    def related(count: int) -> Diagnostic:
        places = tuple((f"place {line}", Span("shop.yaml", line, 1)) for line in range(1, count + 1))
        return replace(ERROR, related=places)

    assert 999 == len(_results(related(999))[0]["relatedLocations"])
    assert [] == _run(related(999))["invocations"][0]["toolExecutionNotifications"]

    run = _run(related(1000))
    assert 999 == len(run["results"][0]["relatedLocations"])
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert (
        "MG202 split-sum at shop.yaml:3:3 shows 999 of 1000 related places:"
        " GitHub refuses a result with more than 1000 locations."
    ) == told["message"]["text"]


def test_text_that_json_cannot_carry_is_escaped() -> None:
    sly = replace(
        ERROR,
        message="\udcff\x1b",
        field="a\n",
        hint="\udcff",
        related=((r"\[x](y)" + "\n", Span("-", 1, 1)),),
    )
    (result,) = _results(replace(sly, severity=Severity.ERROR))

    assert r"\udcff\x1b. See [\\\[x\](y)\n](1). Hint: \udcff" == result["message"]["text"]
    assert [r"\[x](y)\n"] == list(_at(result, "relatedLocations[].message.text"))
    (logical,) = result["locations"][0]["logicalLocations"]
    assert "a\\n" == logical["fullyQualifiedName"]
