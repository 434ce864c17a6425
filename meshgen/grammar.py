"""The small grammars that Kubernetes and the meshes' webhooks share; each answers for one whole text."""

from __future__ import annotations

import re
from functools import cache

from meshgen.values import DNS_LABEL, DNS_NAME, PORT

MILLISECOND = 1_000_000  # in nanoseconds
SECOND = 1_000 * MILLISECOND
RE2_SYNTAX = "RE2 has no lookaround and no backreferences: https://github.com/google/re2/wiki/Syntax"

_GO_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": MILLISECOND,
    "s": SECOND,
    "m": 60 * SECOND,
    "h": 3_600 * SECOND,
}
# Possessive, so that a megabyte of digits costs no more than reading it.
_GO_TERM = re.compile(r"(?=\.?[0-9])([0-9]*+)(?:\.([0-9]*+))?(ns|us|µs|μs|ms|s|m|h)")
_LONGEST_NS = 2**63 - 1
_DIGITS = 19  # of the longest

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_LABEL_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
_PREFIX_LENGTH = re.compile(r"0|[1-9][0-9]{0,2}")


def duration_ns(text: str) -> int | None:
    """Read a duration as Go's time.ParseDuration does, in nanoseconds; None where Go refuses it."""
    rest = text[1:] if text[:1] in ("-", "+") else text
    if rest == "0":
        return 0
    total, at = 0, 0
    while (term := _GO_TERM.match(rest, at)) is not None and total <= _LONGEST_NS:
        total, at = total + _term_ns(term), term.end()
    if at == 0 or at < len(rest) or total > _LONGEST_NS:
        return None
    return -total if text.startswith("-") else total


def _term_ns(term: re.Match[str]) -> int:
    whole, part, unit = term[1].lstrip("0"), (term[2] or "")[:_DIGITS], _GO_UNITS[term[3]]
    if len(whole) > _DIGITS:
        return _LONGEST_NS + 1
    fraction = int(part or "0") * unit // int("1" + "0" * len(part))
    return int(whole or "0") * unit + fraction


def is_dns_label(text: str) -> bool:
    """Tell a DNS-1123 label of lower case."""
    return DNS_LABEL.check(text) is None


def is_dns_subdomain(text: str) -> bool:
    """Tell a DNS-1123 subdomain of lower case; its labels may have any length, as Kubernetes has it."""
    return DNS_NAME.check(text) is None


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
    return PORT.check(number) is None


def is_ip(text: str) -> bool:
    """Tell an IPv4 or IPv6 address without a zone."""
    return _bits(text) is not None


def is_cidr(text: str) -> bool:
    """Tell an address with the length of its prefix."""
    address, slash, length = text.partition("/")
    bits = _bits(address) if slash else None
    return bits is not None and _PREFIX_LENGTH.fullmatch(length) is not None and int(length) <= bits


def _bits(address: str) -> int | None:
    from ipaddress import ip_address  # 5 ms, and few objects speak of addresses

    try:
        return None if "%" in address else ip_address(address).max_prefixlen
    except ValueError:
        return None


def is_re2(pattern: str) -> bool:
    """Tell what RE2 compiles."""
    return re2_refusal(pattern) is None


@cache
def re2_refusal(pattern: str) -> str | None:
    """Say why RE2 does not read an expression, or None where it does."""
    import re2  # 30 ms, and only needed where a regex is written

    options = re2.Options()
    options.log_errors = False
    try:
        re2.compile(pattern, options)
    except re2.error as error:
        (reason, *_) = error.args
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        return text.removesuffix(": ")
    return None
