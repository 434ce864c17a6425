"""Who asks: the callers of a rule as sources, whose fields are ANDed and whose values are ORed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from meshgen.intent.resolved import (
    Account,
    Authenticated,
    OfAccount,
    OfCidr,
    OfNamespace,
    OfService,
    Source,
    Who,
)
from meshgen.profile import Profile

# istio/api security/v1beta1/authorization_policy.proto: most entries of `serviceAccounts`.
_MOST_ACCOUNTS = 16

Names = tuple[str, ...] | None  # None: the field is not written
_One = OfAccount | OfNamespace | Authenticated | OfCidr


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySource:
    """`from[].source`; a caller without identity meets no field of names, and every negated one."""

    principals: Names = None
    not_principals: Names = None
    service_accounts: Names = None
    namespaces: Names = None
    not_namespaces: Names = None
    ip_blocks: Names = None
    not_ip_blocks: Names = None


def policy_sources(sources: Iterable[Source], profile: Profile) -> tuple[PolicySource, ...]:
    """Write callers less those that they except; empty where the exceptions leave nobody.

    Callers with the same exceptions share a source for each kind.
    """
    groups: dict[tuple[_One, ...], list[_One | None]] = {}
    for source in sources:
        excepted = tuple(one for who in source.excepts for one in _single(who))
        for base in _bases(source.who):
            if not any(_covers(one, base) for one in excepted):
                left = tuple(sorted({one for one in excepted if _may_meet(one, base)}, key=repr))
                groups.setdefault(left, []).append(base)
    return tuple(
        source
        for excepted, bases in groups.items()
        for source in _sources(bases, _exceptions(excepted, profile), profile)
    )


def _bases(who: Who | None) -> tuple[_One | None, ...]:
    return (None,) if who is None else _single(who)


def _single(who: Who) -> tuple[_One, ...]:
    """Take a service apart into its accounts."""
    return tuple(OfAccount(account) for account in who.accounts) if isinstance(who, OfService) else (who,)


def _covers(excepted: _One, base: _One | None) -> bool:
    """True where an exception leaves nothing of a base."""
    match base, excepted:
        case (OfAccount() | OfNamespace() | Authenticated(), Authenticated()):
            return True
        case OfAccount(account=account), OfNamespace(namespace=namespace):
            return account.namespace == namespace
        case _:
            return base == excepted


def _may_meet(excepted: _One, base: _One | None) -> bool:
    """True where some callers of a base may be excepted, and others not."""
    match base, excepted:
        case OfAccount(), (OfAccount() | OfNamespace() | Authenticated()):
            return False
        case OfNamespace(namespace=namespace), OfAccount(account=account):
            return account.namespace == namespace
        case OfNamespace(), OfNamespace():
            return False
        case _:
            return True


def _exceptions(excepted: tuple[_One, ...], profile: Profile) -> PolicySource:
    principals: list[str] = []
    namespaces: list[str] = []
    blocks: list[str] = []
    for one in excepted:
        match one:
            case OfAccount(account=account):
                principals.append(_principal(account, profile))
            case Authenticated():
                principals.append("*")
            case OfNamespace(namespace=namespace):
                namespaces.append(namespace)
            case OfCidr(cidr=cidr):
                blocks.append(cidr)
            case _:
                assert_never(one)
    return PolicySource(
        not_principals=tuple(principals) or None,
        not_namespaces=tuple(namespaces) or None,
        not_ip_blocks=tuple(blocks) or None,
    )


def _principal(account: Account, profile: Profile) -> str:
    return f"{profile.trust_domain}/ns/{account.namespace}/sa/{account.name}"


def _sources(bases: list[_One | None], without: PolicySource, profile: Profile) -> Iterator[PolicySource]:
    accounts = sorted({base.account for base in bases if isinstance(base, OfAccount)})
    # istio/istio pilot/pkg/security/authz/model/generator.go: `serviceAccounts` becomes an expression, in
    # which a dot is any character; a principal is compared literally.
    plain = [str(account) for account in accounts if "." not in account.name]
    dotted = [_principal(account, profile) for account in accounts if "." in account.name]
    namespaces = sorted({base.namespace for base in bases if isinstance(base, OfNamespace)})
    blocks = sorted({base.cidr for base in bases if isinstance(base, OfCidr)})
    for start in range(0, len(plain), _MOST_ACCOUNTS):
        yield replace(without, service_accounts=tuple(plain[start : start + _MOST_ACCOUNTS]))
    if dotted:
        yield replace(without, principals=tuple(dotted))
    if namespaces:
        yield replace(without, namespaces=tuple(namespaces))
    if Authenticated() in bases:
        yield replace(without, principals=("*",))
    if blocks:
        yield replace(without, ip_blocks=tuple(blocks))
    if None in bases:
        yield without
