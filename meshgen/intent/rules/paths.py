"""Paths: written so that a request can have them, and so that every mesh reads them alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, Severity, Span
from meshgen.intent.features import Located
from meshgen.intent.match import PathExact, PathPrefix, PathRegex
from meshgen.intent.rules.requests import Conditions, conditions, wide_conditions
from meshgen.intent.rules.subjects import Scene, Subject

TRAILING_SLASH = Code(
    number="MG239",
    slug="trailing-slash",
    meaning="A prefix ends with '/'; prefixes are whole segments, and `/a` already covers `/a/`.",
)
IMPOSSIBLE_PATH = Code(
    number="MG243",
    slug="impossible-path",
    meaning="A path holds what no path holds when it is compared: a query, a fragment, a dot segment.",
)
UNRESOLVED_PATH = Code(
    number="MG244",
    slug="unresolved-path",
    meaning="A path holds '//' or '%2F', which servers may read as '/' and meshes leave as they are.",
    severity=Severity.WARNING,
)
UNENCODED_PATH = Code(
    number="MG245",
    slug="unencoded-path",
    meaning="A path holds a character that requests only carry percent-encoded, so it is never equal.",
    severity=Severity.WARNING,
)

# RFC 3986 section 3.3, less strict by the '{', '|' and '}' that clients send as they are.
_UNSENT = re.compile(r"[^!-~]|[\"<>\\^`]")


class _Written(NamedTuple):
    """A path and where it stands."""

    path: str
    field: str
    span: Span | None
    is_prefix: bool


def check(scene: Scene, findings: Findings) -> None:
    """Report MG239 and MG243 to MG245."""
    for subject in scene.subjects.values():
        for written in _of_subject(subject):
            _check(written, findings)
    for found in wide_conditions(scene):
        for written in _matched(found):
            _check(written, findings)


def _of_subject(subject: Subject) -> Iterator[_Written]:
    for found in conditions(subject):
        yield from _matched(found)
    for route, field in subject.routes():
        for action, name in ((route.rewrite, "rewrite"), (route.redirect, "redirect")):
            if action is not None:
                yield from _replaced(action, action.path, action.prefix, field=f"{field}.{name}")


def _matched(found: Conditions) -> Iterator[_Written]:
    for index, path in enumerate(found.match.paths):
        field = f"{found.field}.paths[{index}]"
        match path:
            case PathExact(exact=text):
                yield _Written(text, f"{field}.exact", path.span("exact"), is_prefix=False)
            case PathPrefix(prefix=text):
                yield _Written(text, f"{field}.prefix", path.span("prefix"), is_prefix=True)
            case PathRegex():
                pass


def _replaced(action: Located, path: str | None, prefix: str | None, *, field: str) -> Iterator[_Written]:
    if path is not None:
        yield _Written(path, f"{field}.path", action.span("path"), is_prefix=False)
    if prefix is not None:
        yield _Written(prefix, f"{field}.prefix", action.span("prefix"), is_prefix=True)


def _check(written: _Written, findings: Findings) -> None:
    path = written.path
    if written.is_prefix and len(path) > 1 and path.endswith("/") and not path.endswith("//"):
        findings.add(
            TRAILING_SLASH,
            f"{written.field} is {path!r}, and prefixes are whole segments",
            span=written.span,
            field=written.field,
            hint=f"write {path.rstrip('/')}",
        )
    if (why := _impossible(path)) is not None:
        findings.add(
            IMPOSSIBLE_PATH,
            f"{written.field} is {path!r}, and no path holds {why[0]} when it is compared",
            span=written.span,
            field=written.field,
            hint=why[1],
        )
    if "//" in path or "%2f" in path.lower():
        findings.add(
            UNRESOLVED_PATH,
            f"{written.field} is {path!r}, which the mesh leaves as it is and the application may not",
            span=written.span,
            field=written.field,
            hint="match what the application reads, and let it refuse the other spelling",
        )
    if (found := _UNSENT.search(path)) is not None:
        findings.add(
            UNENCODED_PATH,
            f"{written.field} is {path!r}, and requests carry {found.group()!r} percent-encoded",
            span=written.span,
            field=written.field,
            hint=f"write {_encoded(path)}",
        )


def _impossible(path: str) -> tuple[str, str] | None:
    if "?" in path:
        return (
            "a query",
            f"write {path.partition('?')[0]}; routes match a query with queryParams, and it stays",
        )
    if "#" in path:
        return "a fragment", f"write {path.partition('#')[0]}; fragments are never sent"
    dots = [segment for segment in path.split("/") if segment in (".", "..")]
    return (repr(dots[0]), "write the path that it resolves to") if dots else None


def _encoded(path: str) -> str:
    from urllib.parse import quote  # 5 ms, and only needed once something is wrong

    return quote(path, safe="/%!$&'()*+,;=:@-._~?#[]{}|")
