"""Which engines read the regular expression of a route: RE2, of proxies in C++, and Rust's regex crate."""

from __future__ import annotations

from functools import cache

from meshgen.grammar import re2_refusal


def refusal(pattern: str) -> str | None:
    """Say why no engine reads an expression, or None where one does."""
    reason = re2_refusal(pattern)
    return None if reason is None or is_rust(pattern) else reason


@cache
def is_rust(pattern: str) -> bool:
    """Tell what Rust's regex crate compiles within its own bound of size."""
    from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError  # few routes hold one

    try:
        Draft202012Validator({"pattern": pattern}, pattern_options=RegexOptions())
    except ValidationError:
        return False
    return True
