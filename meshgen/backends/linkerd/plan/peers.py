"""Who a policy admits: identities at addresses, less those that are stopped or excepted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, assert_never

from meshgen.backends.linkerd.plan import identities, networks
from meshgen.backends.linkerd.plan.identities import EVERYBODY, MESHED, Identities
from meshgen.backends.linkerd.plan.networks import Block
from meshgen.intent.resolved import (
    Authenticated,
    OfAccount,
    OfCidr,
    OfNamespace,
    OfService,
    Source,
    Who,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """Callers with one of these identities at one of these addresses."""

    identities: Identities
    blocks: tuple[Block, ...] | None = None  # None: any address

    @property
    def is_empty(self) -> bool:
        """True where nobody is meant."""
        return self.identities.is_empty or self.blocks == ()


def of_rule(sources: tuple[Source, ...], *, is_strict: bool) -> tuple[Peers, ...]:
    """Name the callers of a rule; without sources everybody that the port takes a connection from.

    Nothing is left of sources that except all of themselves. Raises UnsayableError where no
    authentication names an entry less those that it excepts.
    """
    anybody = MESHED if is_strict else EVERYBODY
    if not sources:
        return (Peers(identities=anybody),)
    return _merged(peers for source in sources for peers in _of_source(source, anybody))


class Stopped(NamedTuple):
    """Callers that are stopped, less some that are not."""

    peers: Peers
    excepts: tuple[Peers, ...]


def of_denied(sources: tuple[Source, ...]) -> tuple[Stopped, ...]:
    """Name the callers that a rule stops, with or without identity."""
    everybody = Peers(identities=EVERYBODY)
    named = tuple(
        Stopped(
            everybody if source.who is None else _of_who(source.who, EVERYBODY),
            tuple(_of_who(who, EVERYBODY) for who in source.excepts),
        )
        for source in sources
    )
    return named or (Stopped(everybody, ()),)


def _of_source(source: Source, anybody: Identities) -> tuple[Peers, ...]:
    base = Peers(identities=anybody) if source.who is None else _of_who(source.who, anybody)
    excepted = (Stopped(_of_who(who, EVERYBODY), ()) for who in source.excepts)
    return without((base,), excepted)


def _of_who(who: Who, anybody: Identities) -> Peers:
    match who:
        case OfService(accounts=accounts):
            return Peers(identities=Identities(accounts=frozenset(accounts)))
        case OfAccount(account=account):
            return Peers(identities=Identities(accounts=frozenset({account})))
        case OfNamespace(namespace=namespace):
            return Peers(identities=Identities(namespaces=frozenset({namespace})))
        case Authenticated():
            return Peers(identities=MESHED)
        case OfCidr(cidr=cidr):
            return Peers(identities=anybody, blocks=(networks.block(cidr),))
        case _:
            assert_never(who)


def without(admitted: Iterable[Peers], stopped: Iterable[Stopped]) -> tuple[Peers, ...]:
    """Give who is left of some callers without others; raises UnsayableError where nothing names them."""
    left = tuple(admitted)
    for each in stopped:
        spared = (_common(peers, out) for peers in left for out in each.excepts)
        rest = (rest for peers in left for rest in _without(peers, each.peers))
        left = _merged((*rest, *(peers for peers in spared if not peers.is_empty)))
    return left


def _common(one: Peers, other: Peers) -> Peers:
    both = identities.common(one.identities, other.identities)
    if one.blocks is None or other.blocks is None:
        return Peers(identities=both, blocks=other.blocks if one.blocks is None else one.blocks)
    return Peers(identities=both, blocks=networks.common(one.blocks, other.blocks))


def _without(peers: Peers, taken: Peers) -> tuple[Peers, ...]:
    """Keep other identities everywhere, and the same ones at other addresses."""
    same = identities.common(peers.identities, taken.identities)
    if taken.blocks is None:
        parts = [
            Peers(identities=identities.without(peers.identities, taken.identities), blocks=peers.blocks)
        ]
    else:
        elsewhere = networks.without(networks.ALL if peers.blocks is None else peers.blocks, taken.blocks)
        parts = [Peers(identities=same, blocks=elsewhere)]
        if same != peers.identities:
            rest = identities.without(peers.identities, taken.identities)
            parts.append(Peers(identities=rest, blocks=peers.blocks))
    return tuple(part for part in parts if not part.is_empty)


def _merged(every: Iterable[Peers]) -> tuple[Peers, ...]:
    """Join callers at the same addresses, then addresses of the same callers, in the order of the first."""
    by_blocks: dict[tuple[Block, ...] | None, list[Identities]] = {}
    for peers in every:
        by_blocks.setdefault(peers.blocks, []).append(peers.identities)
    by_identities: dict[Identities, list[tuple[Block, ...] | None]] = {}
    for blocks, several in by_blocks.items():
        by_identities.setdefault(identities.joined(several), []).append(blocks)
    return tuple(
        Peers(identities=who, blocks=None if None in lists else _listed(lists))
        for who, lists in by_identities.items()
    )


def _listed(lists: Iterable[tuple[Block, ...] | None]) -> tuple[Block, ...]:
    return tuple(dict.fromkeys(block for blocks in lists for block in blocks or ()))
