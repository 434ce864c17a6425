"""The formats of strings and numbers that an API server checks, as it checks them."""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from meshgen import grammar


class Format(NamedTuple):
    """One format of strings."""

    check: Callable[[str], bool]
    what: str  # with an example


def normalized(name: str) -> str:
    """Spell the name of a format as an API server compares it: `date-time` is `datetime`."""
    return name.replace("-", "")


def _is_ipv4(text: str) -> bool:
    return "." in text and grammar.is_ip(_without_zeros(text))


def _is_cidr(text: str) -> bool:
    address, slash, length = text.partition("/")
    return grammar.is_cidr(f"{_without_zeros(address)}{slash}{_without_zeros(length)}")


def _without_zeros(text: str) -> str:
    """Write an address without zeros that lead, which are let pass as Go once did."""
    return re.sub(r"(^|[.:])0+(?=[0-9]+(?:\.|$))", r"\1", text)


def _is_ipv6(text: str) -> bool:
    return ":" in text and grammar.is_ip(text)


def _is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        datetime.date.fromisoformat(text.replace("0000-", "2000-"))  # Go knows the year 0, a leap year
    except ValueError:
        return False
    return True


def _is_date_time(text: str) -> bool:
    date, t, time = text.lower().partition("t")
    return bool(t) and _is_date(date) and _TIME.fullmatch(time) is not None


def _is_duration(text: str) -> bool:
    if grammar.duration_ns(text) is not None:
        return True
    terms = _TERM.findall(text)  # of which one must be known; what stands between them is not looked at
    return all(len(count.lstrip("0")) < _INT64_DIGITS for count, _ in terms) and any(
        _UNIT.match(unit.lower()) for _, unit in terms
    )


def _is_uri(text: str) -> bool:
    from meshgen.crd.cel_functions.urls import is_url  # which reads the formats itself

    return is_url(text)


_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:[^\n][0-9]+)?(?:z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_TERM = re.compile(r"(?<![0-9])([0-9]++)[\t\n\f\r ]*+([A-Za-zµ]++)")
_UNIT = re.compile(
    r"nano|micro|milli|sec|min|hour|day|week|(?:ns|us|µs|ms|s|m|h|hr|d|w|wk)\Z",
)
_INT64_DIGITS = 19
_HEX = "[0-9a-fA-F]"


def _matches(pattern: str) -> Callable[[str], bool]:
    return functools.partial(_is_match, re.compile(pattern))


def _is_match(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None


def _uuid(version: str, variant: str) -> Format:
    third, fourth = f"{version}{_HEX}{{3}}", f"{variant}{_HEX}{{3}}"
    check = _matches(rf"{_HEX}{{8}}-?{_HEX}{{4}}-?{third}-?{fourth}-?{_HEX}{{12}}")
    return Format(check, "a UUID such as 3e7f0a52-1d3c-4c52-9d43-6c2f7a1be8d0")


# kube-openapi pkg/validation/strfmt: default.go, date.go, time.go, duration.go, which lean on govalidator.
STRINGS: Mapping[str, Format] = MappingProxyType(
    {
        "byte": Format(
            _matches(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})"),
            "base64 such as bWVzaA==",
        ),
        "cidr": Format(_is_cidr, "an address range such as 10.0.0.0/8"),
        "date": Format(_is_date, "a date such as 2026-01-31"),
        "datetime": Format(_is_date_time, "a time such as 2026-01-31T12:00:00Z"),
        "duration": Format(_is_duration, "a duration such as 500ms, 1.5s or 1m30s"),
        "ipv4": Format(_is_ipv4, "an IPv4 address such as 10.0.0.1"),
        "ipv6": Format(_is_ipv6, "an IPv6 address such as 2001:db8::1"),
        "uri": Format(_is_uri, "a URL, or a path from its root, such as https://example.com/a"),
        "uuid": _uuid(_HEX, _HEX),
        "uuid3": _uuid("3", _HEX),
        "uuid4": _uuid("4", "[89abAB]"),
        "uuid5": _uuid("5", "[89abAB]"),
    }
)

# What kube-openapi checks beyond these. A password is any text.
UNCHECKED = frozenset(
    "bsonobjectid creditcard email hexcolor hostname isbn isbn10 isbn13 mac rgbcolor ssn".split()
)

INT64 = (-(2**63), 2**63 - 1)  # what an API server takes for an integer
# It looks at no narrower format, but what reads such a field fails where more stands there.
RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "int32": (-(2**31), 2**31 - 1),
        "float": (-3.4028234663852886e38, 3.4028234663852886e38),
    }
)
