"""Values as policies compare them: `*` at one end stands for anything, and nothing can be escaped."""

from __future__ import annotations

import re
from typing import assert_never

from meshgen.intent.match import (
    Absent,
    Exact,
    HeaderMatch,
    PathExact,
    PathMatch,
    PathPrefix,
    PathRegex,
    Prefix,
    Present,
    Regex,
)

# An expression of a literal beginning, and anything behind it.
_BEGINNING = re.compile(r"((?:[^\\.+*?()|\[\]{}^$]|\\[\\.+*?()|\[\]{}^$/-])*)\.\*")


def beginning(regex: str) -> str | None:
    """Find the literal beginning of an expression that asks for nothing else; None where it asks for more."""
    found = _BEGINNING.fullmatch(regex)
    return None if found is None else re.sub(r"\\(.)", r"\1", found.group(1))


def is_literal_path(path: str) -> bool:
    """True where a policy would compare a path literally.

    istio/istio pkg/config/security/security.go: braces make a template of a path, or are refused.
    """
    return is_literal(path) and "{" not in path and "}" not in path


def is_literal(value: str) -> bool:
    """True where a policy would compare a value literally; the webhook refuses an empty one."""
    return value != "" and not value.startswith("*") and not value.endswith("*")


def path_patterns(paths: tuple[PathMatch, ...]) -> tuple[str, ...]:
    """Write paths; a prefix is the path itself and everything below it."""
    return tuple(pattern for path in paths for pattern in _path(path))


def _path(path: PathMatch) -> tuple[str, ...]:
    match path:
        case PathExact(exact=exact):
            return (exact,)
        case PathPrefix(prefix="/"):
            return ("/*",)
        case PathPrefix(prefix=prefix):
            return (prefix, f"{prefix}/*")
        case PathRegex(regex=regex):
            return (f"{beginning(regex)}*",)
        case _:
            assert_never(path)


def value_pattern(how: HeaderMatch) -> str:
    """Write the value of a header; `*` is one that is there."""
    match how:
        case Exact(exact=exact):
            return exact
        case Prefix(prefix=prefix):
            return f"{prefix}*"
        case Regex(regex=regex):
            return f"{beginning(regex)}*"
        case Present() | Absent():
            return "*"
        case _:
            assert_never(how)
