"""Sets of identities that an authentication can name, and what is left of one without another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from meshgen.intent.resolved import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """Callers by what they prove to be."""

    is_everybody: bool = False  # callers without identity too
    is_meshed: bool = False  # every identity of the mesh
    namespaces: frozenset[str] = frozenset()
    accounts: frozenset[Account] = frozenset()

    @property
    def is_empty(self) -> bool:
        """True where nobody is meant."""
        return self == NOBODY


NOBODY = Identities()
MESHED = Identities(is_meshed=True)
EVERYBODY = Identities(is_everybody=True)


class UnsayableError(Exception):
    """What is left of a set of callers has no name among the authentications."""


def joined(several: Iterable[Identities]) -> Identities:
    """Join sets into one."""
    every = tuple(several)
    if EVERYBODY in every:
        return EVERYBODY
    if MESHED in every:
        return MESHED
    return Identities(
        namespaces=frozenset().union(*(each.namespaces for each in every)),
        accounts=frozenset().union(*(each.accounts for each in every)),
    )


def common(one: Identities, other: Identities) -> Identities:
    """Give what two sets have in common."""
    for wide, narrow in ((one, other), (other, one)):
        if wide.is_everybody or (wide.is_meshed and not narrow.is_everybody):
            return narrow
    named = (one.accounts & other.accounts) | {
        account
        for accounts, namespaces in ((one.accounts, other.namespaces), (other.accounts, one.namespaces))
        for account in accounts
        if account.namespace in namespaces
    }
    return Identities(namespaces=one.namespaces & other.namespaces, accounts=frozenset(named))


def without(one: Identities, other: Identities) -> Identities:
    """Give what is left of a set without another; raises UnsayableError where nothing names it."""
    if other.is_empty:
        return one
    if other.is_everybody or (other.is_meshed and not one.is_everybody):
        return NOBODY
    if one.is_everybody or one.is_meshed:
        raise UnsayableError
    namespaces = one.namespaces - other.namespaces
    if any(account.namespace in namespaces for account in other.accounts):
        raise UnsayableError
    left = {account for account in one.accounts - other.accounts if account.namespace not in other.namespaces}
    return Identities(namespaces=namespaces, accounts=frozenset(left))
