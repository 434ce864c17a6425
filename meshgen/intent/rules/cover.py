"""Rules and exceptions that change nothing: what another rule takes, what is excepted whole or never met."""

from __future__ import annotations

from collections.abc import Sequence

from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.access import Action, From, Operation, Rule, To
from meshgen.intent.patterns import Pattern, pattern_of, sample
from meshgen.intent.rules.callers import Home, own_rules
from meshgen.intent.rules.callersets import covers, meet
from meshgen.intent.rules.requests import is_of_http
from meshgen.intent.rules.subjects import Scene, Stated, Subject

COVERED_BY_DENY = Code(
    number="MG269",
    slug="covered-by-deny",
    meaning="Whatever an allow rule lets in a deny rule keeps out, so it changes nothing.",
    severity=Severity.WARNING,
)
EXCEPTED_WHOLE = Code(
    number="MG270",
    slug="excepted-whole",
    meaning="An entry excepts everything that it covers, so it covers nothing.",
)
EXCEPT_WITHOUT_EFFECT = Code(
    number="MG271",
    slug="except-without-effect",
    meaning="An entry excepts what it does not cover, so the exception changes nothing.",
    severity=Severity.WARNING,
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG269 to MG271."""
    for home in own_rules(scene):
        namespace, subject, stated, beside = home
        for index, entry in enumerate(stated.rule.from_):
            if entry.except_:
                _check_callers(scene, namespace, entry, f"{stated.from_field}[{index}]", findings)
        for index, target in enumerate(stated.rule.to):
            if target.except_:
                _check_requests(subject, target, f"{stated.field}.to[{index}]", findings)
        if stated.rule.effect is Action.ALLOW:
            denies = (other for other in beside if other.rule.effect is Action.DENY)
            deny = next((deny for deny in denies if _is_covered(scene, home, deny.rule)), None)
            if deny is not None:
                _report_covered(stated, deny, findings)


def _check_callers(scene: Scene, namespace: str, entry: From, field: str, findings: Findings) -> None:
    is_any = entry == From(except_=entry.except_)
    for index, excepted in enumerate(() if is_any else entry.except_):
        if covers(scene, namespace, excepted, entry):
            _report_whole(entry, field, findings)
            return
        if not meet(scene, namespace, entry, excepted):
            _report_idle(entry, index, field, findings)


def _check_requests(subject: Subject | None, target: To, field: str, findings: Findings) -> None:
    operations: tuple[To | Operation, ...] = (target, *target.except_)
    if not all(_has_known_ports(subject, operation) for operation in operations):
        return
    base = _pattern(subject, target)
    excepted = [_pattern(subject, operation) for operation in target.except_]
    # A connection is no request: an entry without conditions on requests covers those too.
    is_whole = is_of_http(target) or any(not is_of_http(operation) for operation in target.except_)
    if is_whole and sample([base], excepted) is None:
        _report_whole(target, field, findings)
        return
    for index, pattern in enumerate(excepted):
        if sample([base, pattern]) is None:
            _report_idle(target, index, field, findings)


def _has_known_ports(subject: Subject | None, operation: To | Operation) -> bool:
    """On `spec.authorization` two words may mean one port; elsewhere an unknown one was reported."""
    if subject is None:
        return not operation.ports
    return all(subject.named(name) for name in operation.ports)


def _report_whole(entry: From | To, field: str, findings: Findings) -> None:
    findings.add(
        EXCEPTED_WHOLE,
        f"{field} excepts everything that it covers",
        span=entry.span("except"),
        field=f"{field}.except",
        hint="except less, or take the entry away",
    )


def _report_idle(entry: From | To, index: int, field: str, findings: Findings) -> None:
    findings.add(
        EXCEPT_WITHOUT_EFFECT,
        f"{field}.except[{index}] excepts what the entry does not cover",
        span=entry.span("except", index),
        field=f"{field}.except[{index}]",
        hint="take it away, or write what was meant",
    )


def _report_covered(allow: Stated, deny: Stated, findings: Findings) -> None:
    there = deny.rule.span("name")
    findings.add(
        COVERED_BY_DENY,
        f"{allow.field} allows {allow.rule.name!r}, all of which {deny.rule.name!r} denies",
        span=allow.rule.span("name"),
        field=allow.field,
        hint="narrow the deny rule, or take the allow rule away",
        related=() if there is None else (("the deny rule", there),),
    )


def _is_covered(scene: Scene, home: Home, deny: Rule) -> bool:
    allow = home.stated.rule
    if deny.when is not None and deny.when != allow.when:
        return False
    if deny.from_ and not (allow.from_ and _callers_covered(scene, home.namespace, allow.from_, deny.from_)):
        return False
    return not deny.to or (bool(allow.to) and _requests_covered(home.subject, allow.to, deny.to))


def _callers_covered(scene: Scene, namespace: str, allowed: Sequence[From], denied: Sequence[From]) -> bool:
    return all(
        any(
            entry == other or (not other.except_ and covers(scene, namespace, other, entry))
            for other in denied
        )
        for entry in allowed
    )


def _requests_covered(subject: Subject | None, allowed: Sequence[To], denied: Sequence[To]) -> bool:
    patterns = [_pattern(subject, target) for target in denied if not target.except_]
    speaks_of_connections = any(not is_of_http(target) for target in denied)
    return all(
        target in denied
        or (
            (is_of_http(target) or speaks_of_connections)
            and sample([_pattern(subject, target)], patterns) is None
        )
        for target in allowed
    )


def _pattern(subject: Subject | None, target: To | Operation) -> Pattern:
    """On `spec.authorization` a port is known by the word alone; two words may mean one port there."""
    if not target.ports or subject is None:
        return pattern_of(target, target.ports or None)
    return pattern_of(target, [port.name for name in target.ports for port in subject.named(name)])
