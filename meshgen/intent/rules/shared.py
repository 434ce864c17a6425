"""Shared pods: what several services or ports front is asked for alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from meshgen.diagnostics import Code, Findings
from meshgen.intent.access import Mode, Operation, Rule, To
from meshgen.intent.overlapping import Selector, overlapping
from meshgen.intent.resolve import port_names
from meshgen.intent.resolved import ServicePort
from meshgen.intent.rules.requests import is_of_http
from meshgen.intent.rules.subjects import Scene, Subject

SHARED_PODS = Code(
    number="MG226",
    slug="shared-pods",
    meaning="Two services front the same pods and ask for different mTLS, authorization or accounts.",
)
SHARED_CONTAINER_PORT = Code(
    number="MG227",
    slug="shared-container-port",
    meaning="Two ports lead to one container port and are asked for differently.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG226 and MG227."""
    for subject in scene.subjects.values():
        if subject.service.pods_of is None:
            _check_ports(subject, findings)
    for one, other in _pairs(scene):
        _check_pods(scene, one, other, findings)


def _pairs(scene: Scene) -> Iterator[tuple[Subject, Subject]]:
    """Yield services of which the labels of one selector are all among the other's."""
    selectors: dict[Subject, Selector] = {}
    for subject in sorted(scene.subjects.values(), key=lambda subject: subject.key):
        if subject.service.pods_of is None and subject.ports:
            labels = scene.selector(subject).items()
            selectors[subject] = frozenset((subject.key.namespace, *label) for label in labels)
    yield from overlapping(selectors)


def _check_pods(scene: Scene, one: Subject, other: Subject, findings: Findings) -> None:
    """Modes and defaults hold for whole pods, rules and the modes of ports where both front one of them."""
    different = [key for key, is_alike in _compared(scene, one, other) if not is_alike]
    if different:
        there, key = one.span, different[0]
        findings.add(
            SHARED_PODS,
            f"{one.key} and {other.key} front the same pods and ask for different {' and '.join(different)}",
            span=other.service.span(key),
            field=other.field,
            hint=f"add podsOf: {one.key.name} to {other.key.name}, or write selectors that differ",
            related=() if there is None else ((str(one.key), there),),
        )


def _compared(scene: Scene, one: Subject, other: Subject) -> Iterator[tuple[str, bool]]:
    shared = [(here, there) for here in one.ports for there in other.ports if here.target == there.target]
    modes = all(_port_mode(one, here) == _port_mode(other, there) for here, there in shared)
    rules = all(_port_rules(one, here) == _port_rules(other, there) for here, there in shared)
    yield "mtls", modes and _mode(one) == _mode(other)
    yield "authorization", rules and _default(one) == _default(other)
    yield "serviceAccount", bool(scene.accounts(one) & scene.accounts(other))


def _check_ports(subject: Subject, findings: Findings) -> None:
    first: dict[int | str, ServicePort] = {}
    for port in subject.ports:
        other = first.setdefault(port.target, port)
        if other is port:
            continue
        is_same_mode = _port_mode(subject, port) == _port_mode(subject, other)
        if not is_same_mode or _port_rules(subject, port) != _port_rules(subject, other):
            key = "authorization" if is_same_mode else "mtls"
            findings.add(
                SHARED_CONTAINER_PORT,
                f"ports {other.name} and {port.name} of {subject.key} lead to container port {port.target} "
                f"and have different {key}",
                span=subject.service.span(key),
                field=f"{subject.field}.{key}",
                hint=f"name both ports wherever one is named: {other.name} and {port.name}",
            )


def _mode(subject: Subject) -> Mode | None:
    return None if subject.service.mtls is None else subject.service.mtls.mode


def _default(subject: Subject) -> object:
    authorization = subject.service.authorization
    return None if authorization is None else authorization.default


def _port_mode(subject: Subject, port: ServicePort) -> Mode | None:
    mtls = subject.service.mtls
    modes = {} if mtls is None or mtls.ports is None else mtls.ports
    return next((mode for name, mode in modes.items() if name in port_names(port)), _mode(subject))


def _port_rules(subject: Subject, port: ServicePort) -> list[str]:
    """Say what the rules come to on one port: without names, which mean nothing to a request."""
    found = (_on_port(stated.rule, port) for stated in subject.rules)
    return sorted(repr(rule) for rule in found if rule is not None)


def _on_port(rule: Rule, port: ServicePort) -> Rule | None:
    if rule.when is not None and not port.protocol.is_http:
        return None
    names = port_names(port)
    targets = tuple(
        replace(target, ports=(), except_=_excepted(target, names))
        for target in rule.to
        if (not target.ports or set(names) & set(target.ports))
        and (port.protocol.is_http or not is_of_http(target))
    )
    return None if rule.to and not targets else replace(rule, name="", to=targets, action=rule.effect)


def _excepted(target: To, names: tuple[str, ...]) -> tuple[Operation, ...]:
    return tuple(
        replace(excepted, ports=())
        for excepted in target.except_
        if not excepted.ports or set(names) & set(excepted.ports)
    )
