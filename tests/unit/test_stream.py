"""Streams: each document keeps its text, whatever stands between the documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meshgen.diagnostics import Findings
from meshgen.krm.stream import joined, read_stream
from meshgen.source import MapNode

STREAMS = {
    "two documents": ("a: 1\n---\nb: 2\n", "", ["a: 1\n", "---\nb: 2\n"]),
    "comments before and behind": (
        "# head\n---\n# of a\na: 1\n# behind a\n---\nb: 2",
        "# head\n",
        ["---\n# of a\na: 1\n# behind a\n", "---\nb: 2"],
    ),
    "empty documents stay with the one before": (
        "---\n---\na: 1\n---\n---\n# nothing\n---\nb: 2\n---\n",
        "---\n",
        ["---\na: 1\n---\n---\n# nothing\n", "---\nb: 2\n---\n"],
    ),
    "a document on the line of its marker": (
        "--- {a: 1}\n--- # b\nb: 2\n",
        "",
        ["--- {a: 1}\n", "--- # b\nb: 2\n"],
    ),
    "the end of a document": ("a: 1\n...\n# c\n---\nb: 2\n", "", ["a: 1\n...\n# c\n", "---\nb: 2\n"]),
    "a marker inside of a block is indented": (
        "a: |\n  ---\n  ...\nb: 2\n---\nc: 3\n",
        "",
        ["a: |\n  ---\n  ...\nb: 2\n", "---\nc: 3\n"],
    ),
    "other line ends": ("a: 1\r\n---\r\nb: 2\r\n", "", ["a: 1\r\n", "---\r\nb: 2\r\n"]),
    "no document": ("# nothing\n", "# nothing\n", []),
    "what only looks like a marker": ("a: 1\n----: 2\n---\nb: 2\n", "", ["a: 1\n----: 2\n", "---\nb: 2\n"]),
}


@pytest.mark.parametrize(("text", "head", "texts"), STREAMS.values(), ids=list(STREAMS))
def test_each_document_has_its_text(text: str, head: str, texts: list[str]) -> None:
    findings = Findings()

    stream = read_stream(text.encode(), findings=findings)

    assert [] == list(findings)
    assert head == stream.head
    assert texts == [stream.text(node) for node in stream.nodes if isinstance(node, MapNode)]
    assert text == joined(stream.head, texts)


LINES = st.lists(st.sampled_from(["---", "...", "# c", "a: 1", "--- # d", "b: |", "  ---", "", "--- {c: 1}"]))


@given(LINES)
def test_head_and_texts_are_the_stream(lines: list[str]) -> None:
    text = "".join(f"{line}\n" for line in lines)
    findings = Findings()

    stream = read_stream(text.encode(), findings=findings)

    if not findings.has_errors:
        assert text == stream.head + "".join(stream.texts.values())


@pytest.mark.parametrize(
    ("head", "texts", "whole"),
    [
        ("", ["a: 1\n", "b: 2\n"], "a: 1\n---\nb: 2\n"),
        ("# c", ["a: 1"], "# c\n---\na: 1"),
        ("", ["---\na: 1", "b: 2\n"], "---\na: 1\n---\nb: 2\n"),
        ("", [], ""),
    ],
)
def test_documents_are_joined_by_markers(head: str, texts: list[str], whole: str) -> None:
    assert whole == joined(head, texts)


def test_what_cannot_be_read_has_no_text() -> None:
    findings = Findings()

    stream = read_stream(b"a: [\n", findings=findings)

    assert ["MG101"] == [found.code.number for found in findings]
    assert ((), "", {}) == (stream.nodes, stream.head, stream.texts)
