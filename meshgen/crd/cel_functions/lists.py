"""Lists: the libraries `lists` and `sets` (apiserver pkg/cel/library/lists.go, cel-go ext/sets.go)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from meshgen.crd.cel_functions.function import Function


def _is_sorted(members: list[Any]) -> bool:
    return all(before <= after for before, after in pairwise(members))


def _contains(whole: list[Any], part: list[Any]) -> bool:
    return all(member in whole for member in part)


def _equivalent(one: list[Any], other: list[Any]) -> bool:
    return _contains(one, other) and _contains(other, one)


def _intersects(one: list[Any], other: list[Any]) -> bool:
    return any(member in other for member in one)


FUNCTIONS = (
    Function("isSorted", ("list",), "bool", _is_sorted),
    Function("sum", ("list",), "dyn", sum),
    Function("min", ("list",), "dyn", min),
    Function("max", ("list",), "dyn", max),
    Function("sets.contains", ("list", "list"), "bool", _contains, is_member=False),
    Function("sets.equivalent", ("list", "list"), "bool", _equivalent, is_member=False),
    Function("sets.intersects", ("list", "list"), "bool", _intersects, is_member=False),
)
