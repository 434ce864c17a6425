"""Callers that stand for all others: each identity that is told apart, strangers, plaintext, the kubelet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from meshgen.intent.keys import Account
from meshgen.intent.outcome.call import Caller, Reach
from meshgen.intent.outcome.conditions import Conditions
from meshgen.intent.outcome.world import World

STRANGER = "stranger"  # no service account of anybody
ELSEWHERE = "elsewhere"  # nor namespace
_USUAL = Caller(reach=Reach.PLAINTEXT).address
_FAR = "203.0.113.7"  # of a block for documentation (RFC 5737)


def callers(world: World, namespace: str, conditions: Conditions) -> tuple[Caller, ...]:
    """List callers of a service of a namespace, those of the world first, from each kind of address."""
    every = [*_identities(world, namespace, conditions)]
    every.append(Caller(reach=Reach.PLAINTEXT))
    return tuple(
        Caller(reach=one.reach, account=one.account, service=one.service, address=address)
        for one in every
        for address in addresses(conditions.networks)
    )


def _identities(world: World, namespace: str, conditions: Conditions) -> Iterator[Caller]:
    by_account = world.services_of
    told = {account for account in conditions.accounts if account.name != STRANGER}
    # Where names alone count they are taken to be unique: one that is known is not met a second time.
    told |= {Account(ELSEWHERE, name) for name in conditions.names - {account.name for account in told}}
    unnamed = next((account for account in sorted(by_account) if account not in told), None)
    for account in sorted(told if unnamed is None else {*told, unnamed}):
        for service in by_account.get(account, (None,)):
            yield Caller(reach=Reach.PROXIED, account=account, service=service)
    for where in sorted({namespace, *conditions.namespaces, ELSEWHERE}):
        yield Caller(reach=Reach.PROXIED, account=Account(where, STRANGER))


def addresses(networks: Iterable[str]) -> tuple[str, ...]:
    """Name one address for each set of networks that have one in common, in or outside of them."""
    blocks = [ipaddress.ip_network(network, strict=False) for network in sorted(networks)]
    found: dict[tuple[bool, ...], str] = {}
    for candidate in (_USUAL, _FAR, *_edges(blocks)):
        address = ipaddress.ip_address(candidate)
        found.setdefault(tuple(address in block for block in blocks), candidate)
    return tuple(found.values())


def _edges(blocks: Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]) -> Iterator[str]:
    for block in blocks:
        first, last = int(block.network_address), int(block.broadcast_address)
        for number in (first, last, first - 1, last + 1):
            if 0 < number < 2**block.max_prefixlen:
                yield str(type(block.network_address)(number))
