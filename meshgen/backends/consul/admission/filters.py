"""The grammar of subset filters, go-bexpr, as far as the webhook's and the server's version both read it."""

from __future__ import annotations

import re
from typing import NamedTuple

# hashicorp/go-bexpr grammar/grammar.peg. The server pins v0.1.2, which reads less than the webhook's
# v0.1.16: no JSON pointers, no numeric indexes, no slashes in names, no `any` and `all`, no `is nil`.
# Possessive throughout, so that no expression costs more than reading it once.
_NAME = r"[a-zA-Z][a-zA-Z0-9_]*+"
_ESCAPE = (
    r"\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9a-fA-F]{2}|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}"
    r"|U00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})"
)
_STRING = rf"""(?:`[^`]*+`|"(?:[^"\\\n]|{_ESCAPE})*+")"""
_SPACE = r"[ \t\r\n]"
_SELECTOR = rf"{_NAME}(?:\.{_NAME}|\[{_SPACE}*+{_STRING}{_SPACE}*+\])*+"
_NUMBER = rf"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?={_SPACE}|\)|\Z)"
_VALUE = rf"(?:{_SELECTOR}|{_NUMBER}|{_STRING})"
_NOT = rf"(?:not{_SPACE}++)?"

_COMPARED = (
    rf"(?P<compared>{_SELECTOR})"
    rf"(?:{_SPACE}*+[=!]={_SPACE}*+|{_SPACE}++{_NOT}(?:contains|matches){_SPACE}++){_VALUE}"
)
_EMPTY = rf"(?P<empty>{_SELECTOR}){_SPACE}++is{_SPACE}++{_NOT}empty"
_WITHIN = rf"{_VALUE}{_SPACE}++{_NOT}in{_SPACE}++(?P<holding>{_SELECTOR})"

_MATCH = re.compile(rf"{_COMPARED}|{_EMPTY}|{_WITHIN}")
_OPENING = re.compile(rf"\({_SPACE}*+|not{_SPACE}++")
_CLOSING = re.compile(rf"{_SPACE}*+\)")
_JOINT = re.compile(rf"{_SPACE}++(?:and|or){_SPACE}++")
_AROUND = re.compile(rf"{_SPACE}*+")


class Reading(NamedTuple):
    """What a filter asks of an instance, and the character at which Consul stops to read it."""

    selectors: tuple[str, ...]
    misread_at: int | None  # None: all of it is read


def read(expression: str) -> Reading:
    """Read a filter as both of Consul's parsers do."""
    at, depth = _after(_AROUND, expression, 0), 0
    selectors: list[str] = []
    while True:
        while (opening := _OPENING.match(expression, at)) is not None:
            at, depth = opening.end(), depth + opening.group().startswith("(")
        match = _MATCH.match(expression, at)
        if match is None:
            return Reading(tuple(selectors), at)
        at = match.end()
        selectors.append(match["compared"] or match["empty"] or match["holding"])
        while depth > 0 and (closing := _CLOSING.match(expression, at)) is not None:
            at, depth = closing.end(), depth - 1
        joint = _JOINT.match(expression, at)
        if joint is None:
            end = _after(_AROUND, expression, at)
            is_read = depth == 0 and end == len(expression)
            return Reading(tuple(selectors), None if is_read else end)
        at = joint.end()


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()
