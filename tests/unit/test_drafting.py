"""A first intent stands as it is on every built-in profile, and so does each line that can be had in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from meshgen.api import read_documents, read_intents, render, validate
from meshgen.diagnostics import Diagnostic, Findings, Severity
from meshgen.drafting import draft, example
from meshgen.formatting import formatted
from meshgen.inputs import Content
from meshgen.profiles import Choice, built_in

ROOT = Path(__file__).parents[2]
EXAMPLE = example(name=None, namespace=None)
READY = re.compile(r"^ *#[^ \n].*\n", re.MULTILINE)
BUILT_IN = pytest.mark.parametrize("choice", built_in(), ids=lambda choice: choice.profile.name)


def alternatives(text: str) -> Iterator[str]:
    """Take the '#' away from one group of lines after the other."""
    for group in re.finditer(rf"(?:{READY.pattern})+", text, re.MULTILINE):
        ready = re.sub(r"^( *)#", r"\1", group.group(), flags=re.MULTILINE)
        yield text[: group.start()] + ready + text[group.end() :]


def drafted(folder: str) -> tuple[str, list[Content]]:
    inputs = [
        Content(name, (ROOT / "examples" / folder / name).read_bytes())
        for name in ("services.yaml", "workloads.yaml")
    ]
    findings = Findings()
    documents = read_documents(inputs, findings=findings)
    text = draft(documents, name=None, namespace=None, findings=findings)
    assert [] == list(findings)
    return text, inputs


def errors(text: str, inputs: list[Content], choice: Choice) -> list[Diagnostic]:
    reading = read_intents([Content("intent.yaml", text.encode()), *inputs])
    found = [*reading.findings, *render(reading, *choice).findings]
    return [each for each in found if each.severity is Severity.ERROR]


def canonical(text: str) -> str:
    return formatted(Content("intent.yaml", text.encode()), findings=Findings()).decode()


@BUILT_IN
def test_the_example_renders_as_it_stands_and_with_each_of_its_alternatives(choice: Choice) -> None:
    each = [EXAMPLE, *alternatives(EXAMPLE)]

    assert len(each) > 7
    assert [] == [(text, found) for text in each for found in errors(text, [], choice)]


@BUILT_IN
@pytest.mark.parametrize("folder", ["bookinfo", "online-boutique"])
def test_what_is_drafted_from_services_and_workloads_renders_with_and_without_them(
    folder: str, choice: Choice
) -> None:
    text, inputs = drafted(folder)

    assert [] == errors(text, inputs, choice)
    assert [] == errors(text, [], choice)


@pytest.mark.parametrize("folder", ["bookinfo", "online-boutique"])
def test_each_alternative_of_a_draft_is_sound(folder: str) -> None:
    text, inputs = drafted(folder)
    found = []
    for each in alternatives(text):
        findings = Findings()
        documents = read_documents([Content("intent.yaml", each.encode()), *inputs], findings=findings)
        findings.extend(validate(documents, ()).findings)
        found += [(each, error) for error in findings if error.severity is Severity.ERROR]

    assert [] == found


NUMBERS = example(name="123", namespace="1e3")


@pytest.mark.parametrize(
    "text", [EXAMPLE, NUMBERS, drafted("bookinfo")[0]], ids=["example", "numbers", "draft"]
)
def test_a_first_intent_is_in_canonical_form_and_begins_with_a_modeline(text: str) -> None:
    assert text == canonical(text)
    assert text.startswith("# yaml-language-server: $schema=meshintent.schema.json\n")


def test_a_name_that_looks_like_a_number_is_a_text() -> None:
    spec = "spec: {selector: {app: web}, ports: [{port: 80, name: http}]}"
    text = f'apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: "123"}}\n{spec}\n'
    documents = read_documents([Content("services.yaml", text.encode())], findings=Findings())

    text = draft(documents, name=None, namespace=None, findings=Findings())

    named = '  name: "123" # what it is a part of, as a label of every object\n'
    assert f'{named}  namespace: "123" # where all its services live\n' in text
    assert named in NUMBERS


def test_a_service_with_the_pods_of_another_says_so() -> None:
    assert (
        "    frontend-external:\n      port: 80\n      targetPort: 8080\n      podsOf: frontend\n"
        in (drafted("online-boutique")[0])
    )


def test_nothing_of_a_service_can_break_out_of_a_comment() -> None:
    port = '{port: 80, name: http}, {port: 53, protocol: "UDP\\nspec: {}"}'
    spec = f"spec: {{selector: {{app: web}}, ports: [{port}]}}"
    text = f'apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: "a\\nb: c"}}\n{spec}\n'
    text += f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\n{spec}\n"
    findings = Findings()
    documents = read_documents([Content("services.yaml", text.encode())], findings=findings)

    lines = draft(documents, name=None, namespace=None, findings=findings).splitlines()

    assert '      # Port 53 is "UDP\\nspec: {}", which no mesh carries.' in lines
    assert "  namespace: default # where all its services live" in lines
    assert ["MG115"] == [found.code.number for found in findings]


def test_every_line_of_the_example_says_what_it_is_or_follows_one_that_does() -> None:
    spec = EXAMPLE.partition("\nspec:\n")[2].splitlines()
    keys = [line for line in spec if re.match(r" *#?[a-z][A-Za-z]*:", line)]
    told = [line for line in spec if "# " in line]

    assert len(told) > len(keys) / 2
