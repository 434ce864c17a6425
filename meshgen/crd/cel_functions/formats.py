"""Formats by name: the library `format` (apiserver pkg/cel/library/format.go)."""

from __future__ import annotations

import re
from collections.abc import Callable

from meshgen import grammar
from meshgen.crd import formats
from meshgen.crd.cel_functions.function import Function, Record
from meshgen.crd.cel_functions.urls import is_url
from meshgen.crd.metadata import masked

_DNS_1035_LABEL = re.compile(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?")


def _is_dns_1035_label(text: str) -> bool:
    return _DNS_1035_LABEL.fullmatch(text) is not None


def _is_dns_subdomain(text: str) -> bool:
    return len(text) <= 253 and grammar.is_dns_subdomain(text)


def _of_prefix(check: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda text: check(masked(text))


_CHECKS: dict[str, Callable[[str], bool]] = {
    "dns1123Label": grammar.is_dns_label,
    "dns1123LabelPrefix": _of_prefix(grammar.is_dns_label),
    "dns1123Subdomain": _is_dns_subdomain,
    "dns1123SubdomainPrefix": _of_prefix(_is_dns_subdomain),
    "dns1035Label": _is_dns_1035_label,
    "dns1035LabelPrefix": _of_prefix(_is_dns_1035_label),
    "qualifiedName": grammar.is_label_key,
    "labelValue": grammar.is_label_value,
    "uri": is_url,
    **{name: formats.STRINGS[name].check for name in ("uuid", "byte", "date", "datetime")},
}


def _named(name: str) -> Function:
    return Function(f"format.{name}", (), "map", lambda: {"format": name}, is_member=False)


def _validate(of: Record, text: str) -> list[str]:
    return [] if _CHECKS[of["format"]](text) else [f"{text!r} is not of the format {of['format']}"]


def _value(problems: list[str]) -> list[str]:
    if not problems:
        raise ValueError("optional.none() dereference")
    return problems


FUNCTIONS = (
    *(_named(name) for name in _CHECKS),
    # Kubernetes gives an optional list, which is no null: `validate(x) == null` never holds there either.
    Function("validate", ("map", "string"), "dyn", _validate),
)

OPTIONAL = (
    Function("hasValue", ("list",), "bool", bool),
    Function("value", ("list",), "list", _value),
    Function("orValue", ("list", "list"), "list", lambda problems, other: problems or other),
)
