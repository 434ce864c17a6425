"""Rules about requests: they say nothing of connections, so they need a port that shows requests."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.rules.requests import is_of_http, operations, rule_ports
from meshgen.intent.rules.subjects import Scene, Stated, Subject, wide_rules

RULE_WITHOUT_HTTP = Code(
    number="MG268",
    slug="rule-without-http",
    meaning="A rule about requests is left no port that shows any, so it never matches.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG268."""
    for subject in scene.subjects.values():
        for stated in subject.rules if subject.ports else ():
            for field, span in () if stated.is_inherited else _lost(subject, stated):
                _report(field, f"no port of {subject.key} that it speaks of shows requests", span, findings)
    for intent in scene.intents:
        held = {id(stated.rule.source) for subject in scene.of(intent) for stated in subject.rules}
        has_ports = any(subject.ports for subject in scene.of(intent))
        for stated in wide_rules(intent):
            names_ports = any(target.ports for target in stated.rule.to)
            if has_ports and not names_ports and id(stated.rule.source) not in held:
                _report(
                    stated.field, "no service of the document shows requests", stated.rule.span(), findings
                )


def _lost(subject: Subject, stated: Stated) -> Iterator[tuple[str, Span | None]]:
    rule = stated.rule
    if rule.when is not None and not rule_ports(subject, rule):
        yield f"{stated.field}.when", rule.span("when")
        return
    known = [port for port in subject.ports if port.protocol.is_http]
    for operation, field in operations(stated):
        named = {port for name in operation.ports for port in subject.named(name)}
        is_unknown = bool(operation.ports) and not named
        left = [port for port in known if not operation.ports or port in named]
        if is_of_http(operation) and not left and not is_unknown:
            yield field, operation.span()


def _report(field: str, why: str, span: Span | None, findings: Findings) -> None:
    findings.add(
        RULE_WITHOUT_HTTP,
        f"{field} is about requests, and {why}",
        span=span,
        field=field,
        hint="say protocol: http, http2 or grpc of the port that carries them, or name ports alone",
    )
