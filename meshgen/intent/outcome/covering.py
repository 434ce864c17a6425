"""Whom and what the rules of an intent cover: callers, requests and tokens."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from meshgen.intent.access import JwtProvider
from meshgen.intent.keys import Account
from meshgen.intent.outcome.call import BEARER, Caller, InHeader, InParam, Request
from meshgen.intent.outcome.call import Token as Carried
from meshgen.intent.outcome.conditions import Conditions, TokenCondition
from meshgen.intent.outcome.facets import Step
from meshgen.intent.outcome.requesting import is_of, told_apart
from meshgen.intent.patterns import Pattern
from meshgen.intent.resolved import Authenticated, OfAccount, OfCidr, OfNamespace, OfService, Source, Who


class Arrival(NamedTuple):
    """A call as it arrives: rewritten, its headers edited; path and host as rules compare them."""

    caller: Caller
    request: Request | None
    path: str = ""
    host: str = ""


class CallerKind(NamedTuple):
    """Callers of one kind, less the excepted."""

    source: Source
    is_one: Callable[[Arrival, Account | None], bool]


class Operation(NamedTuple):
    """What is asked for, less what it excepts."""

    pattern: Pattern
    excepts: tuple[Pattern, ...]

    def covers(self, arrival: Arrival) -> bool:
        """Tell whether a call is meant."""
        return _describes(self.pattern, arrival) and not any(
            _describes(excepted, arrival) for excepted in self.excepts
        )


def _describes(pattern: Pattern, arrival: Arrival) -> bool:
    if arrival.request is None:
        return pattern == _ANYTHING
    return is_of(pattern, arrival.request, path=arrival.path, host=arrival.host)


_ANYTHING = Pattern()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKind:
    """Tokens of a provider, with claims."""

    provider: JwtProvider
    claims: Mapping[str, tuple[str, ...]]

    @property
    def places(self) -> tuple[InHeader | InParam, ...]:
        """Where the token is looked for."""
        headers = (InHeader(each.name.lower(), each.prefix or "") for each in self.provider.from_headers)
        return (*headers, *map(InParam, self.provider.from_params)) or (BEARER,)

    @property
    def keys(self) -> str:
        """The keys that may sign it, or where they are."""
        return self.provider.jwks_uri or self.provider.jwks or ""

    def covers(self, token: Carried | None) -> bool:
        """Tell whether a request that carries a token, or none, is meant; an invalid one counts as none."""
        if token is None or not token.is_valid or token.issuer != self.provider.issuer:
            return False
        if token.keys not in ("", self.keys):
            return False
        audiences = self.provider.audiences
        if token.place not in self.places or (audiences and not set(audiences) & set(token.audiences)):
            return False
        return all(set(values) & set(token.claims.get(name, ())) for name, values in self.claims.items())

    @property
    def condition(self) -> TokenCondition:
        """What it tells apart."""
        return TokenCondition(
            issuer=self.provider.issuer,
            audiences=self.provider.audiences,
            claims=tuple(sorted((name, tuple(values)) for name, values in self.claims.items())),
            places=self.places,
            keys=self.keys,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PortRule:
    """A rule as it holds on one container port."""

    callers: tuple[CallerKind, ...]  # empty: any caller
    operations: tuple[Operation, ...]
    token: TokenKind | None
    passing: Step | None  # whether the application gets the token that it asks for
    step: Step  # what it comes to where it covers a call

    def covers(self, arrival: Arrival, account: Account | None) -> bool:
        """Tell whether a call by a caller of an identity, or none, is meant."""
        if self.callers and not any(kind.is_one(arrival, account) for kind in self.callers):
            return False
        if self.token is not None and (
            arrival.request is None or not self.token.covers(arrival.request.token)
        ):
            return False
        return any(operation.covers(arrival) for operation in self.operations)


def caller_kind(source: Source) -> CallerKind:
    """Make callers of one kind ready to be asked for."""
    covered = None if source.who is None else _is_who(source.who)
    excepted = tuple(map(_is_who, source.excepts))

    def is_one(arrival: Arrival, account: Account | None) -> bool:
        is_covered = covered is None or covered(arrival, account)
        return is_covered and not any(is_excepted(arrival, account) for is_excepted in excepted)

    return CallerKind(source, is_one)


def _is_who(who: Who) -> Callable[[Arrival, Account | None], bool]:
    match who:
        case OfService(accounts=accounts):
            return lambda _, account: account in accounts
        case OfAccount(account=one):
            return lambda _, account: account == one
        case OfNamespace(namespace=namespace):
            return lambda _, account: account is not None and account.namespace == namespace
        case Authenticated():
            return lambda _, account: account is not None
        case OfCidr(cidr=cidr):
            network = ipaddress.ip_network(cidr, strict=False)
            return lambda arrival, _: ipaddress.ip_address(arrival.caller.address) in network
    assert_never(who)


def rule_conditions(rule: PortRule) -> Conditions:
    """Say what a rule tells apart."""
    callers = [_of_who(who) for kind in rule.callers for who in _named(kind.source)]
    asked = [told_apart(pattern) for each in rule.operations for pattern in (each.pattern, *each.excepts)]
    tokens = frozenset(() if rule.token is None else (rule.token.condition,))
    return Conditions.of([*callers, *asked, Conditions(tokens=tokens)])


def _named(source: Source) -> tuple[Who, ...]:
    return source.excepts if source.who is None else (source.who, *source.excepts)


def _of_who(who: Who) -> Conditions:
    match who:
        case OfService(accounts=accounts):
            return Conditions(accounts=frozenset(accounts))
        case OfAccount(account=account):
            return Conditions(accounts=frozenset((account,)))
        case OfNamespace(namespace=namespace):
            return Conditions(namespaces=frozenset((namespace,)))
        case Authenticated():
            return Conditions()
        case OfCidr(cidr=cidr):
            return Conditions(networks=frozenset((cidr,)))
    assert_never(who)
