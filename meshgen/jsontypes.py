"""Nodes to JSON types as kubectl reads them, for documents that are not ours."""

from __future__ import annotations

import re
from typing import Any

from meshgen.source import ListNode, MapNode, Node, ScalarNode

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset("y Y yes Yes YES on On ON true True TRUE".split())
_FALSE = frozenset("n N no No NO off Off OFF false False FALSE".split())
_OCTAL = re.compile(r"[-+]?0o?[0-7_]+\Z")
_INTEGER = re.compile(r"[-+]?[0-9][0-9_]*\Z")
_HEX = re.compile(r"[-+]?0x_*[0-9a-fA-F][0-9a-fA-F_]*\Z")
_BINARY = re.compile(r"[-+]?0b_*[01][01_]*\Z")
_LONGEST_NUMBER = 400  # characters; what is longer is no number of 64 bits
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def to_json(node: Node) -> Any:
    """Turn a node into JSON types as kubectl reads them, for documents that are not ours.

    The rules were observed with `kubectl annotate --local -o json`: `yes`, `on` and `y` are booleans,
    `0755` and `0o755` octal, `1_000` a number, dates and `12:30` text.
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
    if len(text) > _LONGEST_NUMBER:
        return text
    digits = text.replace("_", "")
    for pattern, base in ((_OCTAL, 8), (_INTEGER, 10), (_HEX, 16), (_BINARY, 2)):
        if pattern.match(text) and digits not in ("0", "+0", "-0"):
            return int(digits.replace("0o", "0") if base == 8 else digits, base)
    if _INTEGER.match(text):
        return 0
    return float(text) if _FLOAT.match(text) else text
