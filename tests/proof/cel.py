"""CEL as Kubernetes evaluates it in a CRD's validation rules, on Google's engine."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel
from cel_expr_python.ext import ext_strings

from .grammar import is_dns_label
from .nodes import member_schema
from .uri import scheme_of

# apiserver pkg/cel/escaping.go
_RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "in",
        "as",
        "break",
        "const",
        "continue",
        "else",
        "for",
        "function",
        "if",
        "import",
        "let",
        "loop",
        "package",
        "namespace",
        "return",
        "var",
        "void",
        "while",
    ]
)
_ESCAPES = (("__", "__underscores__"), (".", "__dot__"), ("-", "__dash__"), ("/", "__slash__"))


@dataclass(frozen=True, slots=True)
class Failed:
    """A rule that came to no verdict, which the API server counts as a violation."""

    why: str


def evaluate(rule: str, self: Any) -> bool | Failed:
    """Evaluate one rule with `self` bound to a value that `as_self` gave.

    A rule that does not compile, as one that calls a function this does not know, fails.
    """
    try:
        value = _program(rule).eval(_environment().Activation({"self": self}))
    except RuntimeError as error:  # so the engine reports what does not compile, and a spent budget
        return Failed(str(error))
    if value.type() == cel.Type.ERROR:  # an error is a value, and a truthy one
        return Failed(str(value.value()))
    verdict: object = value.value()
    return verdict if isinstance(verdict, bool) else Failed(f"the rule gives {verdict!r}, not a boolean")


def is_transition(rule: str) -> bool:
    """Tell whether a rule compares with the object's former state; nothing created has one."""
    return re.search(r"\boldSelf\b", rule) is not None


def as_self(schema: Mapping[str, Any], value: Any) -> Any:
    """Name and type a value as rules see it: properties escaped, keys of maps not, `number` a double."""
    match value:
        case dict():
            properties = schema.get("properties", {})
            return {
                _escaped(key) if key in properties else key: as_self(member_schema(schema, key) or {}, child)
                for key, child in value.items()
            }
        case list():
            return [as_self(schema.get("items", {}), child) for child in value]
        case bool():
            return value
        case int() if schema.get("type") == "number":
            return float(value)
        case _:
            return value


def _escaped(name: str) -> str:
    if name in _RESERVED:
        return f"__{name}__"
    for plain, escape in _ESCAPES:
        name = name.replace(plain, escape)
    return name


@functools.cache
def _program(rule: str) -> cel.Expression:
    return _environment().compile(rule)


@functools.cache
def _environment() -> cel.Env:
    text, truth, record = cel.Type.STRING, cel.Type.BOOL, cel.Type.Map(cel.Type.STRING, cel.Type.STRING)
    functions = [
        _function("isURL", [text], truth, lambda url: scheme_of(url) is not None),
        _function("url", [text], record, _url),
        _function("getScheme", [record], text, lambda url: str(url["scheme"]), is_member=True),
        _function("isIP", [text], truth, _is_ip),
        _function("format.dns1123Label", [], record, lambda: {"format": "dns1123Label"}),
        _function("validate", [record, text], cel.Type.DYN, _validate, is_member=True),
    ]
    return cel.NewEnv(
        variables={"self": cel.Type.DYN}, extensions=[ext_strings.ExtStrings()], functions=functions
    )


def _function(
    name: str,
    parameters: list[cel.Type],
    returns: cel.Type,
    impl: Callable[..., Any],
    *,
    is_member: bool = False,
) -> cel.FunctionDecl:
    overload = cel.Overload(
        f"host_{name}", return_type=returns, parameters=parameters, is_member=is_member, impl=impl
    )
    return cel.FunctionDecl(name, [overload])


def _url(text: str) -> dict[str, str]:
    scheme = scheme_of(text)
    if scheme is None:
        raise ValueError(f"{text!r} is not a URL")
    return {"scheme": scheme}


def _is_ip(text: str) -> bool:
    # apiserver pkg/cel/library/ip.go: no zones, and no IPv4 address in IPv6 clothes
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text and getattr(address, "ipv4_mapped", None) is None


def _validate(_format: Mapping[str, str], text: str) -> list[str] | None:
    return None if is_dns_label(text) else [f"{text!r} is not a DNS label"]
