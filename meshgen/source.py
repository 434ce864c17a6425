"""YAML text to a tree in which every node knows its file, line and column; bounded on every side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

from meshgen.diagnostics import Code, Findings, Span

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_SCALAR_CHARACTERS = 1024 * 1024  # a Kubernetes object as a whole is at most 1.5 MiB
MAX_DEPTH = 64
MAX_ALIASED_NODES = 100_000  # what aliases add beyond the nodes that are written out

NOT_YAML = Code(
    number="MG101", slug="not-yaml", meaning="The text is not YAML, so nothing in it can be trusted."
)
NOT_UTF8 = Code(
    number="MG102", slug="not-utf8", meaning="The file is not UTF-8, so its characters are unknown."
)
CONTROL_CHARACTER = Code(
    number="MG103",
    slug="control-character",
    meaning="A control character cannot be seen in review and breaks readers of the manifests.",
)
DUPLICATE_KEY = Code(
    number="MG104",
    slug="duplicate-key",
    meaning="A key stands twice in one mapping; most readers silently keep the last.",
)
TOO_DEEP = Code(number="MG105", slug="too-deep", meaning=f"Nodes nest deeper than {MAX_DEPTH} levels.")
TOO_LARGE = Code(
    number="MG106", slug="too-large", meaning="A file or a scalar is larger than an intent can need."
)
ALIAS_BOMB = Code(
    number="MG107", slug="alias-bomb", meaning="Aliases expand to more nodes than an intent can need."
)
TAG = Code(
    number="MG108", slug="yaml-tag", meaning="A tag asks the reader for a type that the field decides itself."
)
BAD_KEY = Code(
    number="MG109", slug="bad-key", meaning="A key is a list, a mapping or a merge key instead of a name."
)


class ScalarNode(NamedTuple):
    """A scalar as it was written; its type is the affair of the field that it stands in."""

    text: str
    plain: bool  # False: quoted or a block scalar, and therefore a string
    span: Span


class Entry(NamedTuple):
    """A key of a mapping with its value."""

    key: ScalarNode
    value: Node


class MapNode(NamedTuple):
    """A mapping in the order written; keys are unique."""

    entries: tuple[Entry, ...]
    span: Span

    def entry(self, key: str) -> Entry | None:
        """Find a key, or None where it is not written."""
        for entry in self.entries:
            if entry.key.text == key:
                return entry
        return None

    def value(self, key: str) -> Node | None:
        """Find the value of a key, or None where it is not written."""
        entry = self.entry(key)
        return None if entry is None else entry.value


class ListNode(NamedTuple):
    """A sequence."""

    items: tuple[Node, ...]
    span: Span


Node = ScalarNode | MapNode | ListNode


def read(content: bytes, *, file: str, findings: Findings) -> tuple[Node, ...]:
    """Compose the documents of a file; empty ones are left out.

    Reports MG101 to MG109. What was composed before a syntax error is returned, so that its findings
    can be told together with it.
    """
    if len(content) > MAX_FILE_BYTES:
        message = f"the file has {len(content)} bytes, more than {MAX_FILE_BYTES}"
        findings.add(TOO_LARGE, message, span=Span(file, 1, 1), hint="split it into several files")
        return ()
    text = _decode(content, file=file, findings=findings)
    if text is None or _has_control_characters(text, file=file, findings=findings):
        return ()
    documents: list[Node] = []
    composer = _Composer(text, file=file, findings=findings)
    try:
        documents.extend(composer.documents())
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, text, file=file, findings=findings)
    except _Refused:
        pass  # reported where it was seen; what follows cannot be composed
    return tuple(documents)


class _Refused(Exception):
    """Composing stops: a bound is reached."""


def _decode(content: bytes, *, file: str, findings: Findings) -> str | None:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        what = "UTF-16" if wide else f"byte 0x{content[error.start]:02x} cannot stand here"
        findings.add(
            NOT_UTF8,
            f"the file is not UTF-8: {what}",
            span=Span(file, line, column),
            hint="save the file as UTF-8",
        )
        return None


# Line separators of YAML 1.1 (NEL, LS, PS) are refused too: libyaml counts them as lines, editors do not.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_CONTROL_VALUE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")


def _has_control_characters(text: str, *, file: str, findings: Findings) -> bool:
    found = _CONTROL.search(text)
    if found is None:
        return False
    start = found.start()
    line = text.count("\n", 0, start) + 1
    column = start - text.rfind("\n", 0, start)
    findings.add(
        CONTROL_CHARACTER,
        f"the file holds the control character U+{ord(found.group()):04X}",
        span=Span(file, line, column),
        hint="remove it",
    )
    return True


class _Composer:
    """Events of libyaml (or of PyYAML's own parser where it is absent) to nodes."""

    def __init__(self, text: str, *, file: str, findings: Findings) -> None:
        parser = getattr(yaml, "CLoader", yaml.Loader)(text)
        self._next = parser.get_event
        self._file = file
        self._findings = findings
        self._anchors: dict[str, Node] = {}
        self._sizes: dict[int, int] = {}  # how many nodes an anchored node holds, by its identity
        self._aliased = 0

    def documents(self) -> Iterator[Node]:
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if not isinstance(event, yaml.DocumentStartEvent):
                continue
            self._anchors, self._sizes = {}, {}
            node = self._node(self._next(), 0)
            if not (isinstance(node, ScalarNode) and node.plain and node.text == ""):
                yield node

    def _node(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is _ALIAS:
            return self._alias(event)
        node: Node
        if kind is _SCALAR:
            node = self._scalar(event)
        elif depth > MAX_DEPTH:
            message = f"this node is nested more than {MAX_DEPTH} levels deep"
            raise self._refuse(TOO_DEEP, message, event, hint="an intent needs fewer than 12 levels")
        else:
            node = (self._mapping if kind is _MAPPING else self._sequence)(event, depth)
        if event.tag is not None:
            self._report_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
            self._sizes[id(node)] = _size(node, self._sizes)
        return node

    def _span(self, event: Any) -> Span:
        mark = event.start_mark
        return Span(self._file, mark.line + 1, mark.column + 1)

    def _refuse(self, code: Code, message: str, event: Any, *, hint: str) -> _Refused:
        self._findings.add(code, message, span=self._span(event), hint=hint)
        return _Refused()

    def _report_tag(self, event: Any) -> None:
        self._findings.add(
            TAG,
            f"the tag {event.tag!r} is not read",
            span=self._span(event),
            hint="remove it; quote the value where a string is meant",
        )

    def _scalar(self, event: Any) -> ScalarNode:
        text: str = event.value
        style, mark = event.style, event.start_mark
        if len(text) > MAX_SCALAR_CHARACTERS:
            message = f"this scalar has {len(text)} characters, more than {MAX_SCALAR_CHARACTERS}"
            raise self._refuse(TOO_LARGE, message, event, hint="no field of an intent is that long")
        if style == '"' and (found := _CONTROL_VALUE.search(text)) is not None:
            message = f"the value holds the control character U+{ord(found.group()):04X}"
            self._findings.add(CONTROL_CHARACTER, message, span=self._span(event), hint="remove the escape")
        return ScalarNode(text, not style, Span(self._file, mark.line + 1, mark.column + 1))

    def _mapping(self, start: Any, depth: int) -> MapNode:
        entries: list[Entry] = []
        seen: dict[str, Span] = {}
        below = depth + 1
        while type(event := self._next()) is not _MAPPING_END:
            key = self._node(event, below)
            value = self._node(self._next(), below)
            if not isinstance(key, ScalarNode) or (key.plain and key.text == "<<"):
                self._report_key(key)
            elif key.text in seen:
                self._report_duplicate(key, seen[key.text])
            else:
                seen[key.text] = key.span
                entries.append(Entry(key, value))
        return MapNode(tuple(entries), self._span(start))

    def _report_key(self, key: Node) -> None:
        match key:
            case ScalarNode():
                message = "the merge key '<<' is of YAML 1.1 alone"
                hint = "write the keys out, or use an alias for a whole value"
            case _:
                message = "a key must be a name, not a list or a mapping"
                hint = "quote the key where the text is meant"
        self._findings.add(BAD_KEY, message, span=key.span, hint=hint)

    def _report_duplicate(self, key: ScalarNode, first: Span) -> None:
        self._findings.add(
            DUPLICATE_KEY,
            f"the key {key.text!r} stands twice in one mapping",
            span=key.span,
            hint="keep one of the two",
            related=(("the first one", first),),
        )

    def _sequence(self, start: Any, depth: int) -> ListNode:
        items: list[Node] = []
        while type(event := self._next()) is not _SEQUENCE_END:
            items.append(self._node(event, depth + 1))
        return ListNode(tuple(items), self._span(start))

    def _alias(self, event: Any) -> Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            message = f"the alias '*{event.anchor}' names no anchor that stands before it"
            raise self._refuse(
                NOT_YAML, message, event, hint=f"write '&{event.anchor}' at the value that is meant"
            )
        self._aliased += self._sizes[id(node)]
        if self._aliased > MAX_ALIASED_NODES:
            message = f"aliases expand to more than {MAX_ALIASED_NODES} nodes"
            raise self._refuse(ALIAS_BOMB, message, event, hint="write the values out")
        return node


_ALIAS, _SCALAR, _MAPPING = yaml.AliasEvent, yaml.ScalarEvent, yaml.MappingStartEvent
_MAPPING_END, _SEQUENCE_END = yaml.MappingEndEvent, yaml.SequenceEndEvent


def _size(node: Node, known: dict[int, int]) -> int:
    """Count the nodes that a node holds, itself included; anchored ones below it were counted before."""
    if id(node) in known:
        return known[id(node)]
    match node:
        case MapNode(entries=entries):
            return 1 + sum(1 + _size(value, known) for _, value in entries)
        case ListNode(items=items):
            return 1 + sum(_size(item, known) for item in items)
        case ScalarNode():
            return 1


def _report_syntax(error: yaml.MarkedYAMLError, text: str, *, file: str, findings: Findings) -> None:
    mark = error.problem_mark or error.context_mark
    line, column = (0, 0) if mark is None else (mark.line, mark.column)
    lines = text.splitlines()
    here = lines[line] if line < len(lines) else ""
    problem, hint = error.problem or "it cannot be parsed", None
    if here[:column].strip() == "" and "\t" in here[: column + 1]:
        column = here.index("\t")
        problem, hint = "a tab stands where YAML wants spaces", "indent with spaces"
    elif error.context is not None:
        problem = f"{problem} {error.context}"
    findings.add(NOT_YAML, f"not YAML: {problem}", span=Span(file, line + 1, column + 1), hint=hint)
