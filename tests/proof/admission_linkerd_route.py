"""What Linkerd rejects or ignores of a Gateway API HTTPRoute: linkerd.md 5, 3.1, 3.3, 3.4, 3.8 and 3.10."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from .grammar import is_port, is_re2, is_token

_GATEWAY = "gateway.networking.k8s.io"
_RETRIED = re.compile(r"[1-5]\d\d(-[1-5]\d\d)?|5xx|gateway-error")
_RETRIED_GRPC = re.compile(r"cancelled|deadline-exceeded|internal|resource-exhausted|unavailable")
_DURATION = re.compile(r"[1-9]\d*(ms|s|m|h|d)")  # one unit; a 0 would be an instant deadline
_FILTERS = {
    "Service": frozenset(["RequestHeaderModifier", "ResponseHeaderModifier", "RequestRedirect"]),
    "Server": frozenset(["RequestHeaderModifier", "RequestRedirect"]),
}
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")


def complaints(obj: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a route; what Linkerd would read past counts as wrong."""
    kinds = {_kind(parent) for parent in obj["spec"].get("parentRefs", [])}
    yield from parents_of(obj)
    if kinds == {"Service"}:
        yield from annotations_of(obj, family="http")
    if kinds in ({"Service"}, {"Server"}):
        for index, rule in enumerate(obj["spec"].get("rules", [])):
            yield from _rule(f"spec.rules[{index}]", rule, *kinds)


def parents_of(obj: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the parents of a route of any kind."""
    parents = obj["spec"].get("parentRefs", [])
    kinds = {_kind(parent) for parent in parents}
    yield from _parents(parents, kinds, obj["metadata"].get("namespace"))


def _kind(parent: Mapping[str, Any]) -> str:
    match (parent.get("group", _GATEWAY), parent.get("kind", "Gateway")):
        case ("" | "core", "Service"):
            return "Service"
        case ("policy.linkerd.io", "Server"):
            return "Server"
        case (group, kind):
            return f"{group}/{kind}"


def _parents(parents: list[Mapping[str, Any]], kinds: set[str], namespace: str | None) -> Iterator[str]:
    if not parents:
        yield "spec.parentRefs: none, so nothing follows this route"
    for kind in sorted(kinds - {"Service", "Server"}):
        yield f"spec.parentRefs: {kind} is no parent in this mesh"
    if len(kinds) > 1:
        yield f"spec.parentRefs: {' beside '.join(sorted(kinds))}, whose filters and backends would mix"
    for index, parent in enumerate(parents):
        where = f"spec.parentRefs[{index}]"
        if _kind(parent) == "Server":
            for field in sorted({"port", "sectionName"} & parent.keys()):
                yield f"{where}.{field}: on a Server, the whole route is ignored"
            if parent.get("namespace", namespace) != namespace:
                yield f"{where}.namespace: a Server of another namespace, the whole route is ignored"


def annotations_of(obj: Mapping[str, Any], *, family: str) -> Iterator[str]:
    """Yield annotations that a route of the family, http or grpc, would be asked for in vain."""
    unread = {"http": "retry.linkerd.io/grpc", "grpc": "retry.linkerd.io/http"}[family]
    for key, value in obj["metadata"].get("annotations", {}).items():
        if key in _ANNOTATIONS and key != unread:
            if not _ANNOTATIONS[key](value):
                yield f"metadata.annotations[{key}]: {value!r} is not readable"
        elif key.startswith(("retry.linkerd.io/", "timeout.linkerd.io/")):
            yield f"metadata.annotations[{key}]: not an annotation that such a route is asked for"


def _is_duration(value: str) -> bool:
    return _DURATION.fullmatch(value) is not None


def _is_limit(value: str) -> bool:
    # linkerd.md 3.4: 0 counts as unset, so beside other annotations it means 1
    return re.fullmatch(r"[1-9]\d{0,4}", value) is not None and int(value) <= 65535


def _are_codes(value: str) -> bool:
    return all(_RETRIED_GRPC.fullmatch(code) for code in value.split(","))


def _are_statuses(value: str) -> bool:
    return all(_RETRIED.fullmatch(status) for status in value.split(","))


_ANNOTATIONS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "retry.linkerd.io/grpc": _are_codes,
        "retry.linkerd.io/http": _are_statuses,
        "retry.linkerd.io/limit": _is_limit,
        "retry.linkerd.io/timeout": _is_duration,
        "timeout.linkerd.io/request": _is_duration,
        "timeout.linkerd.io/response": _is_duration,
        "timeout.linkerd.io/idle": _is_duration,
    }
)


def _rule(where: str, rule: Mapping[str, Any], parent: str) -> Iterator[str]:
    for index, match in enumerate(rule.get("matches", [])):
        yield from _match(f"{where}.matches[{index}]", match)
    for field in sorted({"retry", "sessionPersistence", "timeouts"} & rule.keys()):
        yield f"{where}.{field}: ignored, by some version or by all"
    yield from _filters(where, rule, parent)
    if parent == "Server" and rule.get("backendRefs", []):
        yield f"{where}.backendRefs: a Server's route has none"
    for index, backend in enumerate(rule.get("backendRefs", [])):
        yield from _filters(f"{where}.backendRefs[{index}]", backend, parent)
    yield from backends_of(where, rule)


def backends_of(where: str, rule: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the backends of a rule of any kind of route."""
    backends = rule.get("backendRefs", [])
    for index, backend in enumerate(backends):
        yield from _backend(f"{where}.backendRefs[{index}]", backend)
    if len(backends) > 1 and not any(backend.get("weight", 1) for backend in backends):
        yield f"{where}.backendRefs: every weight is 0"


def _match(where: str, match: Mapping[str, Any]) -> Iterator[str]:
    path = match.get("path", {})
    value = path.get("value", "/")
    if path.get("type") == "RegularExpression":
        yield from _regex(f"{where}.path", value)
    elif not value.startswith("/"):
        yield f"{where}.path: {value!r} does not start with a slash"
    if "method" in match and not is_token(match["method"]):
        yield f"{where}.method: {match['method']!r} is not a method"
    yield from headers_of(where, match)
    for condition in match.get("queryParams", []):
        if condition.get("type") == "RegularExpression":
            yield from _regex(f"{where}: {condition['name']}", condition["value"])


def headers_of(where: str, match: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the headers of an alternative of any kind of route."""
    for header in match.get("headers", []):
        yield from _header(f"{where}.headers", header)
    for condition in match.get("headers", []):
        if condition.get("type") == "RegularExpression":
            yield from _regex(f"{where}: {condition['name']}", condition["value"])


def _regex(where: str, pattern: str) -> Iterator[str]:
    # Linkerd reads Rust's regex syntax, which has no look-around and no back-references, as RE2
    if not is_re2(pattern):
        yield f"{where}: {pattern!r} is not a regular expression"


def _header(where: str, header: Mapping[str, str]) -> Iterator[str]:
    if not is_token(header["name"]):
        yield f"{where}: {header['name']!r} is not the name of a header"
    if not _HEADER_VALUE.fullmatch(header["value"]):
        yield f"{where}: {header['value']!r} is not the value of a header"


def _filters(where: str, bearer: Mapping[str, Any], parent: str) -> Iterator[str]:
    for index, filter_ in enumerate(bearer.get("filters", [])):
        at = f"{where}.filters[{index}]"
        if filter_["type"] not in _FILTERS[parent]:
            yield f"{at}: {filter_['type']} is ignored on a route of a {parent}"
        for modifier in ("requestHeaderModifier", "responseHeaderModifier"):
            for verb in ("set", "add"):
                for header in filter_.get(modifier, {}).get(verb, []):
                    yield from _header(f"{at}.{modifier}.{verb}", header)
        if "requestRedirect" in filter_:
            yield from _redirect(f"{at}.requestRedirect", filter_["requestRedirect"])


def _redirect(where: str, redirect: Mapping[str, Any]) -> Iterator[str]:
    status = redirect.get("statusCode", 302)
    if status not in (301, 302):
        yield f"{where}.statusCode: {status} takes the route down"
    if "path" in redirect:
        path = redirect["path"]
        replaced = path.get("replaceFullPath", path.get("replacePrefixMatch"))
        if replaced is None or not replaced.startswith("/"):
            yield f"{where}.path: {replaced!r} does not start with a slash"


def _backend(where: str, backend: Mapping[str, Any]) -> Iterator[str]:
    group, kind = backend.get("group", ""), backend.get("kind", "Service")
    if group not in ("", "core") or kind != "Service":
        yield f"{where}: {group}/{kind} answers 500"
    elif not is_port(backend.get("port", 0)):
        yield f"{where}: no port"
