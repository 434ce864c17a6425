"""The canonical form says the same, is its own, and keeps every comment beside its neighbour."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meshgen.diagnostics import Findings
from meshgen.formatting import formatted
from meshgen.inputs import Content
from meshgen.intent.load import sort
from meshgen.intent.shape import INVALID, Place
from meshgen.kinds import kinds
from meshgen.scalars import dump
from meshgen.source import read
from tests.property.commands import tell
from tests.property.documents import sound
from tests.property.hostile import texts

ROOT = Path(__file__).parents[2]
KINDS = kinds()
COMMENT = "# c0mment"
MODELINE = "# yaml-language-server: "

INTENTS = sorted((ROOT / "tests" / "cases").rglob("*.yaml")) + sorted((ROOT / "examples").rglob("*.yaml"))


def meaning(text: str) -> Any:
    """Load what is ours; None where a reader finds anything."""
    findings = Findings()
    documents = sort(read(text.encode(), file="f", findings=findings), findings=findings)
    ours = [*((node, "MeshIntent") for node in documents.intents)]
    ours += [(node, "MeshProfile") for node in documents.profiles]
    values = [KINDS[kind].read(node, Place(findings)) for node, kind in ours]
    return None if len(findings) > 0 or INVALID in values else (values, documents.others, documents.tests)


def form(text: str) -> str:
    findings = Findings()
    anew = formatted(Content("f", text.encode()), findings=findings)
    assert [] == list(findings)
    return anew.decode()


@pytest.mark.parametrize("path", INTENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_means_the_same_and_is_then_canonical(path: Path) -> None:
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError:
        pytest.skip("not UTF-8")
    before = meaning(text)
    findings = Findings()
    anew = formatted(Content("f", text.encode()), findings=findings).decode()

    if before is None:
        assert text == anew
    else:
        assert before[0] == meaning(anew)[0]
        assert anew == form(anew)


@settings(max_examples=60)
@given(data=st.data())
def test_a_drawn_document_means_the_same_and_is_then_canonical(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(KINDS)))
    value = data.draw(sound(KINDS[kind]))
    write = data.draw(st.sampled_from((dump, json.dumps, _python)))
    text = write(value)
    before = meaning(text)

    anew = form(text)

    assert before is not None
    assert before[0] == meaning(anew)[0]
    assert anew == form(anew)


def _python(value: Any) -> str:
    return yaml.safe_dump(value, width=30, sort_keys=False, default_style="'" if len(value) % 2 else None)


BLOCKS = """\
# yaml-language-server: $schema=meshintent.schema.json
kind: MeshIntent
apiVersion: meshgen.dev/v1alpha1
spec:
    services:
        web:
            routes:
            -   timeout: 3s
                name: a
                match:
                -   paths:
                    - prefix: /a
                    -
                      exact: /b
                    ? headers
                    : x-a:
                        exact: "1"
            callers:
            - api
            - except:
              - cidr: 10.0.0.0/8
            port:
              80

        api:
            serviceAccount: api
            port: 81
metadata:
  namespace: shop
  annotations:
    a.example/long: |2
        one
      two

    a.example/more: >-
        folded
        text
    a.example/wide: "over
      lines"
  name: shop
"""
FLOWS = """\
---
apiVersion: meshgen.dev/v1alpha1
metadata: {namespace: shop, name: shop}
kind: MeshIntent
spec: {
  services: {
    web: {port: 80, versions: {v1: {}, v2: {}},
      split: {v1: 50, v2: 50}},
    api: { "port": 81, callers: [web,
      {namespace: shop}, service: web], serviceAccount: 'api'},
    db: {}
  }
}
---
kind: Service
metadata: {name:   db}
apiVersion: v1
"""
ANCHORED = """\
apiVersion: meshgen.dev/v1alpha1
kind: MeshIntent
metadata:
  name: shop
  namespace: shop
spec:
  services:
    web: &web
      timeout: &time 5s
      port: 80
      callers:
      - &who
        service: api
      - &key namespace: &where shop
    api:
      connectTimeout: *time
      port: 81
      callers: [*who, {*key : *where}]
    db: *web
"""


def everywhere(text: str) -> Iterator[str]:
    """Put a comment behind and above each line, at each depth, and at each place between tokens."""
    lines = text.splitlines(keepends=True)
    for index in range(len(lines) + 1):
        above, rest = "".join(lines[:index]), "".join(lines[index:])
        for depth in range(0, 24, 2):
            yield f"{above}{' ' * depth}{COMMENT}\n{rest}"
        if index < len(lines):
            yield f"{above}{lines[index][:-1]} {COMMENT}\n{''.join(lines[index + 1 :])}"
    for token in yaml.scan(text, Loader=yaml.CLoader):
        for at in (token.start_mark.index, token.end_mark.index):
            yield f"{text[:at]} {COMMENT}\n{' ' * 22}{text[at:]}"


def beside(text: str) -> set[str]:
    """Give the scalars before and behind the comment, those of its line, and the entry that it ends."""
    at = text.index(COMMENT)
    line = text.rfind("\n", 0, at)
    above = [each for each in text[: line + 1].splitlines() if 0 <= _indent(each) < at - line]
    ended = [above[-1].strip(" -:")] if above and not text[line:at].strip() else []
    marks = _scalars(text)
    before = [value for start, value in marks if start < at]
    behind = [value for start, value in marks if start > at]
    here = [value for start, value in marks if line < start < at]
    return {*before[-1:], *(behind[:1] or ["the end"]), *here, *ended}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip()) if line.strip() else -1


def _scalars(text: str) -> list[tuple[int, str]]:
    found = yaml.scan(text, Loader=yaml.CLoader)
    kept = (token for token in found if isinstance(token, yaml.ScalarToken | yaml.AliasToken))
    marks = [(token.start_mark.index, token.value) for token in kept]
    return [*((text.index(MODELINE), MODELINE) for _ in range(text.count(MODELINE))), *marks]


@pytest.mark.parametrize("text", [BLOCKS, FLOWS, ANCHORED], ids=["blocks", "flows", "anchored"])
def test_a_comment_anywhere_survives_beside_its_neighbour(text: str) -> None:
    before = meaning(text)
    assert before is not None
    commented = {each for each in everywhere(text) if (meaning(each) or [None])[0] == before[0]}
    lost = []
    for each in sorted(commented):
        anew = form(each)
        if anew.count(COMMENT) != 1 or anew != form(anew) or not beside(each) & beside(anew):
            lost.append((each, anew))

    assert len(commented) > 100
    assert [] == lost


SNIPPETS = """{ } [ ] , : ? - &a *a | > ' " \\ !t << é a""".split()
SNIPPETS += [" ", "  ", "\n", "\n\n", " # x\n", "#x\n", "- ", ": ", "&a ", "\t", "\r\n", "\r"]
SNIPPETS += ["\n---\n", "\n...\n", "%YAML 1.2\n", "\ufeff"]


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """Draw a document in which few places hold something that they should not."""
    text = draw(st.sampled_from([BLOCKS, FLOWS, ANCHORED]))
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text)))
        left = text[at + draw(st.sampled_from([0, 0, 0, 1, 4])) :]
        text = text[:at] + draw(st.sampled_from(SNIPPETS)) + left
    return text


@settings(max_examples=300)
@given(damaged())
def test_a_damaged_document_is_canonical_afterwards_or_left_as_it_is(text: str) -> None:
    findings = Findings()
    anew = formatted(Content("f", text.encode()), findings=findings).decode()
    before = meaning(text)

    if before is None or len(findings) > 0:
        assert text == anew or not findings.has_errors
    else:
        assert before[0] == meaning(anew)[0]
        assert anew == form(anew)


@settings(suppress_health_check=list(HealthCheck))
@given(texts(), st.sampled_from(["fmt", "init"]))
def test_a_hostile_text_ends_with_a_finding_at_worst(content: bytes, command: str) -> None:
    told = tell([command, "-"], content)

    assert told.status in (0, 1), told.stderr
    assert told.status == 0 or told.stdout == b""
