"""Which callers rules tell apart, and whom of them a rule covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from meshgen.backends.consul.plan.names import EVERY, Caller, Names
from meshgen.intent.resolved import (
    Authenticated,
    OfAccount,
    OfCidr,
    OfNamespace,
    OfService,
    ResolvedRule,
    Source,
    Who,
)


def mentioned(rules: Iterable[ResolvedRule], names: Names) -> frozenset[Caller]:
    """List the callers that rules name, to admit, refuse or except them."""
    every = (who for rule in rules for source in rule.sources for who in _named(source))
    return frozenset(caller for who in every for caller in callers(who, names)) - {names.anyone}


def _named(source: Source) -> Iterator[Who]:
    if source.who is not None:
        yield source.who
    yield from source.excepts


def callers(who: Who, names: Names) -> frozenset[Caller]:
    """Say as what sources of intentions a kind of caller is known."""
    match who:
        case OfService(key=key):
            return names.of_service(key)
        case OfAccount(account=account):
            return names.of_account(account)
        case OfNamespace(namespace=namespace):
            return names.in_namespace(namespace)
        case Authenticated():
            return frozenset({names.anyone})
        case OfCidr():
            return frozenset()  # an intention knows no addresses
        case _:
            assert_never(who)


def covers(rule: ResolvedRule, caller: Caller, names: Names) -> bool:
    """True where a rule speaks of a caller; every caller of an intention has an identity."""
    if not rule.sources:
        return True
    return any(
        (source.who is None or _is(source.who, caller, names))
        and not any(_is(who, caller, names) for who in source.excepts)
        for source in rule.sources
    )


def _is(who: Who, caller: Caller, names: Names) -> bool:
    known = callers(who, names)
    return caller in known or names.anyone in known or Caller(caller.namespace, EVERY) in known
