"""The formats that Kubernetes' API server checks; every other name it ignores."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .grammar import duration_ns

# apiextensions-apiserver pkg/apiserver/validation/formats.go
_OF_STRINGS = frozenset(
    [
        "bsonobjectid",
        "uri",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "cidr",
        "mac",
        "uuid",
        "uuid3",
        "uuid4",
        "uuid5",
        "isbn",
        "isbn10",
        "isbn13",
        "creditcard",
        "ssn",
        "hexcolor",
        "rgbcolor",
        "byte",
        "password",
        "date",
        "duration",
        "datetime",
    ]
)

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "int32": (-(2**31), 2**31 - 1),
        "int64": (-(2**63), 2**63 - 1),
        "float": (-3.4028234663852886e38, 3.4028234663852886e38),
        "double": (-1.7976931348623157e308, 1.7976931348623157e308),
    }
)

LIKE_JSON_SCHEMA = frozenset({"ipv4", "ipv6", "date-time"})


def is_known(name: str, type_: str | None) -> bool:
    """Tell whether the API server knows a format of strings; it compares names without dashes."""
    return type_ in ("string", None) and name.replace("-", "") in _OF_STRINGS


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error:
        return False
    return True


def _is_duration(text: str) -> bool:
    # go-openapi/strfmt duration.go: Go's grammar, or a number and a word such as "22 ns", "3 days"
    words = r"(ns|nano|us|µs|micro|ms|milli|s|sec|m|min|h|hr|hour|d|day|w|wk|week)[a-z]*"
    return duration_ns(text) is not None or re.match(rf"\d+\s*{words}", text.lower()) is not None


CHECKS: Mapping[str, Callable[[str], bool]] = MappingProxyType({"byte": _is_base64, "duration": _is_duration})
