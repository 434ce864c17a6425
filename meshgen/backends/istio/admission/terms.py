"""The words that the webhook's clauses are made of: domains, labels, ports, lists, and how one is held."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from meshgen.diagnostics import Code, Severity
from meshgen.grammar import RE2_SYNTAX, is_cidr, is_ip, is_port, re2_refusal
from meshgen.resources import Complaint, Path

Body = Mapping[str, Any]

AGENT = "istio/istio pkg/config/validation/agent/validation.go"
ROUTES = "istio/istio pkg/config/validation/virtualservice.go"
SECURITY = "istio/istio pkg/config/security/security.go"
WEBHOOK = "istio/istio pkg/config/validation/validation.go"

_MOST_SHOWN = 60  # characters of a value
_LONGEST_LABEL = 63
_LONGEST_DOMAIN = 255
_LONGEST_PREFIX = 253
_LONGEST_REGEX = 1024

# istio/istio pkg/config/labels/instance.go: upper case is no mistake
_LABEL = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]*+(?<=[a-zA-Z0-9]))?")
_FIRST_LABEL = re.compile(r"\*|(\*-?)?[a-zA-Z0-9]([-a-zA-Z0-9]*+(?<=[a-zA-Z0-9]))?")
_NAME = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]*+(?<=[A-Za-z0-9]))?")


@dataclass(frozen=True, slots=True)
class Rule:
    """A topic of the webhook: the code that tells of it, and where upstream has it."""

    code: Code
    source: str

    def broken(self, path: Path, message: str, hint: str) -> Complaint:
        """Say that the webhook rejects the object."""
        return Complaint(code=self.code, path=path, message=message, hint=hint, source=self.source)

    def doubtful(self, path: Path, message: str, hint: str) -> Complaint:
        """Say that the webhook admits the object with a warning."""
        warning = Severity.WARNING
        return Complaint(
            code=self.code, path=path, message=message, hint=hint, source=self.source, severity=warning
        )


def quoted(value: object) -> str:
    """Write a value for a message; of a long text its beginning."""
    if isinstance(value, str) and len(value) > _MOST_SHOWN:
        return f"{value[:_MOST_SHOWN]!r}..."
    return repr(value)


def each(body: Body, path: Path, key: str) -> Iterator[tuple[Path, Any]]:
    """List the entries of a list of a body, each with its path."""
    return (((*path, key, index), entry) for index, entry in enumerate(body.get(key) or ()))


def named(body: Body, path: Path, key: str) -> Iterator[tuple[Path, str, Any]]:
    """List the members of a map of a body, each with its path and its key."""
    return (((*path, key, name), name, member) for name, member in (body.get(key) or {}).items())


def is_label(text: str) -> bool:
    """Tell a DNS-1123 label, in any case."""
    return len(text) <= _LONGEST_LABEL and _LABEL.fullmatch(text) is not None


def is_fqdn(host: str) -> bool:
    """Tell a domain: labels, the last no number; a final dot may stand."""
    return 0 < len(host) <= _LONGEST_DOMAIN and _has_labels(host)


def is_wildcard_domain(host: str) -> bool:
    """Tell a domain of which the first label may be or begin with `*`; one label alone may be a number."""
    first, dot, rest = host.partition(".")
    is_first = len(first) <= _LONGEST_LABEL and _FIRST_LABEL.fullmatch(first) is not None
    return len(host) <= _LONGEST_DOMAIN and is_first and (not dot or rest == "" or _has_labels(rest))


def _has_labels(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    is_number = not host.endswith(".") and labels[-1].isdigit()
    return not is_number and all(is_label(label) for label in labels)


def is_subnet(text: str) -> bool:
    """Tell an address or a range of addresses."""
    return is_cidr(text) if text.count("/") == 1 else is_ip(text)


def no_label(rule: Rule, path: Path, text: str, what: str) -> Iterator[Complaint]:
    """Ask for a DNS label."""
    if not is_label(text):
        yield rule.broken(path, f"{quoted(text)} is not {what}", "write a DNS label, such as v1")


def no_labels(rule: Rule, path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for a map of labels, which upstream takes in any case and of any length of the value."""
    for at, name, value in named(body, path, key):
        prefix, slash, rest = name.rpartition("/")
        is_prefix = not slash or (len(prefix) <= _LONGEST_PREFIX and all(map(is_label, prefix.split("."))))
        if not is_prefix or len(rest) > _LONGEST_LABEL or _NAME.fullmatch(rest) is None:
            yield rule.broken(at, f"{quoted(name)} is not the key of a label", "write app or example.com/app")
        if value != "" and _NAME.fullmatch(value) is None:
            yield rule.broken(
                at, f"{quoted(value)} is not the value of a label", "write letters, digits, '-', '_' and '.'"
            )


def no_port(rule: Rule, path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for a port; 0 is none, so it is taken."""
    number = body.get(key, 0)
    if number != 0:
        yield from no_number(rule, (*path, key), number)


def no_number(rule: Rule, path: Path, number: int | None) -> Iterator[Complaint]:
    """Ask for the number of a port."""
    if number is None:
        yield rule.broken(path[:-1], "the port has no number", "write port: {number: 8080}")
    elif not is_port(number):
        yield rule.broken(path, f"{number} is not a port number", "write a number from 1 to 65535")


def no_subnets(rule: Rule, path: Path, body: Body, key: str) -> Iterator[Complaint]:
    """Ask for a list of addresses and ranges."""
    for at, text in each(body, path, key):
        if not is_subnet(text):
            yield rule.broken(at, f"{quoted(text)} is neither an address nor a range", "write 10.0.0.0/8")


def no_regex(rule: Rule, path: Path, regex: str) -> Iterator[Complaint]:
    """Ask for a regular expression of RE2, neither empty nor long."""
    if regex == "":
        yield rule.broken(path, "the regular expression is empty", "write .* for any value")
    elif len(regex.encode(errors="surrogatepass")) > _LONGEST_REGEX:
        yield rule.broken(
            path,
            f"the regular expression has more than {_LONGEST_REGEX} bytes",
            "split it into several matches",
        )
    elif (why := re2_refusal(regex)) is not None:
        yield rule.broken(
            path,
            f"{quoted(regex)} is not an expression that RE2 reads: {why}",
            RE2_SYNTAX,
        )
