"""The words that clauses of istio.md 3.3 are made of: WD, FQDN, DUR, LBL, DNSL, PORT."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from .grammar import MILLISECOND, duration_ns, is_dns_label, is_label_key, is_label_value

_LABEL = re.compile(r"[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?")
_FIRST_LABEL = re.compile(r"\*|(\*-?)?[a-zA-Z0-9]([-a-zA-Z0-9]*[a-zA-Z0-9])?")


class Complaint(NamedTuple):
    """One clause that an object breaks."""

    clause: int | str
    why: str


def is_fqdn(host: str) -> bool:
    """Tell FQDN: labels of DNS-1123 in any case, a last one that is not a number; a final dot may stand."""
    labels = host.removesuffix(".").split(".")
    return 0 < len(host) <= 255 and not labels[-1].isdigit() and all(_is_label(label) for label in labels)


def is_wildcard_domain(host: str) -> bool:
    """Tell WD: as FQDN, with a `*` alone or in front of the first label."""
    if host == "*":
        return True
    first, dot, rest = host.removesuffix(".").partition(".")
    is_first = len(first) <= 63 and _FIRST_LABEL.fullmatch(first) is not None
    return len(host) <= 255 and is_first and (is_fqdn(rest) if dot else not first.isdigit())


def _is_label(label: str) -> bool:
    return len(label) <= 63 and _LABEL.fullmatch(label) is not None


def duration(clause: int, where: str, text: str, *, whole_seconds: bool = False) -> Iterator[Complaint]:
    """Ask for DUR: at least a millisecond, in whole ones; for CORS in whole seconds."""
    length = duration_ns(text)
    unit = 1000 * MILLISECOND if whole_seconds else MILLISECOND
    if length is None or length < MILLISECOND or length % unit:
        yield Complaint(clause, f"{where}: {text!r} is not a duration of whole {_unit_name(whole_seconds)}")


def _unit_name(whole_seconds: bool) -> str:
    return "seconds" if whole_seconds else "milliseconds"


def dns_label(clause: int, where: str, text: str) -> Iterator[Complaint]:
    """Ask for DNSL: a DNS-1123 label, in any case."""
    if not is_dns_label(text.lower()):
        yield Complaint(clause, f"{where}: {text!r} is not a DNS label")


def labels(clause: int, where: str, pairs: Mapping[str, str]) -> Iterator[Complaint]:
    """Ask for LBL: keys and values of Kubernetes' labels."""
    for key, value in pairs.items():
        if not is_label_key(key) or not is_label_value(value):
            yield Complaint(clause, f"{where}: {key}={value} is not a label")


def within(clause: int, where: str, number: float, lowest: float, highest: float) -> Iterator[Complaint]:
    """Ask for a number between two bounds, both included."""
    if not lowest <= number <= highest:
        yield Complaint(clause, f"{where}: {number} is not within {lowest:g}..{highest:g}")


def port(clause: int, where: str, number: int) -> Iterator[Complaint]:
    """Ask for PORT: 1..65535."""
    return within(clause, where, number, 1, 65535)


def export_to(clause: int, targets: Iterable[str]) -> Iterator[Complaint]:
    """Ask for the exportTo of istio.md 1.4: `.`, `*` alone, or namespaces, none of them twice."""
    listed = list(targets)
    for target in listed:
        if target not in (".", "*"):
            yield from dns_label(clause, "spec.exportTo", target)
    if "*" in listed and len(listed) > 1:
        yield Complaint(clause, "spec.exportTo: '*' does not stand alone")
    if len(set(listed)) < len(listed):
        yield Complaint(clause, "spec.exportTo: a namespace stands twice")


def unjudged(fields: Mapping[str, Any], judged: Iterable[str], where: str) -> Iterator[Complaint]:
    """Say which fields no clause here speaks of, so that none passes unread."""
    for field in sorted(fields.keys() - set(judged)):
        yield Complaint("-", f"{where}.{field}: no clause judges this field yet")
