"""Every place of a service that describes requests, with its path: matches of routes, operations of rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.intent.access import Operation, Rule, To
from meshgen.intent.match import Match
from meshgen.intent.resolved import ServicePort
from meshgen.intent.rules.subjects import Scene, Stated, Subject, wide_rules


class Conditions(NamedTuple):
    """One alternative, and the ports on which it may match."""

    match: Match | To | Operation
    field: str
    ports: tuple[ServicePort, ...]


def conditions(subject: Subject) -> Iterator[Conditions]:
    """Yield the alternatives that a service writes itself."""
    for route, field in subject.routes():
        for index, match in enumerate(route.match):
            yield Conditions(match, f"{field}.match[{index}]", _ports(subject, match))
    for stated in subject.rules:
        if not stated.is_inherited:
            for operation, field in operations(stated):
                yield Conditions(operation, field, _ports(subject, operation))


def wide_conditions(scene: Scene) -> Iterator[Conditions]:
    """Yield what `spec.authorization` writes, once a document; it speaks of no ports of its own."""
    for intent in scene.intents:
        for stated in wide_rules(intent):
            for operation, field in operations(stated):
                yield Conditions(operation, field, ())


def operations(stated: Stated) -> Iterator[tuple[To | Operation, str]]:
    """Yield the entries of a rule's `to`, each followed by those that it excepts."""
    for index, target in enumerate(stated.rule.to):
        field = f"{stated.field}.to[{index}]"
        yield target, field
        for below, excepted in enumerate(target.except_):
            yield excepted, f"{field}.except[{below}]"


def rule_ports(subject: Subject, rule: Rule) -> tuple[ServicePort, ...]:
    """List the ports on which a rule may match; those of containers alone count too."""
    found = [port for target in rule.to for port in _ports(subject, target)] if rule.to else subject.ports
    return tuple(
        port for port in subject.ports if port in found and (rule.when is None or port.protocol.is_http)
    )


def is_of_http(operation: To | Operation) -> bool:
    """Tell whether an operation says nothing of connections."""
    return bool(operation.methods or operation.paths or operation.headers or operation.hostnames)


def _ports(subject: Subject, match: Match | To | Operation) -> tuple[ServicePort, ...]:
    """List the ports on which an alternative may match."""
    if isinstance(match, Match):
        known = subject.http_ports
    else:
        known = tuple(port for port in subject.ports if port.protocol.is_http or not is_of_http(match))
    if not match.ports:
        return known
    named = [port for name in match.ports for port in subject.named(name)]
    return tuple(port for port in known if port in named)
