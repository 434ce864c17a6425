"""ServiceIntentions: all rules of a service, merged by caller and closed against any default."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from meshgen.backends.consul.plan.callers import covers, mentioned
from meshgen.backends.consul.plan.match import is_no_method
from meshgen.backends.consul.plan.meta import named
from meshgen.backends.consul.plan.names import Caller, Names, pod_names
from meshgen.backends.consul.plan.objects import (
    Claim,
    IntentionPermission,
    IntentionSource,
    ServiceIntentions,
    TokenProvider,
    ValueMatch,
)
from meshgen.backends.consul.plan.permissions import Clash, HeldToken, Permission, permissions
from meshgen.backends.consul.plan.requests import ALL
from meshgen.backends.consul.profiles import denies_unwritten
from meshgen.intent.access import Action
from meshgen.intent.model import Protocol
from meshgen.intent.resolved import ResolvedService

Decision = tuple[Permission | Clash, ...]


def intentions(service: ResolvedService, names: Names) -> Iterator[ServiceIntentions]:
    """Plan the intentions of each Consul service through which the pods are reached."""
    if not service.has_authorization or not service.service_ports:
        return
    own = names.namespace(service.key.namespace)
    sources = tuple(_source(caller, decision, own) for caller, decision in decisions(service, names))
    for name in pod_names(service):
        yield ServiceIntentions(meta=named(service, name), destination=name, sources=sources)


def decisions(service: ResolvedService, names: Names) -> tuple[tuple[Caller, Decision], ...]:
    """Say for each caller that rules tell apart what becomes of its requests; the last is everybody else.

    A caller for whom the same holds as for those that stand for it is left out.
    """
    default = Action.DENY if service.default is None else service.default
    decided = {
        caller: _met(
            permissions((rule for rule in service.rules if covers(rule, caller, names)), default), service
        )
        for caller in (*sorted(mentioned(service.rules, names)), names.anyone)
    }
    return tuple(
        (caller, decision)
        for caller, decision in decided.items()
        if caller == names.anyone or decision != decided[_wider(caller, decided, names)]
    )


def _met(decision: Decision, service: ResolvedService) -> Decision:
    """Leave out what opens a path that no call of gRPC's has."""
    if not any(port.protocol is Protocol.GRPC for port in service.service_ports):
        return decision
    return tuple(
        each
        for each in decision
        if isinstance(each, Clash) or each.action is Action.DENY or not is_no_method(each.requests.path.exact)
    )


def clashes(service: ResolvedService, names: Names) -> tuple[Clash, ...]:
    """List what rules with exceptions or tokens say of requests that no permission can name."""
    is_simple = not any(
        rule.token or any(target.excepts for target in rule.targets) for rule in service.rules
    )
    if is_simple or not service.service_ports:
        return ()
    every = (each for _, decision in decisions(service, names) for each in decision)
    return tuple(dict.fromkeys(each for each in every if isinstance(each, Clash)))


def _wider(caller: Caller, decided: Iterable[Caller], names: Names) -> Caller:
    """Find who stands for a caller that is not listed: its namespace, else everyone."""
    here = Caller(caller.namespace, "*")
    return here if here in decided and here != caller else names.anyone


def _source(caller: Caller, decision: Decision, own: str) -> IntentionSource:
    """Write a source; without a namespace it is of the one that the intentions are in."""
    said = [permission for permission in decision if isinstance(permission, Permission)]
    is_simple = len(said) == 1 and said[0].requests == ALL and not said[0].tokens
    action = said[0].action.value if is_simple else None
    return IntentionSource(
        name=caller.name,
        namespace=None if caller.namespace in ("", own) else caller.namespace,
        action=action,
        permissions=None if action is not None else tuple(map(_permission, said)),
    )


def _permission(permission: Permission) -> IntentionPermission:
    requests = permission.requests
    header = sorted(requests.header, key=_by_name)
    providers = tuple(map(_provider, permission.tokens))
    return IntentionPermission(
        action=permission.action.value,
        path_exact=requests.path.exact,
        # Without any condition it would be refused; the prefix of every path says the same.
        path_prefix="/" if requests == ALL else requests.path.prefix,
        path_regex=requests.path.regex,
        header=tuple(header) or None,
        methods=None if requests.methods is None else tuple(sorted(requests.methods)),
        providers=providers or None,
    )


def _by_name(match: ValueMatch) -> tuple[str, ...]:
    comparisons = (match.exact, match.prefix, match.regex, match.present, match.invert)
    return (match.name, *(str(comparison) for comparison in comparisons))


def _provider(token: HeldToken) -> TokenProvider:
    claims = tuple(Claim(name=name, value=value) for name, value in token.claims)
    return TokenProvider(name=token.provider, verify_claims=claims or None)


def admits_all_of(service: ResolvedService, other: ResolvedService, names: Names) -> bool:
    """True where whoever may call the other service in some way may call this one in some way."""
    here, there = _in_force(service, names), _in_force(other, names)
    return all(
        _opens(_for(caller, here, names)) or not _opens(_for(caller, there, names))
        for caller in {*here, *there}
    )


def admits_everybody(service: ResolvedService, names: Names) -> bool:
    """True where each caller may call a service in some way."""
    return all(map(_opens, _in_force(service, names).values()))


def _in_force(service: ResolvedService, names: Names) -> Mapping[Caller, Decision]:
    """Say what becomes of callers, by the cluster's own default where nobody writes one."""
    if service.has_authorization:
        return dict(decisions(service, names))
    unwritten = Action.DENY if denies_unwritten(names.profile) else Action.ALLOW
    return {names.anyone: (Permission(action=unwritten, requests=ALL),)}


def _for(caller: Caller, decided: Mapping[Caller, Decision], names: Names) -> Decision:
    return decided[caller if caller in decided else _wider(caller, decided, names)]


def _opens(decision: Decision) -> bool:
    return any(isinstance(each, Permission) and each.action is Action.ALLOW for each in decision)
