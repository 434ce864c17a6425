"""What the Gateway API demands of an HTTPRoute by CEL, for definitions of HTTPRoutes that have no CEL."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.diagnostics import Code, Severity
from meshgen.gatewayapi import routes
from meshgen.gatewayapi.routes import Written, within
from meshgen.resources import Complaint, Path, Resource

_SOURCE = "kubernetes-sigs/gateway-api apis/v1/httproute_types.go"

ROUTE_RULE = Code(
    number="MG425",
    slug="route-rule",
    meaning="A route breaks a rule that the Gateway API has for it, though its own definition lets it pass.",
    severity=Severity.WARNING,
)

_PATH = re.compile(r"(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+")
_NEVER_IN_PATH = ("//", "/./", "/../", "%2f", "%2F", "#")
_NEVER_LAST_IN_PATH = ("/..", "/.")
_FIELDS = {
    "RequestHeaderModifier": "requestHeaderModifier",
    "ResponseHeaderModifier": "responseHeaderModifier",
    "RequestRedirect": "requestRedirect",
}
_REPLACING = {"ReplaceFullPath": "replaceFullPath", "ReplacePrefixMatch": "replacePrefixMatch"}


def refused(route: Resource) -> Iterator[Complaint]:
    """Yield the rules that an HTTPRoute breaks. Reports MG425."""
    yield from _parents(route)
    for match in routes.matches(route):
        yield from _path(match)
    for at, rule in routes.rules(route):
        yield from _filters(at, rule)
        yield from _redirect(at, rule)
        for path, backend in within(at, rule, "backendRefs"):
            yield from _filters(path, backend)


def _parents(route: Resource) -> Iterator[Complaint]:
    seen: set[tuple[object, ...]] = set()
    for parent, (path, written) in zip(
        routes.parents(route), within(("spec",), route.spec, "parentRefs"), strict=True
    ):
        key = (*parent[1:], written.get("sectionName"))
        if key in seen:
            yield _complaint(
                path, f"parent {parent.kind} {parent.name!r} stands twice", "keep one of the two"
            )
        seen.add(key)


def _path(match: Written) -> Iterator[Complaint]:
    at, conditions = match
    path = conditions.get("path", {})
    value = path.get("value", "/")
    if path.get("type") == "RegularExpression" or not value.startswith("/"):
        return  # the first is no path, and the second worse than unusual
    wrong = [part for part in _NEVER_IN_PATH if part in value]
    wrong += [end for end in _NEVER_LAST_IN_PATH if value.endswith(end)]
    if wrong:
        why = f"path {value!r} holds {wrong[0]!r}, which a normalized path never does"
    elif not _PATH.fullmatch(value):
        why = f"path {value!r} holds a character that no path has unescaped"
    else:
        return
    yield _complaint((*at, "path", "value"), why, "write the path as callers send it, percent-encoded")


def _filters(at: Path, bearer: Mapping[str, Any]) -> Iterator[Complaint]:
    used = list(within(at, bearer, "filters"))
    for kind, count in Counter(filter_["type"] for _, filter_ in used).items():
        if count > 1:
            yield _complaint((*at, "filters"), f"{kind} stands {count} times", "join them in one filter")
    for path, filter_ in used:
        for field in sorted(set(_FIELDS.values()) & filter_.keys() - {_FIELDS.get(filter_["type"])}):
            yield _complaint(
                (*path, field), f"{field} is not read beside type {filter_['type']}", "leave it out"
            )
        yield from _replaced(path, filter_)


def _replaced(at: Path, filter_: Mapping[str, Any]) -> Iterator[Complaint]:
    path = filter_.get("requestRedirect", {}).get("path", {})
    for field in sorted(set(_REPLACING.values()) & path.keys()):
        if field != _REPLACING[path["type"]]:
            where, right = (*at, "requestRedirect", "path", field), _REPLACING[path["type"]]
            yield _complaint(where, f"{field} is not of type {path['type']}", f"write {right}")


def _redirect(at: Path, rule: Mapping[str, Any]) -> Iterator[Complaint]:
    redirects = [each for _, each in within(at, rule, "filters") if each["type"] == "RequestRedirect"]
    if redirects and rule.get("backendRefs"):
        yield _complaint(
            (*at, "backendRefs"),
            "backendRefs are never reached, since the rule redirects",
            "keep one of the two",
        )
    paths = [each.get("requestRedirect", {}).get("path", {}) for each in redirects]
    if any("replacePrefixMatch" in path for path in paths) and len(rule.get("matches", ())) > 1:
        yield _complaint(
            (*at, "matches"),
            "replacePrefixMatch speaks of one prefix, and the rule has several matches",
            "write a rule for each prefix",
        )


def _complaint(path: Path, message: str, hint: str) -> Complaint:
    return Complaint(code=ROUTE_RULE, path=path, message=message, hint=hint, source=_SOURCE)
