"""Filters of subsets: which instances of a service they take."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

# hashicorp/go-bexpr grammar/grammar.peg and evaluate.go, at the version that the server pins, v0.1.2.
# Possessive throughout, so that no expression costs more than reading it once.
_SPACE = r"[ \t\r\n]"
_STRING = r'(?:`[^`]*+`|"(?:[^"\\\n]|\\.)*+")'
_NAME = r"[a-zA-Z][a-zA-Z0-9_]*+"
_INDEX = rf"\[{_SPACE}*+{_STRING}{_SPACE}*+\]"
_SELECTOR = rf"{_NAME}(?:\.{_NAME}|{_INDEX})*+"
_VALUE = rf"(?:{_STRING}|{_SELECTOR}|-?[0-9.]++)"
_COMPARED = (
    rf"(?P<left>{_SELECTOR})(?:{_SPACE}*+(?P<sign>==|!=){_SPACE}*+"
    rf"|{_SPACE}++(?P<unlike>not{_SPACE}++)?(?P<word>contains|matches){_SPACE}++)(?P<value>{_VALUE})"
)
_EMPTY = rf"(?P<full>{_SELECTOR}){_SPACE}++is{_SPACE}++(?P<filled>not{_SPACE}++)?empty"
_WITHIN = rf"(?P<member>{_VALUE}){_SPACE}++(?P<outside>not{_SPACE}++)?in{_SPACE}++(?P<holder>{_SELECTOR})"
_MATCH = re.compile(rf"{_COMPARED}|{_EMPTY}|{_WITHIN}")
_OPENING = re.compile(rf"{_SPACE}*+(\(|not{_SPACE}++)")
_CLOSING = re.compile(rf"{_SPACE}*+\)")
_JOINT = re.compile(rf"{_SPACE}++(and|or){_SPACE}++")
_STEP = re.compile(rf"\.?({_NAME})|\[{_SPACE}*+({_STRING}){_SPACE}*+\]")
_AROUND = re.compile(rf"{_SPACE}*+")

Fields = Mapping[tuple[str, ...], str | tuple[str, ...]]  # of an instance; a map is the tuple of its keys
_RANK = {"(": 0, "or": 1, "and": 2, "not": 3}


class Test(NamedTuple):
    """One comparison."""

    selector: tuple[str, ...]
    how: Literal["equal", "holds", "matches", "empty"]
    value: str
    is_negated: bool

    def passes(self, fields: Fields) -> bool:
        """Compare an instance; what it lacks is empty, held by nothing, and like every expression."""
        found = fields.get(self.selector)
        if found is None:
            return not self.is_negated if self.how == "empty" else self.is_negated or self.how == "matches"
        return self._holds(found) is not self.is_negated

    def _holds(self, found: str | tuple[str, ...]) -> bool:
        match self.how:
            case "equal":
                return found == self.value
            case "holds":
                return self.value in found
            case "empty":
                return not found
            case "matches":
                import re2  # 30 ms, and only needed where a regex is written

                return isinstance(found, str) and re2.search(self.value, found) is not None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter with its joints behind what they join."""

    steps: tuple[Test | str, ...]
    is_read: bool = True  # False: Consul cannot read it either, and admission says so

    @property
    def selectors(self) -> Iterator[tuple[str, ...]]:
        """Name what is asked of instances."""
        return (step.selector for step in self.steps if isinstance(step, Test))

    def takes(self, fields: Fields) -> bool:
        """Tell whether an instance is of the subset; without a filter every one is."""
        known = [self.is_read]
        for step in self.steps:
            if isinstance(step, Test):
                known.append(step.passes(fields))
            elif step == "not":
                known.append(not known.pop())
            else:
                right, left = known.pop(), known.pop()
                known.append(left and right if step == "and" else left or right)
        return all(known)


def read_filter(expression: str) -> Filter:
    """Read a filter that both of Consul's parsers take."""
    at, waiting = 0, list[str]()
    steps: list[Test | str] = []
    while (start := _AROUND.match(expression, at)) is not None and start.end() < len(expression):
        at = start.end()
        if (opening := _OPENING.match(expression, at)) is not None:
            waiting.append(opening[1].strip())
            at = opening.end()
            continue
        match = _MATCH.match(expression, at)
        if match is None:
            return Filter((), is_read=False)
        steps.append(_test(match))
        at = _joined(expression, match.end(), waiting, steps)
    steps.extend(reversed(waiting))
    return Filter(tuple(steps))


def _joined(expression: str, at: int, waiting: list[str], steps: list[Test | str]) -> int:
    """Close what ends behind a comparison, and note what joins it to the next one."""
    while (closing := _CLOSING.match(expression, at)) is not None:
        at = closing.end()
        while waiting and (joint := waiting.pop()) != "(":
            steps.append(joint)
    joined = _JOINT.match(expression, at)
    if joined is None:
        return at
    while waiting and _RANK[waiting[-1]] >= _RANK[joined[1]]:
        steps.append(waiting.pop())
    waiting.append(joined[1])
    return joined.end()


def _test(match: re.Match[str]) -> Test:
    if match["left"] is not None:
        word = match["word"]
        how: Literal["equal", "holds", "matches"] = "equal"
        if word is not None:
            how = "holds" if word == "contains" else "matches"
        is_negated = match["sign"] == "!=" or match["unlike"] is not None
        return Test(_selector(match["left"]), how, _text(match["value"]), is_negated)
    if match["full"] is not None:
        return Test(_selector(match["full"]), "empty", "", match["filled"] is not None)
    return Test(_selector(match["holder"]), "holds", _text(match["member"]), match["outside"] is not None)


def _selector(text: str) -> tuple[str, ...]:
    return tuple(step[1] or _text(step[2]) for step in _STEP.finditer(text))


def _text(value: str) -> str:
    if value.startswith("`"):
        return value[1:-1]
    return str(ast.literal_eval(value)) if value.startswith('"') else value
