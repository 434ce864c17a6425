"""Nodes to JSON types as kubectl reads them, for documents that are not ours."""

from __future__ import annotations

import math
import re
from typing import Any

from meshgen.source import ListNode, MapNode, Node, ScalarNode

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset("y Y yes Yes YES on On ON true True TRUE".split())
_FALSE = frozenset("n N no No NO off Off OFF false False FALSE".split())
_LONGEST_NUMBER = 400  # characters; what is longer is no number of 64 bits
_BEGINS_NUMBER = frozenset("+-.0123456789")
_INTEGERS = (
    (re.compile(r"([-+]?)0[xX]([0-9a-fA-F]+)\Z"), 16),
    (re.compile(r"([-+]?)0[bB]([01]+)\Z"), 2),
    (re.compile(r"([-+]?)0[oO]?([0-7]+)\Z"), 8),
    (re.compile(r"([-+]?)([0-9]+)\Z"), 10),
)
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def to_json(node: Node) -> Any:
    """Turn a node into JSON types as kubectl reads them, for documents that are not ours.

    The rules were observed with `kubectl annotate --local -o json` and an API server: `yes`, `on` and `y`
    are booleans, `0755` and `0o755` octal, `1_000` and `1_0.5` numbers, dates, `12:30` and `1e400` text.
    """
    match node:
        case MapNode(entries=entries):
            return {entry.key.text: to_json(entry.value) for entry in entries}
        case ListNode(items=items):
            return [to_json(item) for item in items]
        case ScalarNode(text=text, plain=False):
            return text
        case ScalarNode(text=text):
            return _resolve(text)


def _resolve(text: str) -> Any:
    if text in _NULLS:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text[0] not in _BEGINS_NUMBER or len(text) > _LONGEST_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Any:
    """Read a number as go-yaml does, which drops underscores; what is beyond 64 bits it reads as text."""
    plain = text if text[0] == "." else text.replace("_", "")
    for pattern, base in _INTEGERS:
        if (found := pattern.match(plain)) is not None:
            whole = int(found[1] + found[2], base)
            return whole if base == 10 or -(2**63) <= whole < 2**64 else text
    number = float(plain) if _FLOAT.match(plain) else math.inf
    if math.isinf(number):
        return text
    # Go writes 1.0 as 1 in JSON
    return int(number) if number.is_integer() and -(2**63) <= number < 2**63 else number
