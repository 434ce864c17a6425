"""The reader: every node has its place, and what no intent needs is one finding."""

from __future__ import annotations

import pytest

from meshgen.diagnostics import Findings, Span
from meshgen.jsontypes import to_json
from meshgen.source import (
    MAX_ALIASED_NODES,
    MAX_FILE_BYTES,
    MAX_SCALAR_CHARACTERS,
    Entry,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    read,
)


def at(line: int, column: int) -> Span:
    return Span("f", line, column)


def told(content: bytes) -> list[tuple[str, int, int, str, str | None]]:
    findings = Findings()
    read(content, file="f", findings=findings)
    return [
        (found.code.number, found.span.line, found.span.column, found.message, found.hint)
        for found in findings
        if found.span is not None
    ]


def compose(text: str) -> tuple[Node, ...]:
    findings = Findings()
    nodes = read(text.encode(), file="f", findings=findings)
    assert list(findings) == []
    return nodes


def test_every_node_knows_its_line_and_column() -> None:
    (tree,) = compose("a:\n  - 'b'\n  - {c: é, d: 1}\n")

    c = Entry(ScalarNode("c", True, at(3, 6)), ScalarNode("é", True, at(3, 9)))
    d = Entry(ScalarNode("d", True, at(3, 12)), ScalarNode("1", True, at(3, 15)))
    items = (ScalarNode("b", False, at(2, 5)), MapNode((c, d), at(3, 5)))
    expected = MapNode((Entry(ScalarNode("a", True, at(1, 1)), ListNode(items, at(2, 3))),), at(1, 1))
    assert tree == expected


def test_a_byte_order_mark_and_windows_line_ends_shift_nothing() -> None:
    findings = Findings()
    (tree,) = read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n", file="f", findings=findings)

    assert isinstance(tree, MapNode)
    assert [entry.key.span for entry in tree.entries] == [at(1, 1), at(2, 1)]


def test_documents_are_told_apart_and_empty_ones_left_out() -> None:
    assert [to_json(node) for node in compose("---\n---\na: 1\n...\n---\n[b]\n")] == [{"a": 1}, ["b"]]


def test_an_alias_stands_for_the_node_of_its_anchor() -> None:
    (tree,) = compose("a: &x {b: 1}\nc: *x\n")

    assert to_json(tree) == {"a": {"b": 1}, "c": {"b": 1}}


SYNTAX = [
    (b"a:\n\t- b", "MG101", 2, 1, "not YAML: a tab stands where YAML wants spaces", "indent with spaces"),
    (
        b"a:\n  b: 1\n\tc: 2",
        "MG101",
        3,
        1,
        "not YAML: a tab stands where YAML wants spaces",
        "indent with spaces",
    ),
    (
        b"a: [1\nb: 2",
        "MG101",
        2,
        2,
        "not YAML: did not find expected ',' or ']' while parsing a flow sequence",
        None,
    ),
    (
        b"a: *b",
        "MG101",
        1,
        4,
        "the alias '*b' names no anchor that stands before it",
        "write '&b' at the value that is meant",
    ),
    (
        b"a: \xe9",
        "MG102",
        1,
        4,
        "the file is not UTF-8: byte 0xe9 cannot stand here",
        "save the file as UTF-8",
    ),
    (b"\xff\xfea\0", "MG102", 1, 1, "the file is not UTF-8: UTF-16", "save the file as UTF-8"),
    (b"a: \x07", "MG103", 1, 4, "the file holds the control character U+0007", "remove it"),
    (b'a: "\\x07"', "MG103", 1, 4, "the value holds the control character U+0007", "remove the escape"),
    (b"a: 1\nb: 2\na: 3", "MG104", 3, 1, "the key 'a' stands twice in one mapping", "keep one of the two"),
    (
        b"a: !!str 1",
        "MG108",
        1,
        4,
        "the tag 'tag:yaml.org,2002:str' is not read",
        "remove it; quote the value where a string is meant",
    ),
    (
        b"? [a]\n: 1",
        "MG109",
        1,
        3,
        "a key must be a name, not a list or a mapping",
        "quote the key where the text is meant",
    ),
    (
        b"<<: {a: 1}",
        "MG109",
        1,
        1,
        "the merge key '<<' is of YAML 1.1 alone",
        "write the keys out, or use an alias for a whole value",
    ),
]


@pytest.mark.parametrize(("content", "code", "line", "column", "message", "hint"), SYNTAX)
def test_what_cannot_be_read_is_one_finding(
    content: bytes, code: str, line: int, column: int, message: str, hint: str | None
) -> None:
    assert told(content) == [(code, line, column, message, hint)]


def test_a_duplicate_key_shows_the_first_one_too() -> None:
    findings = Findings()
    read(b"a: 1\na: 2", file="f", findings=findings)

    assert [found.related for found in findings] == [(("the first one", at(1, 1)),)]


def test_what_stands_before_a_syntax_error_is_kept() -> None:
    findings = Findings()
    nodes = read(b"a: 1\n---\nb: [", file="f", findings=findings)

    assert [to_json(node) for node in nodes] == [{"a": 1}]
    assert len(findings) == 1


DEEP = "this node is nested more than 64 levels deep"
BOMB = b"a: &a [x,x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (letter, letter, b",".join([b"*%c" % (letter - 1)] * 10)) for letter in b"bcdefghij"
)


@pytest.mark.parametrize(
    ("content", "code", "line", "column", "message"),
    [
        (b"[" * 100_000, "MG105", 1, 66, DEEP),
        (b"- " * 100_000, "MG105", 1, 131, DEEP),
        (b"{a: " * 100_000, "MG105", 1, 261, DEEP),
        (
            b"a: " + b"x" * (MAX_SCALAR_CHARACTERS + 1),
            "MG106",
            1,
            4,
            f"this scalar has {MAX_SCALAR_CHARACTERS + 1} characters, more than {MAX_SCALAR_CHARACTERS}",
        ),
        (
            b" " * (MAX_FILE_BYTES + 1),
            "MG106",
            1,
            1,
            f"the file has {MAX_FILE_BYTES + 1} bytes, more than {MAX_FILE_BYTES}",
        ),
        (BOMB, "MG107", 5, 29, f"aliases expand to more than {MAX_ALIASED_NODES} nodes"),
    ],
    ids=["brackets", "dashes", "braces", "scalar", "file", "aliases"],
)
def test_what_would_exhaust_a_reader_is_one_finding(
    content: bytes, code: str, line: int, column: int, message: str
) -> None:
    assert [found[:4] for found in told(content)] == [(code, line, column, message)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", True),
        ("off", False),
        ("y", True),
        ("~", None),
        ("0755", 493),
        ("0o755", 493),
        ("0b11", 3),
        ("0x1F", 31),
        ("08", 8),
        ("0", 0),
        ("00", 0),
        ("1_000", 1000),
        ("0X1f", 31),
        ("0B11", 3),
        ("-0x1_F", -31),
        ("0x_", "0x_"),
        ("0b_", "0b_"),
        ("9" * 5_000, "9" * 5_000),
        ("-12", -12),
        ("1e3", 1000),
        ("-1.0", -1),
        ("1.5", 1.5),
        ("1e19", 1e19),
        (".5", 0.5),
        ("1_0.5_0", 10.5),
        (".5_0", ".5_0"),
        ("_1", "_1"),
        ("0x1FFFFFFFFFFFFFFFF", "0x1FFFFFFFFFFFFFFFF"),
        ("1e400", "1e400"),
        ("12:30", "12:30"),
        ("2024-01-01", "2024-01-01"),
        ("1.2.3", "1.2.3"),
        ("'1'", "1"),
    ],
)
def test_foreign_documents_are_read_as_kubectl_reads_them(text: str, value: object) -> None:
    (tree,) = compose(f"a: {text}")

    read = to_json(tree)["a"]
    assert (read, type(read)) == (value, type(value))
