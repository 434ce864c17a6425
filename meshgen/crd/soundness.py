"""What is wrong with a CustomResourceDefinition, each thing at its place in the file."""

from __future__ import annotations

import functools
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from meshgen.crd import formats
from meshgen.crd.definition import SHAPE
from meshgen.diagnostics import Code, Findings, Severity, Span, near_miss
from meshgen.grammar import re2_refusal
from meshgen.resources import Path, spell
from meshgen.source import ListNode, MapNode, Node

MALFORMED = Code(
    number="MG502",
    slug="malformed-definition",
    meaning="A CustomResourceDefinition lacks what an API server needs of it, or says it in another type.",
)
KEYWORD = Code(
    number="MG503",
    slug="schema-keyword",
    meaning="A schema has a keyword that no structural schema has, so nobody knows what it asks for.",
)
NOT_STRUCTURAL = Code(
    number="MG504",
    slug="not-structural",
    meaning="A schema does not say the type of each node once and plainly, so an API server refuses it.",
)
PATTERN = Code(
    number="MG505",
    slug="schema-pattern",
    meaning="A pattern is none of RE2, by which an API server matches, so no value can be held against it.",
)
UNCHECKED_FORMAT = Code(
    number="MG509",
    slug="unchecked-format",
    meaning="A field has a format that an API server checks and meshgen does not: a bad value passes here.",
    severity=Severity.NOTE,
)

_MOST_TOLD = 20  # things in one definition: who has more to mend has enough to begin with
_LONGEST_VALUE = 60  # characters of a value that a message shows


class _Wrong(NamedTuple):
    code: Code
    path: Path
    message: str
    hint: str | None = None


def report(node: Node, body: Any, *, findings: Findings) -> bool:
    """Report what is wrong with a definition, MG502 to MG505; `body` is its node in JSON types.

    True where nothing is.
    """
    wrong = tuple(itertools.islice(_wrong(body), _MOST_TOLD))
    for code, path, message, hint in dict.fromkeys(wrong):
        findings.add(code, message, span=span(node, path), field=spell(path), hint=hint)
    return not wrong


def remark(node: Node, body: Any, *, findings: Findings) -> None:
    """Tell of each format that an API server alone checks, where a sound definition first has it, MG509."""
    told: set[str] = set()
    for index, version in enumerate(body["spec"]["versions"]):
        for schema, path in _nodes(version["schema"]["openAPIV3Schema"], index):
            name = schema.get("format", "")
            is_checked = formats.normalized(name) not in formats.UNCHECKED
            if is_checked or schema.get("type", "string") != "string" or name in told:
                continue
            told.add(name)
            at = (*path, "format")
            findings.add(
                UNCHECKED_FORMAT,
                f"an API server checks the format {name!r}, and meshgen does not",
                span=span(node, at),
                field=spell(at),
                hint="a pattern or a rule beside it is checked by both",
            )


def span(node: Node, path: Path) -> Span:
    """Find where a path of the node is written: the key of a member, the beginning of an element."""
    at = node.span
    for step in path:
        if isinstance(node, ListNode):
            node = node.items[int(step)]
            at = node.span
        else:
            entry = node.entry(str(step)) if isinstance(node, MapNode) else None
            assert entry is not None, path
            node, at = entry.value, entry.key.span
    return at


def _wrong(body: Any) -> Iterator[_Wrong]:
    is_shaped = True
    for error in _validator().iter_errors(body):
        is_shaped = False
        yield from _told(error)
    if not is_shaped:
        return
    yield from _bad_versions(body["spec"]["versions"])
    for index, version in enumerate(body["spec"]["versions"]):
        yield from _in_schema(version["schema"]["openAPIV3Schema"], index)


@functools.cache
def _validator() -> Any:
    from jsonschema_rs import Draft202012Validator, RegexOptions  # 30 ms that only an import needs

    return Draft202012Validator(dict(SHAPE), pattern_options=RegexOptions(), offline=True)


def _told(error: Any) -> Iterator[_Wrong]:
    path: Path = tuple(error.instance_path)
    shown, kind = _shown(path, error.instance), error.kind
    match kind.name:
        case "additionalProperties":
            yield from (_unknown((*path, keyword), keyword) for keyword in kind.unexpected)
        case "required":
            if kind.property != "type" or "$ref" not in error.instance:  # which is told, and is enough
                yield _missing(path, kind.property)
        case "not":
            message = "'properties' and 'additionalProperties' stand beside each other"
            hint = "name the members, or say what all of them are"
            yield _Wrong(NOT_STRUCTURAL, (*path, "properties"), message, hint)
        case "type":
            yield _Wrong(MALFORMED, path, f"{shown} is not of type {' or '.join(kind.types)}")
        case "enum":
            yield _Wrong(MALFORMED, path, f"{shown} is none of {', '.join(kind.options)}")
        case "const":
            yield _Wrong(
                MALFORMED, path, f"{shown} cannot stand here", f"write {json.dumps(kind.expected_value)}"
            )
        case "pattern":
            yield _Wrong(MALFORMED, path, f"{shown} is no name")
        case "minItems":
            yield _Wrong(MALFORMED, path, f"{path[-1]!r} is empty")
        case _:  # minimum, exclusiveMinimum
            yield _Wrong(MALFORMED, path, f"{shown} is too small")


def _shown(path: Path, value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST_VALUE:
        text = f"{text[:_LONGEST_VALUE]}..."
    return f"{path[-1]!r}: {text}" if path else text


def _unknown(path: Path, keyword: str) -> _Wrong:
    if keyword == "$ref":
        hint = "write out what it refers to: an API server follows no reference"
        return _Wrong(KEYWORD, path, "a schema refers to another by '$ref'", hint)
    known = SHAPE["$defs"]["node"]["properties"]
    if keyword in known:
        message = f"the keyword {keyword!r} stands in allOf, anyOf, oneOf or not"
        return _Wrong(NOT_STRUCTURAL, path, message, "these restrict values alone: write it beside them")
    return _Wrong(
        KEYWORD, path, f"no structural schema has the keyword {keyword!r}", near_miss(keyword, known) or None
    )


def _missing(path: Path, name: str) -> _Wrong:
    if name == "type":
        hint = "write it, x-kubernetes-int-or-string, or x-kubernetes-preserve-unknown-fields"
        return _Wrong(NOT_STRUCTURAL, path, "a node of the schema has no 'type'", hint)
    return _Wrong(MALFORMED, path, f"{spell(path) or 'the definition'} has no {name!r}")


def _bad_versions(versions: list[Mapping[str, Any]]) -> Iterator[_Wrong]:
    path: Path = ("spec", "versions")
    stored = [version["name"] for version in versions if version["storage"]]
    if len(stored) != 1:
        message = f"one version is stored, not {len(stored)}{': ' if stored else ''}{', '.join(stored)}"
        yield _Wrong(MALFORMED, path, message, "write 'storage: true' in one version")
    times = Counter(version["name"] for version in versions)
    yield from (
        _Wrong(MALFORMED, path, f"the version {name!r} stands {count} times")
        for name, count in times.items()
        if count > 1
    )


def _in_schema(schema: Mapping[str, Any], version: int) -> Iterator[_Wrong]:
    """Read what JSON Schema cannot say of a schema that has its shape."""
    for node, path in _nodes(schema, version):
        refusal = re2_refusal(node["pattern"]) if "pattern" in node else None
        if refusal is not None:
            message = f"the pattern {node['pattern']!r} is none of RE2: {refusal}"
            yield _Wrong(PATTERN, (*path, "pattern"), message)


def _nodes(schema: Mapping[str, Any], version: int) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Walk a schema, each node with its place; it is as deep as the reader allows."""
    pending: list[tuple[Mapping[str, Any], Path]] = [
        (schema, ("spec", "versions", version, "schema", "openAPIV3Schema"))
    ]
    while pending:
        node, path = pending.pop()
        yield node, path
        pending.extend(reversed(list(_below(node, path))))


def _below(node: Mapping[str, Any], path: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    for name, member in node.get("properties", {}).items():
        yield member, (*path, "properties", name)
    for keyword in ("items", "additionalProperties", "not"):
        if isinstance(node.get(keyword), Mapping):
            yield node[keyword], (*path, keyword)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for index, branch in enumerate(node.get(keyword, ())):
            yield branch, (*path, keyword, index)
