"""A schema's CEL rules over a value: which were evaluated, and what each has against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .cel import Failed, as_self, evaluate, is_transition
from .nodes import nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One evaluation of one rule; an empty message means that the rule holds."""

    where: str
    message: str


def outcomes(structural: Mapping[str, Any], value: Any) -> Iterator[RuleOutcome]:
    """Evaluate each rule at each value that it speaks of; transition rules are left out."""
    for node in nodes(structural, value):
        stated = node.schema.get("x-kubernetes-validations", ())
        spoken = [rule for rule in stated if not is_transition(rule["rule"])]
        bound = as_self(node.schema, node.value) if spoken else None
        for rule in spoken:
            yield RuleOutcome(where=node.where, message=_complaint(rule, evaluate(rule["rule"], bound)))


def _complaint(rule: Mapping[str, str], verdict: bool | Failed) -> str:
    match verdict:
        case True:
            return ""
        case False:
            return rule.get("message", f"failed rule: {rule['rule']}")
        case Failed(why):
            return f"{rule.get('message', rule['rule'])} (not evaluated: {why})"
