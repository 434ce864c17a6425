"""Defaults and rules: what decides when nothing matches, and rules that change nothing."""

from __future__ import annotations

from meshgen.diagnostics import Code, Findings, Severity
from meshgen.intent.access import Action, From, Rule
from meshgen.intent.model import MeshIntent
from meshgen.intent.resolved import Account
from meshgen.intent.rules.subjects import Scene, Stated, Subject, listed, wide_rules

RULES_WITHOUT_DEFAULT = Code(
    number="MG260",
    slug="rules-without-default",
    meaning="Rules stand without a default, and meshes differ in what then becomes of the rest.",
)
ALLOW_UNDER_ALLOW = Code(
    number="MG261",
    slug="allow-under-allow",
    meaning="An allow rule changes nothing where the default allows everything.",
    severity=Severity.WARNING,
)
CALLABLE_BY_NOBODY = Code(
    number="MG262",
    slug="callable-by-nobody",
    meaning="The default denies and no rule allows, so nobody can call the service.",
    severity=Severity.WARNING,
)
BOUND_BY_NOBODY = Code(
    number="MG263",
    slug="bound-by-nobody",
    meaning="Fields that hold for callers in the mesh stand on a service that admits no service of the set.",
    severity=Severity.WARNING,
)
DUPLICATE_RULE = Code(number="MG264", slug="duplicate-rule", meaning="Two rules of one list have one name.")

_BINDING = (
    "split routes timeout retries fault mirror headers cors loadBalancing circuitBreaker outlierDetection"
).split()


def check(scene: Scene, findings: Findings) -> None:
    """Report MG260 to MG264."""
    callers = _Callers(scene)
    for subject in scene.subjects.values():
        if subject.ports and subject.service.pods_of is None:
            _check_default(subject, findings)
            _check_allows(subject, findings)
        if subject.ports:
            _check_bound(scene, subject, callers, findings)
        own = tuple(stated for stated in subject.rules if not stated.is_inherited)
        _check_names(own, findings)
    for intent in scene.intents:
        _check_names(wide_rules(intent), findings)
        _check_wide(scene, intent, findings)


def _check_names(rules: tuple[Stated, ...], findings: Findings) -> None:
    first: dict[str, Rule] = {}
    for rule, field, _ in rules:
        other = first.setdefault(rule.name, rule)
        if other is not rule:
            there = other.span("name")
            findings.add(
                DUPLICATE_RULE,
                f"{field}.name is {rule.name!r}, as is that of another rule",
                span=rule.span("name"),
                field=f"{field}.name",
                hint="give each rule of a list a name of its own",
                related=() if there is None else (("the first one", there),),
            )


def _check_default(subject: Subject, findings: Findings) -> None:
    """Rules of `spec.authorization` without any default are told once, where they stand."""
    authorization = subject.service.authorization
    own = [stated for stated in subject.rules if not stated.is_inherited]
    if authorization is not None and authorization.default is None and own:
        findings.add(
            RULES_WITHOUT_DEFAULT,
            f"{subject.field}.authorization has rules and no default",
            span=authorization.span(),
            field=f"{subject.field}.authorization",
            hint="add default: deny",
        )


def _check_allows(subject: Subject, findings: Findings) -> None:
    authorization = subject.service.authorization
    if authorization is None:
        return
    allows = [stated for stated in subject.rules if stated.rule.effect is Action.ALLOW]
    for rule, field, is_inherited in allows if authorization.default is Action.ALLOW else ():
        if not is_inherited:
            _report_allow(rule, field, f"the default of {subject.key}", findings)
    if authorization.default is Action.DENY and not allows:
        is_own = subject.writes("authorization")
        findings.add(
            CALLABLE_BY_NOBODY,
            f"{subject.key} denies by default and no rule allows, so nobody can call it",
            span=authorization.span("default") if is_own else subject.span,
            field=f"{subject.field}.authorization" if is_own else subject.field,
            hint="name those who may call in callers, or in rules that allow",
        )


def _report_allow(rule: Rule, field: str, whose: str, findings: Findings) -> None:
    findings.add(
        ALLOW_UNDER_ALLOW,
        f"{field} allows {rule.name!r}, and {whose} allows everything",
        span=rule.span("name"),
        field=field,
        hint="deny by default, or write action: deny if that is meant",
    )


def _check_wide(scene: Scene, intent: MeshIntent, findings: Findings) -> None:
    authorization = intent.spec.authorization
    if authorization is None or not authorization.rules:
        return
    held: dict[int, list[Action | None]] = {}
    for subject in scene.of(intent):
        own = subject.service.authorization
        for stated in subject.rules:
            if stated.is_inherited and own is not None and subject.service.pods_of is None:
                held.setdefault(id(stated.rule.source), []).append(own.default)
    if any(None in defaults for defaults in held.values()):
        findings.add(
            RULES_WITHOUT_DEFAULT,
            "spec.authorization has rules and no default",
            span=authorization.span(),
            field="spec.authorization",
            hint="add default: deny",
        )
    for rule, field, _ in wide_rules(intent):
        defaults = set(held.get(id(rule.source), ()))
        if rule.effect is Action.ALLOW and defaults == {Action.ALLOW}:
            _report_allow(rule, field, "the default of every service on which it holds", findings)


class _Callers:
    """Which identities services of the set have."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.accounts = {
            account for subject in scene.subjects.values() for account in scene.accounts(subject)
        }
        self.namespaces = {key.namespace for key in scene.subjects}

    def any_in(self, entry: From) -> bool:
        """Tell whether an entry admits a service of the set; what it excepts is not counted."""
        if entry.service is not None or entry.authenticated is not None or entry.cidr is not None:
            return True
        if entry.service_account is not None:
            return Account(*entry.service_account.split("/")) in self.accounts
        if entry.namespace is not None:
            return entry.namespace in self.namespaces
        if entry.caller is not None:
            return any(self.any_in(known) for known in self.scene.callers.get(entry.caller, ()))
        return True


def _check_bound(scene: Scene, subject: Subject, callers: _Callers, findings: Findings) -> None:
    authorization = scene.owner(subject).service.authorization
    if authorization is None or authorization.default is not Action.DENY:
        return
    fields = [key for key in _BINDING if subject.writes(key)]
    allows = [rule for rule in authorization.rules if rule.effect is Action.ALLOW]
    if fields and allows and not any(_admits(rule, callers) for rule in allows):
        findings.add(
            BOUND_BY_NOBODY,
            f"{listed(fields)} of {subject.key} may bind nobody: its rules admit no service of the set",
            span=subject.service.span(fields[0]),
            field=f"{subject.field}.{fields[0]}",
            hint="an ingress gateway has routes of its own; name those who call from the mesh",
        )


def _admits(rule: Rule, callers: _Callers) -> bool:
    return not rule.from_ or any(callers.any_in(entry) for entry in rule.from_)
