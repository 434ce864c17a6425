"""Who may call: at most one policy that allows and one that denies for the pods of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from meshgen.backends.istio.plan.names import OF_NAMESPACE, own_meta, pods, service_meta
from meshgen.backends.istio.plan.operations import Clause, Condition, Operation, clauses
from meshgen.backends.istio.plan.sources import PolicySource, policy_sources
from meshgen.backends.istio.plan.tokens import token_conditions
from meshgen.intent.access import Action
from meshgen.intent.resolved import ResolvedRule, ResolvedService, ResolvedSet, ServicePort
from meshgen.manifest import Meta
from meshgen.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRule:
    """One entry of `rules`: its parts are ANDed, the entries of a part ORed, those of `when` ANDed."""

    to: tuple[Operation, ...] | None  # None with nothing else: every request and connection
    from_: tuple[PolicySource, ...] | None = None
    when: tuple[Condition, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationPolicy:
    """Rules for the pods of a service, or without a selector for those of a namespace."""

    meta: Meta
    selector: Mapping[str, str] | None
    action: str
    rules: tuple[PolicyRule, ...] | None
    api_version: str = "security.istio.io/v1"
    kind: str = "AuthorizationPolicy"


def authorization_policies(
    resolved: ResolvedSet, profile: Profile
) -> tuple[tuple[AuthorizationPolicy, ...], tuple[AuthorizationPolicy, ...]]:
    """Plan the policies of services, and those that close whole namespaces."""
    closed = {each.namespace: each for each in resolved.wide if each.default is Action.DENY}
    services = tuple(
        policy
        for service in resolved.services.values()
        for policy in _of_service(
            service, resolved, profile, is_namespace_closed=service.key.namespace in closed
        )
    )
    namespaces = tuple(
        AuthorizationPolicy(
            meta=own_meta(each.intent, OF_NAMESPACE), selector=None, action="ALLOW", rules=None
        )
        for each in closed.values()
    )
    return services, namespaces


def _of_service(
    service: ResolvedService, resolved: ResolvedSet, profile: Profile, *, is_namespace_closed: bool
) -> Iterator[AuthorizationPolicy]:
    if not service.has_authorization or service.written.pods_of is not None:
        return
    listed = _listed_ports(service, resolved)
    by_action = {
        action: tuple(
            written
            for rule in service.rules
            if rule.action is action
            for written in _rules(rule, listed, resolved, profile)
        )
        for action in Action
    }
    allowed, denied = by_action[Action.ALLOW], by_action[Action.DENY]
    if service.default is not Action.DENY:
        # istio/api security/v1beta1/authorization_policy.proto: where no policy allows, everybody is let in
        allowed = (PolicyRule(to=None),) if is_namespace_closed else ()
    elif not allowed and not is_namespace_closed:
        yield from _policies(service, "-allow", action="ALLOW", rules=None)
    if allowed:
        yield from _policies(service, "-allow", action="ALLOW", rules=allowed)
    if denied:
        yield from _policies(service, "-deny", action="DENY", rules=denied)


def _listed_ports(service: ResolvedService, resolved: ResolvedSet) -> tuple[ServicePort, ...]:
    """List the ports of a service and of those that front its pods."""
    return tuple(port for each in (service, *resolved.fronts.get(service.key, ())) for port in each.ports)


def _rules(
    rule: ResolvedRule, listed: tuple[ServicePort, ...], resolved: ResolvedSet, profile: Profile
) -> Iterator[PolicyRule]:
    """Write a rule; operations with the same conditions share one.

    istio/istio pilot/pkg/security/authz/model/model.go: on ports of connections a rule that allows is dropped
    whole where any part of it asks about requests.
    """
    sources = policy_sources(rule.sources, profile)
    if rule.sources and not sources:
        return
    tokens = () if rule.token is None else token_conditions(rule.token, resolved)
    grouped: dict[tuple[bool, tuple[Condition, ...]], list[Clause]] = {}
    for clause in clauses(rule, listed):
        grouped.setdefault((clause.is_of_connections, clause.when), []).append(clause)
    for (_, when), found in grouped.items():
        operations = tuple(dict.fromkeys(clause.operation for clause in found))
        yield PolicyRule(from_=sources or None, to=operations, when=(*when, *tokens) or None)


def _policies(
    service: ResolvedService,
    suffix: str,
    *,
    action: str,
    rules: tuple[PolicyRule, ...] | None,  # None beside ALLOW: nobody is let in
) -> Iterator[AuthorizationPolicy]:
    for of_version, selector in pods(service):
        yield AuthorizationPolicy(
            meta=service_meta(service, f"{of_version}{suffix}"), selector=selector, action=action, rules=rules
        )
