"""What a rule of an AuthorizationPolicy asks for: addresses, ports, paths, accounts and attributes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

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
_KEYED = ("request.headers", "request.auth.claims", "experimental.envoy.filters.")
_DROPPED = ("destination.namespace", "destination.labels", "destination.name", "destination.user")
_ADDRESSES = ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks")
_OF_ADDRESS = frozenset({"source.ip", "remote.ip", "destination.ip"})
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


def _values(path: Path, body: Body, key: str, judge: Callable[[str], str | None]) -> Iterator[Complaint]:
    for at, value in each(body, path, key):
        why = judge(value) if value != "" else None  # that it is empty is told by another rule
        if why is not None:
            yield _RULE.broken(at, f"{quoted(value)} {why}")


def _address(value: str) -> str | None:
    return None if is_ip(value) or is_cidr(value) else "is neither an address nor a range"


def _port(value: str) -> str | None:
    return None if _PORT.fullmatch(value) and int(value) <= 65_535 else "is not a port number"


def _account(value: str) -> str | None:
    if "*" in value:
        return "has a wildcard, which no account has"
    return (
        None
        if all(value.split("/")) and value.count("/") <= 1
        else "is not an account: write namespace/name or name"
    )


def _trust_domain(value: str) -> str | None:
    if "/" in value:
        return "is not a trust domain"
    return (
        None if value.count("*") <= 1 and "*" not in value[1:-1] else "has a '*' that is not at an end alone"
    )


def _template(value: str) -> str | None:
    is_template = any(operator in value for operator in _TEMPLATES)
    is_rest_taken = False
    for segment in value.strip("/").split("/"):
        if segment in _TEMPLATES:
            if is_rest_taken:
                return "has an operator behind {**}, which takes the rest"
            is_rest_taken = segment == "{**}"
        elif "{" in segment or "}" in segment:
            return "has a brace beyond {*} and {**}, each of which is a whole segment"
        elif is_template and not _LITERAL.fullmatch(segment):
            return f"is a template with the segment {quoted(segment)}, which is no text of a path"
    return None


def _condition(path: Path, condition: Body) -> Iterator[Complaint]:
    key = condition["key"]
    if (why := _unknown(key)) is not None:
        yield _RULE.broken((*path, "key"), f"{quoted(key)} {why}", near_miss(key, _ATTRIBUTES) or None)
    if not condition.get("values") and not condition.get("notValues"):
        yield _RULE.broken(path, "the condition has neither values nor notValues", "write one of them")
    judge = _address if key in _OF_ADDRESS else _port if key == "destination.port" else _any
    for values in ("values", "notValues"):
        yield from _values(path, condition, values, judge)
        for at, value in each(condition, path, values):
            if value == "":
                yield _RULE.broken(at, "the value is empty", "write * for any value")


def _any(_: str) -> None:
    return None


def _unknown(key: str) -> str | None:
    if key.startswith(_KEYED):
        start = key.find("[")
        is_named = key.endswith("]") and 0 < start < len(key) - 2
        return None if is_named else "lacks a name in brackets, as in request.headers[x-user]"
    if key.startswith(_DROPPED):
        return "is an attribute that Istio dropped: select workloads instead"
    return None if key in _ATTRIBUTES else "is not an attribute"
