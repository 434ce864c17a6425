"""What is asked for: the targets of a rule as operations and conditions, exceptions multiplied out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

from meshgen.backends.istio.plan.literals import path_patterns, value_pattern
from meshgen.intent.match import Absent, HeaderMatch
from meshgen.intent.resolved import Request, ResolvedRule, ServicePort, Target

Names = tuple[str, ...] | None  # None: the field is not written


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`to[].operation`; container ports are always written, since rules speak of the listed ones alone."""

    ports: tuple[str, ...]
    methods: Names = None
    not_methods: Names = None
    paths: Names = None
    not_paths: Names = None
    hosts: Names = None
    not_hosts: Names = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One entry of `when`."""

    key: str
    values: Names = None
    not_values: Names = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """An operation and the conditions that hold beside it."""

    operation: Operation
    when: tuple[Condition, ...]
    is_of_connections: bool  # one of its ports carries no requests


@dataclass(frozen=True, slots=True, kw_only=True)
class _Negations:
    """What must not hold, field by field."""

    methods: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    ports: tuple[ServicePort, ...] = ()
    when: tuple[Condition, ...] = ()

    def __add__(self, other: _Negations) -> _Negations:
        return _Negations(
            methods=_joined(self.methods, other.methods),
            paths=_joined(self.paths, other.paths),
            hosts=_joined(self.hosts, other.hosts),
            ports=(*self.ports, *other.ports),
            when=(*self.when, *(condition for condition in other.when if condition not in self.when)),
        )


def _joined(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def clauses(rule: ResolvedRule, listed: tuple[ServicePort, ...]) -> tuple[Clause, ...]:
    """Write what a rule covers on the listed ports; empty where it covers nothing there."""
    anything = Request(methods=(), paths=(), headers={}, hostnames=(), ports=())
    targets = rule.targets or (Target(request=anything, excepts=()),)
    return tuple(
        clause for target in targets for clause in _of_target(target, listed, rule.token is not None)
    )


def alternatives(rule: ResolvedRule) -> int:
    """Count what the exceptions of a rule multiply to, without writing it out."""
    factors = ([len(tuple(_negations(each))) for each in target.excepts] for target in rule.targets)
    return sum(map(math.prod, factors)) or 1


def _of_target(target: Target, listed: tuple[ServicePort, ...], has_token: bool) -> Iterator[Clause]:
    """Write requests and connections apart where an exception speaks of requests alone.

    istio/istio pilot/pkg/security/authz/builder: on a port of connections an allow rule with a condition of
    requests is skipped, and a deny rule loses that condition.
    """
    request, excepts = target.request, target.excepts
    ports = request.ports or listed
    if request.is_of_http or has_token:
        yield from _clauses(request, excepts, [port for port in ports if port.protocol.is_http])
    elif any(each.is_of_http for each in excepts):
        yield from _clauses(request, excepts, [port for port in ports if port.protocol.is_http])
        of_connections = [each for each in excepts if not each.is_of_http]
        yield from _clauses(request, of_connections, [port for port in ports if not port.protocol.is_http])
    else:
        yield from _clauses(request, excepts, ports)


def _clauses(request: Request, excepts: Iterable[Request], ports: Sequence[ServicePort]) -> Iterator[Clause]:
    """Multiply out: A except (P and M) is A without P, or A without M."""
    numbers = {str(port.target) for port in ports}
    for choice in itertools.product(*(tuple(_negations(each)) for each in excepts)):
        negated = reduce(_Negations.__add__, choice, _Negations())
        left = numbers - {str(port.target) for port in negated.ports}
        if left:
            yield Clause(
                operation=_operation(request, negated, left),
                when=_conditions(request, negated),
                is_of_connections=any(
                    str(port.target) in left and not port.protocol.is_http for port in ports
                ),
            )


def _negations(excepted: Request) -> Iterator[_Negations]:
    if excepted.methods:
        yield _Negations(methods=tuple(method.value for method in excepted.methods))
    if excepted.paths:
        yield _Negations(paths=path_patterns(excepted.paths))
    if excepted.hostnames:
        yield _Negations(hosts=_hosts(excepted.hostnames))
    if excepted.ports:
        yield _Negations(ports=excepted.ports)
    for name, how in sorted(excepted.headers.items()):
        yield _Negations(when=(_condition(name, how, is_negated=True),))


def _operation(request: Request, negated: _Negations, ports: set[str]) -> Operation:
    return Operation(
        ports=tuple(sorted(ports, key=int)),
        methods=tuple(method.value for method in request.methods) or None,
        not_methods=negated.methods or None,
        paths=path_patterns(request.paths) or None,
        not_paths=negated.paths or None,
        hosts=_hosts(request.hostnames) or None,
        not_hosts=(*negated.hosts, *_nameless(request.hostnames)) or None,
    )


def _hosts(hostnames: tuple[str, ...]) -> tuple[str, ...]:
    """Write each name with and without a port, less what a wildcard covers.

    Envoy compares the authority as it was sent.
    """
    ends = tuple(name.removeprefix("*") for name in hostnames if name.startswith("*."))
    forms = (form for name in hostnames for form in _host_forms(name))
    return tuple(form for form in forms if not any(form != f"*{end}" and form.endswith(end) for end in ends))


def _host_forms(name: str) -> tuple[str, ...]:
    # Behind a wildcard there can be no second one for the port.
    return (name,) if name.startswith("*.") else (name, f"{name}:*")


def _nameless(hostnames: tuple[str, ...]) -> Iterator[str]:
    """Take out what a wildcard covers without a label in its place, and no other wildcard with one."""
    # istio/istio pilot/pkg/security/authz/matcher/header.go: HostMatcher looks at the end of the host alone
    ends = [name.removeprefix("*") for name in hostnames if name.startswith("*.")]
    return (end for end in ends if not any(end != other and end.endswith(other) for other in ends))


def _conditions(request: Request, negated: _Negations) -> tuple[Condition, ...]:
    own = (_condition(name, how, is_negated=False) for name, how in sorted(request.headers.items()))
    return (*own, *negated.when)


def _condition(name: str, how: HeaderMatch, *, is_negated: bool) -> Condition:
    value = value_pattern(how)
    if isinstance(how, Absent) is is_negated:
        return Condition(key=f"request.headers[{name}]", values=(value,))
    return Condition(key=f"request.headers[{name}]", not_values=(value,))
