"""What a rule of an AuthorizationPolicy asks for: addresses, ports, paths, accounts and attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from meshgen.backends.istio.admission.terms import SECURITY, Body, Rule, each, quoted
from meshgen.diagnostics import Code, near_miss
from meshgen.grammar import is_cidr, is_ip
from meshgen.resources import Complaint, Path

CONDITION = Code(
    number="MG451",
    slug="istio-condition",
    meaning="A rule of an AuthorizationPolicy asks for what no request or connection has.",
)
_RULE = Rule(CONDITION, SECURITY)
_ATTRIBUTES = frozenset(
    {
        *("source.ip", "remote.ip", "source.namespace", "source.serviceAccount", "source.principal"),
        *("source.trustDomain", "request.auth.principal", "request.auth.audiences", "request.auth.presenter"),
        *("destination.ip", "destination.port", "connection.sni"),
    }
)
_KEYED = (
    *("request.headers", "request.experimental.inline.headers", "request.auth.claims"),
    "experimental.envoy.filters.",
)
_KNOWN = (*_ATTRIBUTES, "request.headers[NAME]", "request.auth.claims[NAME]")
_DROPPED = ("destination.namespace", "destination.labels", "destination.name", "destination.user")
_ADDRESSES = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")
_ACCOUNT = "source.serviceAccount"
_MOST_ACCOUNTS = 16
_PORT = re.compile(r"[0-9]{1,10}")
_TEMPLATES = ("{*}", "{**}")
# istio/istio pkg/config/security/security.go: pchar of RFC 3986 as Envoy reads it, without the operator `*`
_LITERAL = re.compile(r"[a-zA-Z0-9\-._~%!$&'()+,;:@=]+")


def refused(path: Path, rule: Body) -> Iterator[Complaint]:
    """Hold a rule against clauses 4 to 6."""
    for at, entry in each(rule, path, "from"):
        source, where = entry.get("source", {}), (*at, "source")
        for key in _ADDRESSES:
            yield from _values(where, source, key, _address)
        for prefix in ("serviceAccounts", "notServiceAccounts"):
            yield from _values(where, source, prefix, _account)
        for prefix in ("trustDomains", "notTrustDomains"):
            yield from _values(where, source, prefix, _trust_domain)
    for at, entry in each(rule, path, "to"):
        operation, where = entry.get("operation", {}), (*at, "operation")
        for key in ("ports", "notPorts"):
            yield from _values(where, operation, key, _port)
        for key in ("paths", "notPaths"):
            yield from _values(where, operation, key, _template)
    for at, condition in each(rule, path, "when"):
        yield from _condition(at, condition)


_Fault = tuple[str, str]  # what is wrong with a value, and what to write


def _values(path: Path, body: Body, key: str, judge: Callable[[str], _Fault | None]) -> Iterator[Complaint]:
    for at, value in each(body, path, key):
        fault = judge(value) if value != "" else None  # that it is empty is told by another rule
        if fault is not None:
            why, hint = fault
            yield _RULE.broken(at, f"{quoted(value)} {why}", hint)


def _address(value: str) -> _Fault | None:
    if is_ip(value) or is_cidr(value):
        return None
    return "is neither an address nor a range", "write 10.0.0.0/8 or 10.0.0.1"


def _port(value: str) -> _Fault | None:
    if _PORT.fullmatch(value) and int(value) <= 65_535:
        return None
    return "is not a port number", "write the number of a container port"


def _account(value: str) -> _Fault | None:
    if "*" in value:
        return "has a wildcard, which no account has", "write principals for a wildcard"
    if all(value.split("/")) and value.count("/") <= 1:
        return None
    return "is not an account", "write NAMESPACE/NAME, or a name of the own namespace"


def _trust_domain(value: str) -> _Fault | None:
    if "/" in value:
        return "is not a trust domain", "write principals for more than the domain"
    if value.count("*") <= 1 and "*" not in value[1:-1]:
        return None
    return "has a '*' that is not at an end alone", "write *.example.com or example.*"


def _template(value: str) -> _Fault | None:
    is_template = any(operator in value for operator in _TEMPLATES)
    is_rest_taken = False
    for segment in value.strip("/").split("/"):
        if segment in _TEMPLATES:
            if is_rest_taken:
                return "has an operator behind {**}, which takes the rest", "put {**} last"
            is_rest_taken = segment == "{**}"
        elif "{" in segment or "}" in segment:
            return "has a brace that is no operator", "write {*} or {**} for a whole segment"
        elif is_template and not _LITERAL.fullmatch(segment):
            return f"has the segment {quoted(segment)}, which no template has", "write text, {*} or {**}"
    return None


def _condition(path: Path, condition: Body) -> Iterator[Complaint]:
    key = condition["key"]
    if (fault := _unknown(key)) is not None:
        why, hint = fault
        yield _RULE.broken((*path, "key"), f"{quoted(key)} {why}", hint)
    if not condition.get("values") and not condition.get("notValues"):
        yield _RULE.broken(path, "the condition has neither values nor notValues", "write one of them")
    judge = _JUDGES.get(key, _any)
    for values in ("values", "notValues"):
        if key == _ACCOUNT and len(condition.get(values) or ()) > _MOST_ACCOUNTS:
            hint = "write several rules"
            yield _RULE.broken((*path, values), f"there are more than {_MOST_ACCOUNTS} accounts", hint)
        yield from _values(path, condition, values, judge)
        for at, value in each(condition, path, values):
            if value == "":
                yield _RULE.broken(at, "the value is empty", "write * for any value")


def _any(_: str) -> None:
    return None


_JUDGES: Mapping[str, Callable[[str], _Fault | None]] = MappingProxyType(
    {
        "source.ip": _address,
        "remote.ip": _address,
        "destination.ip": _address,
        "destination.port": _port,
        _ACCOUNT: _account,
    }
)


def _unknown(key: str) -> _Fault | None:
    if key.startswith(_KEYED):
        start = key.find("[")
        is_named = key.endswith("]") and 0 < start < len(key) - 2
        return None if is_named else ("lacks a name in brackets", "write request.headers[x-user]")
    if key.startswith(_DROPPED):
        return "is an attribute that Istio dropped", "select workloads instead"
    if key in _ATTRIBUTES:
        return None
    return "is not an attribute", near_miss(
        key, _ATTRIBUTES
    ) or f"write one of {', '.join(sorted(_ATTRIBUTES))}"
