"""Headers that a route sets, adds or removes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from meshgen.backends.istio.admission.terms import ROUTES, Body, Rule, each, named, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path

HEADER = Code(
    number="MG434",
    slug="istio-header",
    meaning="A header cannot be changed as a route asks, or has a value that no header has.",
)
_RULE = Rule(HEADER, ROUTES)
_AUTHORITY = frozenset({"host", ":authority"})

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
# istio/istio pkg/config/validation/header_value_validator.go: %% is a percent sign, the proxy fills in
# %NAME% and %NAME(...)%. Possessive, so that no value takes longer than reading it.
_LIST = r'\[ *"(?:\\.|[^\\")])*+"(?: *, *"(?:\\.|[^\\")])*+")*+ *\] *'
_TEXT = r'[^\[ ](?:\\.|[^\\)"])*+'
_VALUE = re.compile(rf"(?:[^%]|%%|%(?!%)[^%(]*+(?:%|\( *(?:{_LIST}|{_TEXT})\) *%))*+", re.DOTALL)


def refused(path: Path, body: Body) -> Iterator[Complaint]:
    """Hold the headers of a route or of one of its destinations against clause 9."""
    sides = body.get("headers", {})
    for side in ("request", "response"):
        changes = sides.get(side, {})
        at = (*path, "headers", side)
        for verb in ("set", "add"):
            for where, name, value in named(changes, at, verb):
                yield from _name(where, name, may_be_authority=side == "request")
                yield from _value(where, value)
        for where, name in each(changes, at, "remove"):
            yield from _name(where, name, may_be_authority=False)


def _name(path: Path, name: str, *, may_be_authority: bool) -> Iterator[Complaint]:
    if name == "":
        yield _RULE.broken(path, "the name of the header is empty", "name the header")
    elif name.lower() == "host" and not may_be_authority:
        yield _RULE.broken(
            path, f"{quoted(name)} cannot change there", "set it on the request, or write rewrite"
        )
    elif name.startswith(":") and not (may_be_authority and name.lower() == ":authority"):
        yield _RULE.broken(
            path,
            f"{quoted(name)} is no header that a route changes",
            "write rewrite for the path or the authority",
        )


def _value(path: Path, value: str) -> Iterator[Complaint]:
    if _CONTROL.search(value):
        yield _RULE.broken(path, f"{quoted(value)} holds a control character", "write it on one line")
    elif not _VALUE.fullmatch(value):
        yield _RULE.broken(
            path, f"{quoted(value)} has a '%' that ends nowhere", "write %% for a percent sign"
        )


def refused_authority(path: Path, route: Body) -> Iterator[Complaint]:
    """Ask that the authority is set in one place."""
    request = route.get("headers", {}).get("request", {})
    at = (*path, "headers", "request")
    written: list[Path] = []
    if route.get("rewrite", {}).get("authority"):
        written.append((*path, "rewrite", "authority"))
    for verb in ("set", "add"):
        written += [
            where for where, name, value in named(request, at, verb) if value and name.lower() in _AUTHORITY
        ]
    for where in written[1:]:
        yield _RULE.broken(where, "the authority is set in another place too", "keep one of them")
