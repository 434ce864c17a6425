"""Istio's webhook on VirtualService: istio.md 3.3, clauses 1 to 20 but those of gateways and delegates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .grammar import GRPC_STATUSES, HTTP_METHODS, is_ip, is_re2, is_token
from .istio_terms import (
    Complaint,
    dns_label,
    duration,
    export_to,
    is_wildcard_domain,
    labels,
    port,
    unjudged,
    within,
)

_RETRY_CONDITIONS = frozenset(
    [
        "5xx",
        "gateway-error",
        "reset",
        "reset-before-request",
        "connect-failure",
        "retriable-4xx",
        "refused-stream",
        "retriable-status-codes",
        "retriable-headers",
        "envoy-ratelimited",
        "http3-post-connect-failure",
        "cancelled",
        "deadline-exceeded",
        "internal",
        "resource-exhausted",
        "unavailable",
    ]
)
_ACTIONS = ("route", "redirect", "directResponse")
_ROUTE_FIELDS = (
    *("name", "match", "route", "redirect", "rewrite", "timeout", "retries", "fault", "mirrors"),
    *("corsPolicy", "headers"),
)
_MATCH_FIELDS = (
    *("name", "uri", "scheme", "method", "authority", "headers", "withoutHeaders", "queryParams"),
    *("port", "ignoreUriCase", "sourceLabels", "sourceNamespace"),
)
_HEADER_VALUE = re.compile(r"([^\x00-\x1f\x7f%]|%%|%[^%\x00-\x1f\x7f]+%)*")


def complaints(obj: Mapping[str, Any]) -> Iterator[Complaint]:
    """Yield the clauses that a VirtualService breaks."""
    spec = obj.get("spec", {})
    yield from unjudged(spec, ("hosts", "http", "tcp", "exportTo"), "spec")
    yield from _hosts(spec.get("hosts", []))
    if not any(spec.get(protocol) for protocol in ("http", "tls", "tcp")):
        yield Complaint(5, "spec: none of http, tcp and tls")
    for index, route in enumerate(spec.get("http", [])):
        yield from _http(f"spec.http[{index}]", route)
    for index, route in enumerate(spec.get("tcp", [])):
        yield from _tcp(f"spec.tcp[{index}]", route)
    yield from export_to(20, spec.get("exportTo", []))


def _hosts(hosts: list[str]) -> Iterator[Complaint]:
    if not hosts:
        yield Complaint(1, "spec.hosts: empty, and this is no delegate")
    for index, host in enumerate(hosts):
        where = f"spec.hosts[{index}]"
        if host == "*":
            yield Complaint(3, f"{where}: '*' is bound to the mesh")
        elif not is_wildcard_domain(host) and not is_ip(host):
            yield Complaint(3, f"{where}: {host!r} is not a domain")
        for other in hosts[:index]:
            if _overlaps(host, other):
                yield Complaint(4, f"{where}: {host!r} overlaps {other!r}")


def _overlaps(host: str, other: str) -> bool:
    if host == other:
        return True
    return any(
        wide.startswith("*") and narrow.endswith(wide[1:]) for wide, narrow in ((host, other), (other, host))
    )


def _http(where: str, route: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(route, _ROUTE_FIELDS, where)
    yield from _actions(where, route)
    for index, match in enumerate(route.get("match", [])):
        yield from _match(f"{where}.match[{index}]", match)
    yield from _destinations(f"{where}.route", route.get("route", []))
    yield from _header_operations(f"{where}.headers", route.get("headers", {}))
    if "timeout" in route:
        yield from duration(18, f"{where}.timeout", route["timeout"])
    for field, section in _SECTIONS.items():
        if field in route:
            yield from section(f"{where}.{field}", route[field])
    yield from _authority_once(where, route)


def _actions(where: str, route: Mapping[str, Any]) -> Iterator[Complaint]:
    if not any(route.get(action) for action in _ACTIONS):
        yield Complaint(7, f"{where}: none of route, redirect and directResponse")
    if "redirect" in route:
        for other in ("route", "fault", "rewrite", "directResponse"):
            if route.get(other):
                yield Complaint(7, f"{where}: redirect beside {other}")


def _match(where: str, match: Mapping[str, Any]) -> Iterator[Complaint]:
    yield from unjudged(match, _MATCH_FIELDS, where)
    for field in ("uri", "scheme", "method", "authority"):
        if field in match:
            yield from _string_match(f"{where}.{field}", match[field], empty_prefix=field == "uri")
    for field in ("headers", "withoutHeaders"):
        for name, value in match.get(field, {}).items():
            if not is_token(name):
                yield Complaint(8, f"{where}.{field}: {name!r} is not the name of a header")
            yield from _string_match(f"{where}.{field}[{name}]", value)
    for name, value in match.get("queryParams", {}).items():
        yield from _string_match(f"{where}.queryParams[{name}]", value)
    if "port" in match:
        yield from port(8, f"{where}.port", match["port"])
    yield from labels(8, f"{where}.sourceLabels", match.get("sourceLabels", {}))
    if "sourceNamespace" in match:
        yield from dns_label(8, f"{where}.sourceNamespace", match["sourceNamespace"])


def _string_match(
    where: str, match: Mapping[str, str], *, empty_prefix: bool = False, clause: int = 8
) -> Iterator[Complaint]:
    if match.get("prefix") == "" and not empty_prefix:
        yield Complaint(clause, f"{where}.prefix: empty")
    if "regex" in match:
        yield from _regex(clause, f"{where}.regex", match["regex"])


def _regex(clause: int, where: str, pattern: str) -> Iterator[Complaint]:
    if not pattern or len(pattern) > 1024 or not is_re2(pattern):
        yield Complaint(clause, f"{where}: {pattern!r} is not a regular expression of 1..1024 characters")


def _destinations(where: str, routed: list[Mapping[str, Any]]) -> Iterator[Complaint]:
    for index, target in enumerate(routed):
        yield from _destination(17, f"{where}[{index}].destination", target["destination"])
        yield from _header_operations(f"{where}[{index}].headers", target.get("headers", {}))
        if target.get("weight", 0) < 0:
            yield Complaint(17, f"{where}[{index}].weight: {target['weight']} is below 0")
    if len(routed) > 1 and sum(target.get("weight", 0) for target in routed) == 0:
        yield Complaint(17, f"{where}: the weights sum to 0")


def _destination(clause: int, where: str, destination: Mapping[str, Any]) -> Iterator[Complaint]:
    host = destination["host"]
    if host == "*" or not is_wildcard_domain(host):
        yield Complaint(clause, f"{where}.host: {host!r} is not a host")
    if "subset" in destination:
        yield from dns_label(clause, f"{where}.subset", destination["subset"])
    if "port" in destination:
        yield from port(clause, f"{where}.port.number", destination["port"].get("number", 0))


def _header_operations(where: str, headers: Mapping[str, Any]) -> Iterator[Complaint]:
    for side in ("request", "response"):
        operations = headers.get(side, {})
        for verb in ("set", "add"):
            for name, value in operations.get(verb, {}).items():
                at = f"{where}.{side}.{verb}"
                yield from _header_name(at, name, may_be_authority=side == "request")
                if not _HEADER_VALUE.fullmatch(value):
                    yield Complaint(9, f"{at}[{name}]: {value!r} is not the value of a header")
        for name in operations.get("remove", []):
            yield from _header_name(f"{where}.{side}.remove", name, may_be_authority=False)


def _header_name(where: str, name: str, *, may_be_authority: bool) -> Iterator[Complaint]:
    if _is_authority(name):
        if not may_be_authority:
            yield Complaint(9, f"{where}: {name!r} cannot change there")
    elif not is_token(name):
        yield Complaint(9, f"{where}: {name!r} is not the name of a header")


def _is_authority(name: str) -> bool:
    return name.lower() in ("host", ":authority")


def _authority_once(where: str, route: Mapping[str, Any]) -> Iterator[Complaint]:
    request = route.get("headers", {}).get("request", {})
    written = [name for verb in ("set", "add") for name in request.get(verb, {}) if _is_authority(name)]
    if len(written) + bool(route.get("rewrite", {}).get("authority")) > 1:
        yield Complaint(9, f"{where}: the authority is set more than once")


def _cors(where: str, cors: Mapping[str, Any]) -> Iterator[Complaint]:
    for index, origin in enumerate(cors.get("allowOrigins", [])):
        if not any(origin.values()):
            yield Complaint(10, f"{where}.allowOrigins[{index}]: empty")
        yield from _string_match(f"{where}.allowOrigins[{index}]", origin, clause=10)
    for method in cors.get("allowMethods", []):
        if method not in HTTP_METHODS | {"*"}:
            yield Complaint(10, f"{where}.allowMethods: {method!r} is not a method")
    for field in ("allowHeaders", "exposeHeaders"):
        for name in cors.get(field, []):
            if not is_token(name):
                yield Complaint(10, f"{where}.{field}: {name!r} is not the name of a header")
    if "maxAge" in cors:
        yield from duration(10, f"{where}.maxAge", cors["maxAge"], whole_seconds=True)


def _fault(where: str, fault: Mapping[str, Any]) -> Iterator[Complaint]:
    if not fault.get("abort") and not fault.get("delay"):
        yield Complaint(11, f"{where}: neither abort nor delay")
    for kind in ("abort", "delay"):
        percent = fault.get(kind, {}).get("percentage", {}).get("value", 0)
        if percent != 0:
            yield from within(11, f"{where}.{kind}.percentage.value", percent, 0.0001, 100)
    abort, delay = fault.get("abort", {}), fault.get("delay", {})
    yield from unjudged(delay, ("fixedDelay", "percentage"), f"{where}.delay")
    yield from unjudged(abort, ("httpStatus", "grpcStatus", "percentage"), f"{where}.abort")
    if "httpStatus" in abort:
        yield from within(11, f"{where}.abort.httpStatus", abort["httpStatus"], 200, 600)
    if "grpcStatus" in abort and abort["grpcStatus"] not in GRPC_STATUSES:
        yield Complaint(11, f"{where}.abort.grpcStatus: {abort['grpcStatus']!r} is not a status of gRPC")
    if "delay" in fault:
        yield from duration(11, f"{where}.delay.fixedDelay", delay.get("fixedDelay", ""))


def _mirrors(where: str, mirrors: Iterable[Mapping[str, Any]]) -> Iterator[Complaint]:
    for index, mirror in enumerate(mirrors):
        if "destination" not in mirror:
            yield Complaint(12, f"{where}[{index}]: no destination")
        else:
            yield from _destination(12, f"{where}[{index}].destination", mirror["destination"])
        percent = mirror.get("percentage", {}).get("value", 100)
        yield from within(12, f"{where}[{index}].percentage.value", percent, 0, 100)


def _redirect(where: str, redirect: Mapping[str, Any]) -> Iterator[Complaint]:
    if not any(redirect.get(field) for field in ("uri", "authority", "scheme", "port", "derivePort")):
        yield Complaint(13, f"{where}: empty")
    yield from within(13, f"{where}.redirectCode", redirect.get("redirectCode", 301), 300, 399)
    if redirect.get("scheme", "http") not in ("http", "https"):
        yield Complaint(13, f"{where}.scheme: {redirect['scheme']!r} is neither http nor https")
    if "port" in redirect:
        yield from port(13, f"{where}.port", redirect["port"])


def _retries(where: str, retries: Mapping[str, Any]) -> Iterator[Complaint]:
    attempts = retries.get("attempts", 0)
    if attempts < 0:
        yield Complaint(15, f"{where}.attempts: {attempts} is below 0")
    if attempts == 0:
        for field in ("perTryTimeout", "retryOn", "retryRemoteLocalities"):
            if retries.get(field):
                yield Complaint(15, f"{where}.{field}: beside attempts 0")
    for field in ("perTryTimeout", "backoff"):
        if field in retries:
            yield from duration(15, f"{where}.{field}", retries[field])
    if retries.get("retryOn"):
        yield from _retry_on(f"{where}.retryOn", retries["retryOn"])


def _retry_on(where: str, conditions: str) -> Iterator[Complaint]:
    for condition in conditions.split(","):
        is_status = re.fullmatch(r"[1-5]\d\d", condition)
        if condition not in _RETRY_CONDITIONS and not is_status:
            yield Complaint(15, f"{where}: {condition!r} is not a condition")


def _rewrite(where: str, rewrite: Mapping[str, Any]) -> Iterator[Complaint]:
    regex = rewrite.get("uriRegexRewrite")
    if not any(rewrite.get(field) for field in ("uri", "authority", "uriRegexRewrite")):
        yield Complaint(16, f"{where}: empty")
    if regex is None:
        return
    if rewrite.get("uri"):
        yield Complaint(16, f"{where}: uri beside uriRegexRewrite")
    if not regex.get("rewrite"):
        yield Complaint(16, f"{where}.uriRegexRewrite: no rewrite")
    yield from _regex(16, f"{where}.uriRegexRewrite.match", regex.get("match", ""))


def _tcp(where: str, route: Mapping[str, Any]) -> Iterator[Complaint]:
    if not route.get("route"):
        yield Complaint(19, f"{where}: no route")
    yield from _destinations(f"{where}.route", route.get("route", []))
    for index, match in enumerate(route.get("match", [])):
        yield from unjudged(match, ("port",), f"{where}.match[{index}]")
        if "port" in match:
            yield from port(19, f"{where}.match[{index}].port", match["port"])


_SECTIONS: Mapping[str, Callable[[str, Any], Iterator[Complaint]]] = MappingProxyType(
    {
        "corsPolicy": _cors,
        "fault": _fault,
        "mirrors": _mirrors,
        "redirect": _redirect,
        "retries": _retries,
        "rewrite": _rewrite,
    }
)
