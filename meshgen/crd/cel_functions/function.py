"""One function as rules call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Record = dict[str, str]  # a value of a type that Kubernetes adds


class Function(NamedTuple):
    """One overload; an exception that `impl` raises is the error that the rule comes to."""

    name: str
    takes: tuple[str, ...]  # names of types, the receiver's first
    gives: str
    impl: Callable[..., Any]
    is_member: bool = True
