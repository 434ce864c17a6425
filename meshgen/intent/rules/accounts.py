"""Identities: services with one account are one caller, and what decides about access is never assumed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from meshgen.diagnostics import Code, Findings, Span
from meshgen.intent.access import Caller, From, Mode
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import Account, ServiceKey
from meshgen.intent.rules.callers import entries as entries_of
from meshgen.intent.rules.callers import own_rules
from meshgen.intent.rules.subjects import Scene, Stated, Subject, listed

SHARED_ACCOUNT = Code(
    number="MG228",
    slug="shared-account",
    meaning="A rule names one service, and others with the same account are let in or kept out with it.",
)
ASSUMED_SELECTOR = Code(
    number="MG229",
    slug="assumed-selector",
    meaning="Which pods a rule or mode protects would be a guess: the selector is neither written nor shown.",
)
ASSUMED_ACCOUNT = Code(
    number="MG230",
    slug="assumed-account",
    meaning="Whom a rule lets in would be a guess: the account is neither written nor shown.",
)


def check(scene: Scene, findings: Findings) -> None:
    """Report MG228 to MG230; one cause is one finding."""
    _check_shared(scene, findings)
    named = _named_by_rules(scene)
    for intent in scene.intents:
        _check_selectors(scene, intent, findings)
        _check_accounts(scene, intent, named, findings)


def _check_shared(scene: Scene, findings: Findings) -> None:
    holders: dict[Account, set[ServiceKey]] = {}
    for subject in scene.subjects.values():
        for account in scene.accounts(subject):
            holders.setdefault(account, set()).add(scene.owner(subject).key)
    if all(len(keys) == 1 for keys in holders.values()):
        return
    told: dict[Account, tuple[Stated, From | Caller]] = {}
    for namespace, stated, entries in _lists(scene):
        for account, entry in _halves(scene, entries, namespace, holders):
            told.setdefault(account, (stated, entry))
    for account, (stated, entry) in told.items():
        _report_shared(stated, account, (entry, sorted(holders[account])), findings)


def _lists(scene: Scene) -> Iterator[tuple[str, Stated, tuple[From | Caller, ...]]]:
    """Yield each list of callers: those of a rule, and those that an entry of it excepts."""
    for namespace, _, stated, _ in own_rules(scene):
        yield namespace, stated, stated.rule.from_
        yield from ((namespace, stated, entry.except_) for entry in stated.rule.from_)


def _halves(
    scene: Scene,
    entries: tuple[From | Caller, ...],
    namespace: str,
    holders: dict[Account, set[ServiceKey]],
) -> Iterator[tuple[Account, From | Caller]]:
    """Yield accounts of which a list names one service and not the others, nor the account itself."""
    named = {key: entry for entry in entries if (key := _owner(scene, entry, namespace)) is not None}
    said = {entry.service_account for entry in entries}
    for key, entry in named.items():
        for account in sorted(scene.accounts(scene.subjects[key])):
            if str(account) not in said and not holders[account] <= named.keys():
                yield account, entry


def _owner(scene: Scene, entry: From | Caller, namespace: str) -> ServiceKey | None:
    if entry.service is None:
        return None
    head, _, name = entry.service.rpartition("/")
    subject = scene.subjects.get(ServiceKey(head or namespace, name))
    return None if subject is None else scene.owner(subject).key


def _report_shared(
    stated: Stated, account: Account, found: tuple[From | Caller, list[ServiceKey]], findings: Findings
) -> None:
    entry, keys = found
    names = listed(str(key) for key in keys)
    findings.add(
        SHARED_ACCOUNT,
        f"a rule names {entry.service!r}, and its account {account} is that of {names}: they are one caller",
        span=entry.span("service"),
        field=next(found.field for found in entries_of(stated) if found.entry is entry),
        hint=f"write {{serviceAccount: {account}}}, name them all, or give each an account of its own",
    )


def _check_selectors(scene: Scene, intent: MeshIntent, findings: Findings) -> None:
    if intent.spec.selector_label is not None:
        return
    guessed = [
        subject
        for subject in scene.of(intent)
        if subject.service.selector is None and subject.service.pods_of is None and _decides(subject)
    ]
    if guessed:
        findings.add(
            ASSUMED_SELECTOR,
            f"the selector of {_names(guessed)} is neither written nor shown, and it decides about access",
            span=_place(guessed, intent),
            field="spec.selectorLabel",
            hint="add selectorLabel: app below spec, if their pods carry app: <name>",
        )


def _decides(subject: Subject) -> bool:
    """A selector decides where a mode is strict, a rule holds, or the default denies."""
    if not subject.ports:
        return False
    mtls, authorization = subject.service.mtls, subject.service.authorization
    modes = () if mtls is None else (mtls.mode, *(mtls.ports or {}).values())
    has_rules = authorization is not None and bool(authorization.rules)
    denies = (
        authorization is not None
        and authorization.default is not None
        and authorization.default.value == "deny"
    )
    return Mode.STRICT in modes or has_rules or denies


def _check_accounts(scene: Scene, intent: MeshIntent, named: set[ServiceKey], findings: Findings) -> None:
    if intent.spec.accounts is not None:
        return
    guessed = [subject for subject in scene.of(intent) if subject.key in named and _is_guessed(subject)]
    if guessed:
        findings.add(
            ASSUMED_ACCOUNT,
            f"the account of {_names(guessed)} is neither written nor shown, and rules name it",
            span=_place(guessed, intent),
            field="spec.accounts",
            hint="add accounts: named below spec, if each account has its service's name",
        )


def _is_guessed(subject: Subject) -> bool:
    """Where every version writes its account, the service's own is nobody's identity."""
    versions = (subject.service.versions or {}).values()
    return subject.service.service_account is None and (
        not versions or any(version.service_account is None for version in versions)
    )


def _named_by_rules(scene: Scene) -> set[ServiceKey]:
    found: set[ServiceKey] = set()
    for namespace, _, stated, _ in own_rules(scene):
        for entry in stated.rule.from_:
            entries: tuple[From | Caller, ...] = (entry, *entry.except_)
            keys = (_owner(scene, named, namespace) for named in entries)
            found.update(key for key in keys if key is not None)
    return found


def _names(subjects: Iterable[Subject]) -> str:
    return listed(str(subject.key) for subject in subjects)


def _place(subjects: list[Subject], intent: MeshIntent) -> Span | None:
    return subjects[0].span if len(subjects) == 1 else intent.spec.span()
