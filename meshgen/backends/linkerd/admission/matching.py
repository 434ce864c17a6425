"""Conditions and header edits of routes, as the webhook parses them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from meshgen.backends.linkerd.admission.verdicts import refused
from meshgen.gatewayapi import regexes, routes
from meshgen.gatewayapi.routes import Written, within
from meshgen.grammar import is_re2, is_token
from meshgen.resources import Complaint, Path, Resource

_HTTP = "linkerd/linkerd2 policy-controller/k8s/index/src/routes/http.rs"
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\U0010ffff]*")


def conditions(route: Resource) -> Iterator[Complaint]:
    """Yield the conditions of a route that the webhook refuses. Reports MG469."""
    for match in routes.matches(route):
        yield from _patterns(match)
        for at, header in within(*match, "headers"):
            if header.get("type", "Exact") == "Exact":
                yield from _value(at, header)


def _patterns(match: Written) -> Iterator[Complaint]:
    # Linkerd's engine is Rust's regex; what RE2 cannot compile either is wrong for every mesh.
    for path, pattern in routes.regexes(match):
        if is_re2(pattern) and not regexes.is_rust(pattern):
            yield refused(
                path,
                f"{pattern!r} is no regular expression to Rust, in which Linkerd is written",
                "write a literal brace as \\{"
                if "{" in pattern
                else "write it without escapes of other languages",
                _HTTP,
            )


def _value(at: Path, header: Mapping[str, Any]) -> Iterator[Complaint]:
    if not _HEADER_VALUE.fullmatch(header["value"]):
        yield refused(
            (*at, "value"),
            f"{header['value']!r} is not the value of a header",
            "leave control characters out",
            _HTTP,
        )


def paths(route: Resource) -> Iterator[Complaint]:
    """Yield the paths that are not absolute, which CEL says of other routes. Reports MG469."""
    for at, body in routes.matches(route):
        path = body.get("path", {})
        value = path.get("value", "/")
        if path.get("type", "PathPrefix") != "RegularExpression" and not value.startswith("/"):
            yield refused((*at, "path", "value"), f"path {value!r} is not absolute", f"write /{value}", _HTTP)


def edits(route: Resource) -> Iterator[Complaint]:
    """Yield the header edits and redirects of a route's rules that the webhook refuses. Reports MG469."""
    for at, rule in routes.rules(route):
        for filter_ in within(at, rule, "filters"):
            yield from _written(filter_)
            yield from _removed(filter_)
            yield from _redirect(filter_)


def _written(filter_: Written) -> Iterator[Complaint]:
    for _, _, edited in routes.headers(filter_):
        for path, header in edited:
            yield from _value(path, header)


def _removed(filter_: Written) -> Iterator[Complaint]:
    at, body = filter_
    for key in ("requestHeaderModifier", "responseHeaderModifier"):
        for index, name in enumerate(body.get(key, {}).get("remove", ())):
            if not is_token(name):
                path = (*at, key, "remove", index)
                yield refused(path, f"{name!r} is not the name of a header", "write one name an entry", _HTTP)


def _redirect(filter_: Written) -> Iterator[Complaint]:
    at, body = filter_
    path = body.get("requestRedirect", {}).get("path", {})
    for key in ("replaceFullPath", "replacePrefixMatch"):
        if key in path and not path[key].startswith("/"):
            where = (*at, "requestRedirect", "path", key)
            yield refused(where, f"path {path[key]!r} is not absolute", f"write /{path[key]}", _HTTP)
