"""What a set of rules tells apart in requests, from which one request of each kind can be made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Self

from meshgen.intent.keys import Account
from meshgen.intent.languages import Language
from meshgen.intent.outcome.call import InHeader, InParam


@dataclass(frozen=True, slots=True)
class TokenCondition:
    """A kind of token that is asked for."""

    issuer: str
    audiences: tuple[str, ...] = ()
    claims: tuple[tuple[str, tuple[str, ...]], ...] = ()  # by name, each with the values that are told apart
    places: tuple[InHeader | InParam, ...] = ()  # where it is looked for; empty: as a bearer
    keys: str = ""  # the set, or where it is, of keys that may sign it; empty: that is not looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Everything that decides anywhere on the way of calls to one place; what is empty decides nothing."""

    methods: frozenset[str] = frozenset()
    paths: frozenset[Language] = frozenset()
    hosts: frozenset[Language] = frozenset()  # without port, in lower case
    headers: Mapping[str, frozenset[Language]] = field(default_factory=dict)  # by name in lower case
    query: Mapping[str, frozenset[Language]] = field(default_factory=dict)  # an empty set: presence alone
    accounts: frozenset[Account] = frozenset()
    names: frozenset[str] = frozenset()  # of accounts, by a mesh that does not look at their namespace
    namespaces: frozenset[str] = frozenset()  # of callers
    networks: frozenset[str] = frozenset()  # of peers, as CIDR blocks
    tokens: frozenset[TokenCondition] = frozenset()
    ports: frozenset[int] = frozenset()  # of the pod that is called

    @classmethod
    def of(cls, every: Iterable[Conditions]) -> Conditions:
        """Join what several tell apart."""
        return reduce(cls.__or__, every, cls())

    def __or__(self, other: Self) -> Conditions:
        return Conditions(
            methods=self.methods | other.methods,
            paths=self.paths | other.paths,
            hosts=self.hosts | other.hosts,
            headers=_joined(self.headers, other.headers),
            query=_joined(self.query, other.query),
            accounts=self.accounts | other.accounts,
            names=self.names | other.names,
            namespaces=self.namespaces | other.namespaces,
            networks=self.networks | other.networks,
            tokens=self.tokens | other.tokens,
            ports=self.ports | other.ports,
        )


def _joined(
    one: Mapping[str, frozenset[Language]], other: Mapping[str, frozenset[Language]]
) -> Mapping[str, frozenset[Language]]:
    names = sorted({*one, *other})
    return {name: one.get(name, frozenset()) | other.get(name, frozenset()) for name in names}
