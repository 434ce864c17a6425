"""Searches in texts: the library `regex` (apiserver pkg/cel/library/regex.go)."""

from __future__ import annotations

from typing import Any

from meshgen.crd.cel_functions.function import Function


def _find(text: str, pattern: str) -> str:
    (*_, found) = ("", *_found(text, pattern, limit=1))
    return found


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    return _found(text, pattern, limit=limit)


def _found(text: str, pattern: str, *, limit: int) -> list[str]:
    found = [match[0] for match in _compiled(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]


def _compiled(pattern: str) -> Any:
    import re2  # 30 ms, and few rules search

    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


FUNCTIONS = (
    Function("find", ("string", "string"), "string", _find),
    Function("findAll", ("string", "string"), "list", _find_all),
    Function("findAll", ("string", "string", "int"), "list", _find_all),
)
