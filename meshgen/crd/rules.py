"""The validation rules in a kind's schema: which values break which, and which could not be asked."""

from __future__ import annotations

import functools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from meshgen.crd import cel
from meshgen.crd.served import ServedKind
from meshgen.crd.sight import Rule, Sight, Sighting, sight, sightings
from meshgen.diagnostics import Code
from meshgen.resources import Complaint

BROKEN_RULE = Code(
    number="MG408",
    slug="broken-rule",
    meaning="A value breaks a validation rule of its definition, and an API server refuses the object.",
)
RULE_NOT_EVALUATED = Code(
    number="MG409",
    slug="rule-not-evaluated",
    meaning="A validation rule of the definition could not be evaluated here: whether it holds is unknown.",
)

_LONGEST_QUOTE = 120  # characters of a rule or a value in a message
_SECONDS = 0.5  # of rules for one object; an API server stops at about one second


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What the rules have against an object."""

    complaints: tuple[Complaint, ...]
    evaluations: int


def check(served: ServedKind, body: Any, *, seconds: float = _SECONDS) -> Verdicts:
    """Evaluate each rule at each value that it speaks of, in an object that its structure allows.

    Defaults are filled in. Rules about a change are left out, as an API server does when an object is
    created. Reports MG408 and MG409.
    """
    seen = _sight(served)
    found = () if seen is None else sightings(seen, body)
    complaints: list[Complaint] = []
    evaluations, started = 0, time.thread_time()
    for sighting in found:
        if time.thread_time() - started > seconds:
            return Verdicts(complaints=(*complaints, _stopped(sighting)), evaluations=evaluations)
        for rule in sighting.rules:
            verdict = _verdict(rule, sighting)
            if verdict is cel.NO_ENGINE:
                return Verdicts(complaints=(_no_engine(served),), evaluations=0)
            evaluations += 1
            complaints.extend(_complaints(rule, sighting, verdict))
    return Verdicts(complaints=tuple(complaints), evaluations=evaluations)


@functools.lru_cache(maxsize=1_000)
def _sight(served: ServedKind) -> Sight | None:
    return sight(served.schema)


def _verdict(rule: Rule, sighting: Sighting) -> bool | cel.Failed:
    if isinstance(sighting.bound, cel.Failed):
        return sighting.bound
    if rule.is_beyond:
        return cel.Failed("the engine takes no time and no duration inside an object")
    return cel.evaluate(rule.program, sighting.bound)


def _complaints(rule: Rule, sighting: Sighting, verdict: bool | cel.Failed) -> Iterator[Complaint]:
    match verdict:
        case True:
            return
        case False:
            message = f"{_described(rule, sighting)}{_value(sighting)}"
        case cel.Failed(why=why, is_refusal=True):
            message = f"{_stated(rule)}{_value(sighting)}: {why}"
        case cel.Failed(why=why):
            yield _not_evaluated(rule, sighting, why)
            return
        case _:
            assert_never(verdict)
    yield Complaint(
        code=BROKEN_RULE,
        path=(*sighting.path, *rule.field_path),
        message=message,
        hint=None if rule.message is None or len(rule.text) > _LONGEST_QUOTE else f"the rule: {rule.text}",
    )


def _described(rule: Rule, sighting: Sighting) -> str:
    described = None
    if rule.message_expression is not None and isinstance(sighting.bound, cel.Bound):
        described = cel.describe(rule.message_expression, sighting.bound)
    return described or _stated(rule)


def _stated(rule: Rule) -> str:
    """Say what an API server says of a broken rule (pkg/apiserver/schema/cel/validation.go)."""
    return (rule.message or "").strip().removesuffix(".") or f"failed rule: {_quoted(rule.text)}"


def _value(sighting: Sighting) -> str:
    match sighting.bound:
        case cel.Bound(value=str() as value):
            return f" (value {_quoted(repr(value[:_LONGEST_QUOTE]))})"
        case cel.Bound(value=bool() | int() | float() as value):
            return f" (value {_quoted(repr(value))})"
        case _:
            return ""


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_QUOTE else f"{line[:_LONGEST_QUOTE]}…"


def _not_evaluated(rule: Rule, sighting: Sighting, why: str) -> Complaint:
    return Complaint(
        code=RULE_NOT_EVALUATED,
        path=sighting.path,
        message=f"the rule {_quoted(rule.text)} was not evaluated: {why}",
        hint=None if rule.message is None else f"it asks: {_stated(rule)}",
    )


def _no_engine(served: ServedKind) -> Complaint:
    return Complaint(
        code=RULE_NOT_EVALUATED,
        message=f"no rule of {served.kind} was evaluated: {cel.NO_ENGINE.why}",
        hint="validate on Linux with glibc, macOS or Windows x86-64, with CPython 3.11 to 3.14",
    )


def _stopped(sighting: Sighting) -> Complaint:
    return Complaint(
        code=RULE_NOT_EVALUATED,
        path=sighting.path,
        message="the rules before took all the time that one object has: none was evaluated from here on",
        hint="an API server stops here too; write several smaller objects",
    )
