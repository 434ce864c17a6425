"""What is explained is true: each code is tripped by its example, each feature used by its sample."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from meshgen import datafiles
from meshgen.api import read_intents
from meshgen.catalogue import FAMILIES, codes, features, fields
from meshgen.diagnostics import Code, Findings
from meshgen.explain import explain, nearest, overview
from meshgen.explain.examples import example, told
from meshgen.gaps import uses
from meshgen.inputs import Content
from meshgen.intent.access import From
from meshgen.intent.resolve import resolve
from meshgen.intent.rules import check
from meshgen.intent.samples import small
from meshgen.profile import Profile
from meshgen.profiles import built_in

CALLERS = {"ingress": (From(service_account="ingress/gateway"),)}
CODES = codes()

# What no file can trip.
WITHOUT = {
    "MG106": "takes a scalar of a megabyte",
    "MG309": "no feature waits to be built",
    "MG415": "of a template",
    "MG416": "of definitions of the user's",
    "MG508": "of a folder of schemas",
    "MG602": "of two sides that differ: what we render does not",
    "MG603": "takes a hundred thousand classes of requests",
    "MG608": "of the command line",
    "MG609": "of the command line",
    "MG610": "of two sides that are compared",
    "MG701": "of names on the command line",
    "MG702": "of names on the command line",
    "MG703": "of names on the command line",
    "MG704": "of the folder that is written to",
    "MG705": "of the folder that is written to",
    "MG706": "of the folder that is written to",
    "MG710": "of the command line",
    "MG711": "of the command line",
    "MG712": "of the command line",
    "MG713": "of the command line",
    "MG730": "of the file that is written to",
    "MG720": "of the stream that a function is given",
    "MG721": "of the configuration that a function is given",
    "MG722": "of the configuration that a function is given",
    "MG723": "of the stream that a function is given",
    "MG724": "of the stream that a function is given",
    "MG725": "of the folder of a kustomization",
    "MG740": "of the folder that is written to",
    "MG741": "of an Application of Argo CD",
    "MG742": "of an Application of Argo CD",
    "MG760": "of a cluster",
    "MG761": "of a cluster",
    "MG762": "of a cluster",
    "MG763": "of a cluster",
    "MG764": "of a cluster",
    "MG765": "of a cluster",
    "MG766": "of a cluster",
    "MG767": "of a cluster",
    "MG768": "of a cluster",
    "MG769": "of a cluster",
    "MG770": "of a cluster",
    "MG771": "of a cluster",
    "MG772": "of a cluster",
    "MG773": "of a cluster",
    "MG774": "of a cluster",
    "MG901": "of a bug",
}


@pytest.mark.parametrize("code", [code for code in CODES if code.number not in WITHOUT], ids=str)
def test_a_code_is_tripped_by_its_example(code: Code) -> None:
    given = example(code)

    assert given is not None
    assert code.number in {found.code.number for found in told(given)}


@pytest.mark.parametrize("code", [code for code in CODES if code.number < "MG3"], ids=str)
def test_an_example_of_reading_or_rules_trips_nothing_else(code: Code) -> None:
    given = example(code)
    found = () if given is None else told(given)

    assert {each.code for each in found} <= {code}


def test_every_example_is_of_a_code_and_what_has_none_has_a_reason() -> None:
    shipped = {path.stem for path in datafiles.findings().iterdir()}

    assert {code.slug for code in CODES if code.number not in WITHOUT} == shipped
    assert set(WITHOUT) <= {code.number for code in CODES}


def test_a_number_and_a_slug_are_of_one_code_in_a_known_family() -> None:
    twice = [name for name, count in Counter(code.number for code in CODES).items() if count > 1]
    twice += [name for name, count in Counter(code.slug for code in CODES).items() if count > 1]

    assert twice == []
    assert {code.number[:3] for code in CODES} <= set(FAMILIES)


@pytest.mark.parametrize("feature", features())
def test_the_small_intent_of_a_feature_is_sound_and_uses_it(feature: str) -> None:
    reading = read_intents([Content("small.yaml", json.dumps(small(feature)).encode())])
    findings = Findings()
    check(reading.intents, callers=CALLERS, findings=findings)
    resolved = resolve(reading.intents, callers=CALLERS)
    any_mesh = Profile(name="any", mesh="any", version="0")

    assert [*reading.findings, *(found for found in findings if found.severity.value == "error")] == []
    assert feature in {use.usage.feature for use in uses(resolved, any_mesh)}


@pytest.mark.parametrize(
    "word", [*features(), *(code.slug for code in CODES), *(code.number for code in CODES)]
)
def test_every_feature_and_code_is_explained_by_its_name_first(word: str) -> None:
    explained = explain(word, built_in())

    assert explained is not None
    assert word in explained.partition("\n")[0]


def test_every_field_is_explained_by_its_path() -> None:
    known = set(features())
    paths = {field.written for field in fields()} - known
    unknown = [path for path in sorted(paths) if not (explain(path, ()) or "").startswith(f"{path}: ")]

    assert unknown == []


def test_every_code_is_listed() -> None:
    listed = overview()

    assert [code for code in CODES if f"  {code.number} {code.slug} " not in listed] == []


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("split-summ", "did you mean 'split-sum'?"),
        ("retries.perTryTimout", "did you mean 'retries.perTryTimeout'?"),
        ("outlierDetecion", "did you mean 'outlierDetection'?"),
        ("xyzzy", ""),
    ],
)
def test_a_word_that_nobody_knows_has_its_near_miss(word: str, hint: str) -> None:
    assert explain(word, ()) is None
    assert hint == nearest(word)
