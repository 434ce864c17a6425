"""Istio's webhook on AuthorizationPolicy: istio.md 3.3, clauses 2 to 7; of the actions ALLOW and DENY."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .grammar import is_cidr, is_ip
from .istio_terms import Complaint

_TARGETS = frozenset(
    {
        ("", "Service"),
        ("core", "Service"),
        ("networking.istio.io", "ServiceEntry"),
        ("gateway.networking.k8s.io", "Gateway"),
        ("gateway.networking.k8s.io", "GatewayClass"),
    }
)
_ATTRIBUTES = frozenset(
    [
        "source.ip",
        "remote.ip",
        "source.namespace",
        "source.serviceAccount",
        "source.principal",
        "source.trustDomain",
        "request.auth.principal",
        "request.auth.audiences",
        "request.auth.presenter",
        "destination.ip",
        "destination.port",
        "connection.sni",
    ]
)
_KEYED_ATTRIBUTE = re.compile(
    r"request\.headers\[[^\[\]]+\]|request\.auth\.claims(\[[^\[\]]+\])+|experimental\.envoy\.filters\..+\[.+\]"
)
_PCHARS = re.compile(r"([A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})*")
_DRY_RUN = "istio.io/dry-run"


def complaints(obj: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the clauses that an AuthorizationPolicy breaks."""
    spec = obj.get("spec", {})
    action = spec.get("action", "ALLOW")
    if action not in ("ALLOW", "DENY"):
        yield Complaint("-", f"spec.action: no clause judges {action} yet")
    if "provider" in spec:
        yield Complaint(2, f"spec.provider: beside action {action}")
    if action == "DENY" and not spec.get("rules"):
        yield Complaint(2, "spec: DENY without rules")
    dry_run = obj["metadata"].get("annotations", {}).get(_DRY_RUN, "true")
    if dry_run.lower() not in ("true", "false"):
        yield Complaint(2, f"metadata.annotations[{_DRY_RUN}]: {dry_run!r} is no boolean")
    for index, rule in enumerate(spec.get("rules", [])):
        yield from _rule(f"spec.rules[{index}]", rule)
    yield from _targets(spec)


def _rule(where: str, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    for field, part in (("from", "source"), ("to", "operation")):
        if rule.get(field) == []:
            yield Complaint(3, f"{where}.{field}: empty")
        for index, entry in enumerate(rule.get(field, [])):
            at = f"{where}.{field}[{index}].{part}"
            yield from _lists(at, entry.get(part, {}))
    for index, entry in enumerate(rule.get("from", [])):
        yield from _source(f"{where}.from[{index}].source", entry.get("source", {}))
    for index, entry in enumerate(rule.get("to", [])):
        yield from _operation(f"{where}.to[{index}].operation", entry.get("operation", {}))
    for index, condition in enumerate(rule.get("when", [])):
        yield from _condition(f"{where}.when[{index}]", condition)


def _lists(where: str, fields: Mapping[str, list[str]]) -> Iterator[Complaint]:
    if not any(fields.values()):
        yield Complaint(3, f"{where}: no field")
    for field, values in fields.items():
        if "" in values:
            yield Complaint(3, f"{where}.{field}: an empty value")


def _source(where: str, source: Mapping[str, list[str]]) -> Iterator[Complaint]:
    for field in ("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"):
        for block in source.get(field, []):
            if not is_ip(block) and not is_cidr(block):
                yield Complaint(4, f"{where}.{field}: {block!r} is neither an address nor a range")
    for field in ("serviceAccounts", "notServiceAccounts"):
        for account in source.get(field, []):
            if not _is_account(account):
                yield Complaint(5, f"{where}.{field}: {account!r} is not an account")
    for field in ("trustDomains", "notTrustDomains"):
        for domain in source.get(field, []):
            if "/" in domain or "*" in domain[1:-1] or domain.count("*") > 1:
                yield Complaint(5, f"{where}.{field}: {domain!r} is not a trust domain")


def _is_account(account: str) -> bool:
    parts = account.split("/")
    return "*" not in account and len(account) <= 320 and len(parts) <= 2 and all(parts)


def _operation(where: str, operation: Mapping[str, list[str]]) -> Iterator[Complaint]:
    for field in ("ports", "notPorts"):
        for number in operation.get(field, []):
            if not re.fullmatch(r"[0-9]{1,5}", number) or int(number) > 65535:
                yield Complaint(4, f"{where}.{field}: {number!r} is not a port")
    for field in ("paths", "notPaths"):
        for path in operation.get(field, []):
            if not _is_path(path):
                yield Complaint(4, f"{where}.{field}: {path!r} is not a path template")


def _is_path(path: str) -> bool:
    if "{" not in path and "}" not in path:
        return True
    segments = path.removeprefix("/").split("/")
    after_rest = segments[segments.index("{**}") + 1 :] if "{**}" in segments else []
    is_each = all(segment in ("{*}", "{**}") or _PCHARS.fullmatch(segment) for segment in segments)
    return is_each and not any(segment.startswith("{") for segment in after_rest)


def _condition(where: str, condition: Mapping[str, Any]) -> Iterator[Complaint]:
    key = condition["key"]
    if key not in _ATTRIBUTES and not _KEYED_ATTRIBUTE.fullmatch(key):
        yield Complaint(6, f"{where}.key: {key!r} is not an attribute")
    values = [*condition.get("values", []), *condition.get("notValues", [])]
    if not values:
        yield Complaint(6, f"{where}: neither values nor notValues")
    if key in ("source.ip", "remote.ip", "destination.ip"):
        wrong = [value for value in values if not is_ip(value) and not is_cidr(value)]
    elif key == "destination.port":
        wrong = [value for value in values if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65535]
    else:
        wrong = []
    for value in wrong:
        yield Complaint(6, f"{where}: {value!r} is no {key}")


def _targets(spec: Mapping[str, Any]) -> Iterator[Complaint]:
    targets = [*spec.get("targetRefs", []), *filter(None, [spec.get("targetRef")])]
    for target in targets:
        group, kind = target.get("group", ""), target["kind"]
        if (group, kind) not in _TARGETS or not target["name"]:
            yield Complaint(7, f"spec.targetRefs: {group}/{kind} {target['name']!r} is not a target")
