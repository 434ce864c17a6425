"""Callers that rules name: services of the set, callers of the profile, addresses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings, near_miss
from meshgen.intent.access import Caller, From
from meshgen.intent.resolved import ServiceKey
from meshgen.intent.rules.subjects import Scene, Stated, Subject, wide_rules

UNKNOWN_SERVICE = Code(
    number="MG204",
    slug="unknown-service",
    meaning="A rule names a service that is not in the set of intents.",
)
UNKNOWN_CALLER = Code(
    number="MG205", slug="unknown-caller", meaning="A rule names a caller that the profile does not know."
)
BAD_ADDRESS = Code(
    number="MG208", slug="bad-address", meaning="A `cidr` is no block of addresses, or not only that."
)


class Entry(NamedTuple):
    """An entry of `from`, or one that it excepts, with its path."""

    entry: From | Caller
    field: str


def entries(stated: Stated) -> Iterator[Entry]:
    """Yield the entries of a rule's `from`, each followed by those that it excepts."""
    for index, entry in enumerate(stated.rule.from_):
        field = f"{stated.from_field}[{index}]"
        yield Entry(entry, field)
        for below, excepted in enumerate(entry.except_):
            yield Entry(excepted, f"{field}.except[{below}]")


def check(scene: Scene, findings: Findings) -> None:
    """Report MG204, MG205 and MG208."""
    for home in own_rules(scene):
        for found in entries(home.stated):
            _check_service(scene, found, home.namespace, findings)
            _check_caller(scene, found, findings)
            _check_address(found, findings)


class Home(NamedTuple):
    """A rule where it is written."""

    namespace: str
    subject: Subject | None  # None: on `spec.authorization`
    stated: Stated
    beside: tuple[Stated, ...]  # the rules that hold wherever it does, itself included


def own_rules(scene: Scene) -> Iterator[Home]:
    """Yield each rule once."""
    for intent in scene.intents:
        wide = wide_rules(intent)
        for stated in wide:
            yield Home(intent.metadata.namespace, None, stated, wide)
    for subject in scene.subjects.values():
        for stated in subject.rules:
            if not stated.is_inherited:
                yield Home(subject.key.namespace, subject, stated, subject.rules)


def _check_service(scene: Scene, found: Entry, namespace: str, findings: Findings) -> None:
    entry, field = found
    if entry.service is None:
        return
    head, _, name = entry.service.rpartition("/")
    if ServiceKey(head or namespace, name) in scene.subjects:
        return
    names = [key.name if key.namespace == namespace else str(key) for key in scene.subjects]
    other = "for a caller whose intent lives elsewhere write serviceAccount: namespace/name"
    findings.add(
        UNKNOWN_SERVICE,
        f"a rule names the service {entry.service!r}, which is not in the set",
        span=entry.span("service"),
        field=f"{field}.service",
        hint=near_miss(entry.service, names) or other,
    )


def _check_caller(scene: Scene, found: Entry, findings: Findings) -> None:
    entry, field = found
    if entry.caller is None or entry.caller in scene.callers:
        return
    typed = f"--set 'callers.{entry.caller}=[{{serviceAccount: namespace/name}}]'"
    findings.add(
        UNKNOWN_CALLER,
        f"a rule names the caller {entry.caller!r}, which the profile does not know",
        span=entry.span("caller"),
        field=f"{field}.caller",
        hint=near_miss(entry.caller, scene.callers) or typed,
    )


def _check_address(found: Entry, findings: Findings) -> None:
    entry, field = found
    if entry.cidr is None:
        return
    import ipaddress  # 5 ms, and few intents speak of addresses

    try:
        ipaddress.ip_network(entry.cidr, strict=True)
    except ValueError as error:
        has_bits = "has host bits set" in str(error)
        whole = f"write {ipaddress.ip_network(entry.cidr, strict=False)}" if has_bits else None
        findings.add(
            BAD_ADDRESS,
            f"{field}.cidr is {entry.cidr!r}, "
            + ("which has bits behind its length" if has_bits else "which is no block of addresses"),
            span=entry.span("cidr"),
            field=f"{field}.cidr",
            hint=whole or "write it like 10.0.0.0/8 or 2001:db8::/32",
        )
