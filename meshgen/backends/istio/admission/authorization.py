"""An AuthorizationPolicy: what its action goes with, and what each of its rules is made of."""

from __future__ import annotations

from collections.abc import Iterator

from meshgen.backends.istio.admission import conditions, selectors
from meshgen.backends.istio.admission.terms import WEBHOOK, Body, Rule, each, quoted
from meshgen.diagnostics import Code
from meshgen.resources import Complaint, Path, Resource

AUTHORIZATION = Code(
    number="MG450",
    slug="istio-authorization",
    meaning="An AuthorizationPolicy has a part that says nothing, or that its action does not go with.",
)
_RULE = Rule(AUTHORIZATION, WEBHOOK)
_SPEC: Path = ("spec",)
_NOT_FOR_CUSTOM = (
    *("namespaces", "notNamespaces", "serviceAccounts", "notServiceAccounts", "trustDomains"),
    *("notTrustDomains", "principals", "notPrincipals", "requestPrincipals", "notRequestPrincipals"),
)
_KEYS_NOT_FOR_CUSTOM = frozenset(
    {"source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal"}
)
_OF_HTTP = frozenset({"requestPrincipals", "notRequestPrincipals"})
_DRY_RUN = "istio.io/dry-run"
# golang.org strconv.ParseBool
_BOOLEANS = frozenset({*("1", "t", "T", "true", "TRUE", "True"), *("0", "f", "F", "false", "FALSE", "False")})


def refused(resource: Resource) -> Iterator[Complaint]:
    """Hold an AuthorizationPolicy against clauses 1 to 7."""
    spec = resource.spec
    action = spec.get("action", "ALLOW")
    yield from selectors.refused(spec)
    yield from _action(spec, action)
    for path, rule in each(spec, _SPEC, "rules"):
        yield from _parts(path, rule)
        yield from conditions.refused(path, rule)
        if action == "CUSTOM":
            yield from _custom(path, rule)
        if action == "DENY" and _denies_connections(rule):
            yield _RULE.doubtful(
                path,
                "the rule asks for attributes of HTTP alone, so it denies every connection of TCP",
                "name the ports of HTTP in operation.ports",
            )


def _action(spec: Body, action: str) -> Iterator[Complaint]:
    has_rules = bool(spec.get("rules"))
    if action in ("CUSTOM", "DENY") and not has_rules:
        yield _RULE.broken(
            _SPEC, f"action {action} has no rules, so it never acts", "write rules: [{}] for everything"
        )
    elif action == "CUSTOM" and not spec.get("provider", {}).get("name"):
        yield _RULE.broken(_SPEC, "action CUSTOM names no provider", "write provider: {name: ...}")
    if action != "CUSTOM" and "provider" in spec:
        yield _RULE.broken(
            (*_SPEC, "provider"),
            f"provider stands beside action {action}, which asks none",
            "write action: CUSTOM",
        )


def _parts(path: Path, rule: Body) -> Iterator[Complaint]:
    for key, part in (("from", "source"), ("to", "operation")):
        if rule.get(key) == []:
            yield _RULE.broken((*path, key), f"{key} is empty", "leave it out, or write an entry")
        for at, entry in each(rule, path, key):
            if part not in entry:
                yield _RULE.broken(at, f"the entry has no {part}", f"write {part}, or leave {key} out")
            else:
                yield from _fields((*at, part), entry[part], part)


def _fields(path: Path, fields: Body, part: str) -> Iterator[Complaint]:
    if not any(fields.values()):
        yield _RULE.broken(path, f"the {part} says nothing", "write one of its fields")
    for key in fields:
        for at, value in each(fields, path, key):
            if value == "":
                yield _RULE.broken(at, "the value is empty", "write * for any value")


def _custom(path: Path, rule: Body) -> Iterator[Complaint]:
    for at, entry in each(rule, path, "from"):
        source = entry.get("source", {})
        for key in (key for key in _NOT_FOR_CUSTOM if source.get(key)):
            yield _RULE.broken(
                (*at, "source", key), f"action CUSTOM cannot ask for {key}", "ask a DENY rule for it"
            )
    for at, condition in each(rule, path, "when"):
        key = condition["key"]
        if key in _KEYS_NOT_FOR_CUSTOM or key.startswith("request.auth."):
            yield _RULE.broken(
                (*at, "key"), f"action CUSTOM cannot ask for {quoted(key)}", "ask a DENY rule for it"
            )


def _denies_connections(rule: Body) -> bool:
    """Tell whether nothing of a rule is left for connections of TCP, on which it then acts always."""
    sources = [entry["source"] for entry in rule.get("from") or () if "source" in entry]
    operations = [entry["operation"] for entry in rule.get("to") or () if "operation" in entry]
    if operations:
        return not any(key in operation for operation in operations for key in ("ports", "notPorts"))
    return bool(sources) and all(source.keys() <= _OF_HTTP for source in sources)


def refused_dry_run(resource: Resource) -> Iterator[Complaint]:
    """Hold the annotation of a dry run against clause 2."""
    path: Path = ("metadata", "annotations", _DRY_RUN)
    value = resource.annotations.get(_DRY_RUN)
    action = resource.spec.get("action", "ALLOW")
    if value is None:
        return
    if resource.kind != "AuthorizationPolicy":
        yield _RULE.broken(path, f"a {resource.kind} has no dry run", "remove the annotation")
    elif action not in ("ALLOW", "DENY"):
        yield _RULE.broken(path, f"action {action} has no dry run", "remove the annotation")
    elif value not in _BOOLEANS:
        yield _RULE.broken(path, f"{quoted(value)} is neither true nor false", 'write "true"')
