"""Identity and plaintext: a caller without mTLS has no identity, and slips through rules that forget it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from meshgen.diagnostics import Code, Findings
from meshgen.intent.access import Action, Caller, From, Mode
from meshgen.intent.resolved import ServicePort
from meshgen.intent.rules.callers import Entry, entries
from meshgen.intent.rules.requests import rule_ports
from meshgen.intent.rules.subjects import Scene, Stated, Subject, listed

DENY_BY_IDENTITY = Code(
    number="MG265",
    slug="deny-by-identity-in-plaintext",
    meaning="A deny rule names an identity where plaintext is admitted; without mTLS its caller passes.",
)
EXCEPT_BY_IDENTITY = Code(
    number="MG266",
    slug="except-by-identity-in-plaintext",
    meaning="An allow rule excepts an identity where plaintext is admitted; without mTLS that caller passes.",
)
IDENTITY_WHERE_DISABLED = Code(
    number="MG267",
    slug="identity-where-disabled",
    meaning="A rule asks for an identity on ports where mTLS is disabled, so it never matches.",
)

_HINTS = {
    DENY_BY_IDENTITY: "make the port strict, or add {except: [{authenticated: true}]} to the same from",
    EXCEPT_BY_IDENTITY: "make the port strict, or add authenticated: true beside except",
    IDENTITY_WHERE_DISABLED: "make the port strict or permissive, or name callers by cidr",
}


class _Cause(NamedTuple):
    """An entry and what is wrong with it on some services."""

    code: Code
    entry: From | Caller
    field: str


def check(scene: Scene, unwritten: Mode | None, findings: Findings) -> None:
    """Report MG265 to MG267, each entry once; `unwritten` is the mode where none is written, if known."""
    wide = _wide(scene)
    told: dict[tuple[str, str], tuple[_Cause, list[str]]] = {}
    for subject in scene.subjects.values():
        if subject.service.pods_of is not None or not subject.rules:
            continue
        modes = _modes(subject, wide.get(subject.key.namespace, unwritten))
        for stated in subject.rules if set(modes.values()) != {Mode.STRICT} else ():
            ports = rule_ports(subject, stated.rule)
            for cause in _causes(scene, stated, {modes[port] for port in ports}):
                document = f"{subject.key.namespace}/{subject.intent.metadata.name} {cause.field}"
                told.setdefault((cause.code.number, document), (cause, []))[1].append(str(subject.key))
    for cause, services in told.values():
        _report(cause, services, findings)


def _wide(scene: Scene) -> Mapping[str, Mode]:
    """Find the modes that documents extend to every pod of a namespace."""
    parts = ((intent.metadata.namespace, intent.spec.mtls) for intent in scene.intents)
    return {namespace: mtls.mode for namespace, mtls in parts if mtls is not None and mtls.scope is not None}


def _modes(subject: Subject, unwritten: Mode | None) -> Mapping[ServicePort, Mode | None]:
    mtls = subject.service.mtls
    own = unwritten if mtls is None or mtls.mode is None else mtls.mode
    modes = dict.fromkeys(subject.ports, own)
    for name, mode in {} if mtls is None or mtls.ports is None else mtls.ports.items():
        modes.update(dict.fromkeys(subject.named(name), mode))
    return modes


def _causes(scene: Scene, stated: Stated, modes: set[Mode | None]) -> Iterator[_Cause]:
    is_open = Mode.PERMISSIVE in modes or Mode.DISABLED in modes
    if not is_open:
        return
    denies = stated.rule.effect is Action.DENY
    shuts_plaintext = any(_is_plaintext(entry) for entry in stated.rule.from_)
    for entry, field in entries(stated):
        if not isinstance(entry, From):
            continue
        excepts = any(_has_identity(scene, excepted) for excepted in entry.except_)
        if modes == {Mode.DISABLED} and _has_identity(scene, entry):
            yield _Cause(IDENTITY_WHERE_DISABLED, entry, field)
        elif denies and _has_identity(scene, entry) and not shuts_plaintext:
            yield _Cause(DENY_BY_IDENTITY, entry, field)
        elif not denies and not _has_identity(scene, entry) and excepts:
            yield _Cause(EXCEPT_BY_IDENTITY, entry, field)


def _is_plaintext(entry: From) -> bool:
    """`{except: [{authenticated: true}]}`: whoever has no identity."""
    is_alone = all(
        value is None for value in (entry.cidr, entry.service, entry.service_account, entry.caller)
    )
    excepts = entry.except_ == (Caller(authenticated=True),)
    return is_alone and entry.namespace is None and entry.authenticated is None and excepts


def _has_identity(scene: Scene, entry: From | Caller) -> bool:
    if entry.caller is not None:
        return any(_has_identity(scene, known) for known in scene.callers.get(entry.caller, ()))
    named = (entry.service, entry.service_account, entry.namespace, entry.authenticated)
    return any(value is not None for value in named)


def _report(cause: _Cause, services: list[str], findings: Findings) -> None:
    entry = Entry(cause.entry, cause.field)
    what = {
        DENY_BY_IDENTITY: "denies by identity, and plaintext, which has none, is admitted by",
        EXCEPT_BY_IDENTITY: "excepts by identity, and plaintext, which has none, is admitted by",
        IDENTITY_WHERE_DISABLED: "asks for an identity, and mTLS is disabled on",
    }[cause.code]
    findings.add(
        cause.code,
        f"{entry.field} {what} {listed(services)}",
        span=entry.entry.span(),
        field=entry.field,
        hint=_HINTS[cause.code],
    )
