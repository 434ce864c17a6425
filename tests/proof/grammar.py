"""The small grammars that Kubernetes, Envoy and the meshes' webhooks share."""

from __future__ import annotations

import functools
import ipaddress
import re
from fractions import Fraction

import re2

HTTP_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"])
GRPC_STATUSES = frozenset(
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ]
)

MILLISECOND = 1_000_000  # in nanoseconds

_GO_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": MILLISECOND,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3_600 * 10**9,
}
_GO_TERM = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)")
_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")


def duration_ns(text: str) -> Fraction | None:
    """Read a duration as Go's time.ParseDuration does, in nanoseconds; None where Go refuses it."""
    sign = -1 if text.startswith("-") else 1
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return Fraction(0)
    terms = list(_GO_TERM.finditer(rest))
    if not terms or "".join(term.group() for term in terms) != rest:
        return None
    return sign * sum((Fraction(_decimal(term[1])) * _GO_UNITS[term[2]] for term in terms), Fraction(0))


def _decimal(digits: str) -> str:
    return f"0{digits}" if digits.startswith(".") else digits.rstrip(".")


def is_dns_label(text: str) -> bool:
    """Tell a DNS-1123 label of lower case."""
    return len(text) <= 63 and _DNS_LABEL.fullmatch(text) is not None


def is_dns_subdomain(text: str) -> bool:
    """Tell a DNS-1123 subdomain of lower case."""
    return len(text) <= 253 and all(_DNS_LABEL.fullmatch(label) for label in text.split("."))


def is_token(text: str) -> bool:
    """Tell a token of HTTP: the name of a header, a method."""
    return _TOKEN.fullmatch(text) is not None


def is_label_key(text: str) -> bool:
    """Tell what Kubernetes takes as the key of a label."""
    prefix, slash, name = text.rpartition("/")
    return (not slash or is_dns_subdomain(prefix)) and _LABEL_NAME.fullmatch(name) is not None


def is_label_value(text: str) -> bool:
    """Tell what Kubernetes takes as the value of a label."""
    return text == "" or _LABEL_NAME.fullmatch(text) is not None


def is_port(number: int) -> bool:
    """Tell a port that something can listen on."""
    return 1 <= number <= 65535


def is_ip(text: str) -> bool:
    """Tell an IPv4 or IPv6 address without a zone."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def is_cidr(text: str) -> bool:
    """Tell an address with the length of its prefix."""
    address, slash, length = text.partition("/")
    if not is_ip(address) or not re.fullmatch(r"0|[1-9]\d{0,2}", length):
        return False
    return bool(slash) and int(length) <= ipaddress.ip_address(address).max_prefixlen


@functools.cache
def is_re2(pattern: str) -> bool:
    """Tell what RE2 compiles."""
    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error:
        return False
    return True
